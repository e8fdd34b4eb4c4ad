import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { Rejection } from '../../src/logs/formats/format.js'
import { parseQualityRules, type Signals } from '../../src/logs/formats/quality-rules.js'
import { storeFacts } from '../../src/logs/store-facts.js'
import { openLog } from '../../src/logs/store.js'
import { importLog, jsonl, load, workdir } from './workdir.js'

const dir = workdir()
const judged = (rules: string, signals: Partial<Signals>): unknown =>
  parseQualityRules([rules]).qualityOf({ score: () => undefined, ...signals })

describe('quality rules', () => {
  it.each([
    ['score:x', 0.25, 0.25],
    ['score:x', true, 1],
    ['score:x', [1, 0, 0, 1], 0.5],
    ['score:x', 'Pass', 1],
    ['judge:x/5', 4, 0.8],
    ['judge:x/1-5', '4', 0.75],
  ])('%s of %j is %d', (rule, value, quality) => {
    expect(judged(rule, { score: () => value })).toEqual({ quality, qualitySource: rule })
  })

  it('lets the first rule decide that knows, and none where none does', () => {
    expect(judged('thumbs,error', { thumbs: 'up', failed: true })).toEqual({
      quality: 1,
      qualitySource: 'thumbs',
    })
    expect(judged('error,thumbs', { thumbs: 'up', failed: true })).toEqual({
      quality: 0,
      qualitySource: 'error',
    })
    expect(judged('error', { truncated: true })).toEqual({ quality: 0, qualitySource: 'error' })
    expect(judged('error,thumbs,score:x', {})).toBeUndefined()
    expect(judged('error,else:0.9', {})).toEqual({ quality: 0.9, qualitySource: 'else:0.9' })
  })

  it('rejects what is off its scale or no number, with the way out', () => {
    expect(() => judged('score:x', { score: () => 4 })).toThrow(/--quality judge:x\/5/)
    expect(() => judged('score:x', { score: () => 'great' })).toThrow(Rejection)
    expect(() => judged('thumbs', { thumbs: 'sideways' })).toThrow(Rejection)
  })

  it('names every rule that is none', () => {
    expect(() => parseQualityRules(['thumb,judge:x/0', 'error'])).toThrow(InputError)
    expect(() => parseQualityRules(['thumb,judge:x/0', 'error'])).toThrow(
      /--quality thumb: .*\n.*--quality judge:x\/0/,
    )
  })
})

describe('quality rules in a store', () => {
  const call = (id: string, minute: number, content: string, session = 's'): object => ({
    request: { model: 'm', messages: [{ role: 'user', content }] },
    response: {
      id,
      object: 'chat.completion',
      model: 'm',
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    },
    timestamp: `2026-06-01T12:${String(minute).padStart(2, '0')}:00Z`,
    metadata: { session_id: session },
    user: session,
  })

  it('takes a call as failed that was asked again right after, over rules named later', async () => {
    const rows = [
      call('a', 0, 'q'),
      call('b', 5, 'q'),
      call('c', 20, 'q'),
      call('d', 21, 'other'),
      call('e', 1, 'q', 't'),
    ]
    await importLog({
      log: dir.path('x.db'),
      files: [dir.file('calls.jsonl', jsonl(...rows))],
      quality: parseQualityRules(['retry', 'else:1']),
    })
    const table = load(dir.path('x.db'))
    const quality = Object.fromEntries(table.ids.map((id, row) => [id, table.outcomes[0]!.quality[row]]))
    expect(quality).toEqual({ a: 0, b: 1, c: 1, d: 1, e: 1 })
    expect(table.qualityRules).toEqual(['retry', 'else:1'])
    const store = openLog(dir.path('x.db'))
    expect(storeFacts(store)).toMatchObject({
      qualityRules: ['retry', 'else:1'],
      qualitySources: { 'else:1': 4, retry: 1 },
    })
    store.close()
  })

  it('makes no quality of anything that no rule names', async () => {
    const row = { ...call('a', 0, 'q'), scores: { x: 1 }, thumbs: 'up', error: { message: 'no' } }
    await importLog({ log: dir.path('x.db'), files: [dir.file('calls.jsonl', jsonl(row))] })
    const table = load(dir.path('x.db'))
    expect(table.outcomes[0]!.quality[0]).toBeNaN()
    expect(table.qualityRules).toBeUndefined()
  })
})
