import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { mappedFormat } from '../../src/logs/formats/mapped.js'
import { parseMapping } from '../../src/logs/formats/mapping.js'
import { parseQualityRules } from '../../src/logs/formats/quality-rules.js'
import { importLog, load, workdir } from './workdir.js'

const dir = workdir()
const mapping = (fields: object): ReturnType<typeof mappedFormat> =>
  mappedFormat(parseMapping(JSON.stringify({ fields }), 'map.json'))

describe('--map', () => {
  it('reads a CSV of any columns, with units, constants and scores', async () => {
    const text =
      'when,llm,cents,secs,in,out,stars,who\n1780315200,m1,0.00222,1.5,12,34,4,ann\n1780315260,m1,,,1,2,1,bob\n'
    const result = await importLog({
      log: dir.path('x.db'),
      files: [dir.file('own.csv', text)],
      quality: parseQualityRules(['judge:stars/5']),
      mapped: mapping({
        at: { column: 'when', unit: 's' },
        model: 'llm',
        costUsd: { column: 'cents', unit: 'cents' },
        latencyMs: { column: 'secs', unit: 's' },
        inputTokens: 'in',
        outputTokens: 'out',
        'score.stars': 'stars',
        'scope.user': 'who',
        'scope.org': { constant: 'acme' },
      }),
    })
    expect(result).toMatchObject({ read: 2, stored: 2, rejected: {}, models: 1 })
    const table = load(dir.path('x.db'))
    expect(table.ids).toEqual(['own:1', 'own:2'])
    expect(table.at[0]).toBe(1780315200000)
    expect(table.labels['user']?.values).toEqual(['ann', 'bob'])
    expect(table.outcomes[0]).toMatchObject({ model: 'm1' })
    expect([...table.outcomes[0]!.costNanoUsd]).toEqual([22200, NaN])
    expect([...table.outcomes[0]!.quality]).toEqual([0.8, 0.2])
    expect(table.outcomes[0]!.latencyMs[0]).toBe(1500)
  })

  it('reads the outcome of a session, which needs to be named', async () => {
    const fields = { model: 'llm', sessionOutcome: { column: 'merged', unit: 'percent' } }
    const file = dir.file('own.csv', 'llm,merged,pr\nm1,100,s1\nm1,,s1\nm1,0,s2\n')
    const log = dir.path('x.db')
    await importLog({ log, files: [file], mapped: mapping({ ...fields, 'scope.session': 'pr' }) })
    expect([...load(log).sessionQuality!].sort()).toEqual([0, 1, 1])
    const { rejected } = await importLog({ log: dir.path('y.db'), files: [file], mapped: mapping(fields) })
    expect(rejected).toEqual({ 'no-session': 2 })
  })

  it('reads JSON by paths, a usage object and a whole request', () => {
    const format = mapping({
      id: 'meta.id',
      request: 'body',
      model: 'reply.model',
      usage: 'reply.usage',
      error: 'status',
    })
    const read = format.open([]).read({
      meta: { id: 7 },
      body: { messages: [{ role: 'user', content: 'hi' }], max_tokens: 9 },
      reply: { model: 'm', usage: { prompt_tokens: 3, completion_tokens: 4 } },
      status: 200,
    })
    expect(read).toEqual({
      id: '7',
      messages: [{ role: 'user', content: 'hi' }],
      maxOutputTokens: 9,
      chosen: 'm',
      outcomes: [{ model: 'm', inputTokens: 3, outputTokens: 4, basis: 'logged' }],
    })
  })

  it('tells everything that is wrong with a mapping at once, with near misses', () => {
    const wrong = {
      cosUsd: 'a',
      latencyMs: { column: 'b', unit: 'sec' },
      costUsd: { column: 'c', unit: 'eur' },
    }
    expect(() => mapping(wrong)).toThrow(InputError)
    expect(() => mapping(wrong)).toThrow(/fields\.cosUsd: .*did you mean costUsd/)
    expect(() => mapping(wrong)).toThrow(/fields\.latencyMs\.unit: must be one of s, ms, us, ns, got sec/)
    expect(() => mapping(wrong)).toThrow(/fields\.costUsd\.unit: .*another currency/)
    expect(() => mapping(wrong)).toThrow(/fields\.model: is missing/)
    expect(() => parseMapping('{"fields":{"model":7},"x":1}', 'map.json')).toThrow(
      /fields\.model: must be a column/,
    )
    expect(() => parseMapping('{', 'map.json')).toThrow(/map\.json is not JSON/)
  })

  it('names columns that a CSV does not have, and fields that no row had', () => {
    const format = mapping({ model: 'modle', costUsd: 'cost' })
    expect(() => format.open(['model', 'cost'])).toThrow(/there is no column modle; did you mean model\?/)
    const reader = mapping({ model: 'm', costUsd: 'cost' }).open([])
    reader.read({ m: 'x' })
    expect(reader.notes).toEqual(['no row has cost, from which costUsd is mapped'])
  })
})
