import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { csvFormat } from '../../src/logs/formats/csv.js'
import { Rejection } from '../../src/logs/formats/format.js'
import { jsonlFormat } from '../../src/logs/formats/jsonl.js'
import { matrixFormat } from '../../src/logs/formats/matrix.js'
import { portkeyFormat } from '../../src/logs/formats/portkey.js'
import { queriesFormat } from '../../src/logs/formats/queries.js'
import { detectFormat, formatByName } from '../../src/logs/formats/registry.js'
import { sampleOf } from '../../src/logs/formats/sample.js'

const line = (value: unknown): unknown =>
  jsonlFormat.open([]).read(typeof value === 'string' ? value : JSON.stringify(value))

function reason(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof Rejection) return `${error.reason}: ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('canonical JSONL', () => {
  it('reads the record of DESIGN section 5', () => {
    const record = line({
      id: 'r1',
      at: '2026-11-02T09:00:00.120Z',
      scope: { org: 'acme', user: 'u17', team: null },
      priority: 'high',
      messages: [{ role: 'user', content: 'hi' }],
      inputTokensEstimate: 812,
      needs: ['tools'],
      task: null,
      chosen: 'm',
      propensity: 1,
      assessment: { difficulty: 0.2 },
      outcomes: [{ model: 'm', inputTokens: 812, costUsd: 0.0283, quality: 1, basis: 'logged' }],
      run: {
        seed: 1,
        attempts: [{ seq: 41, at: '2026-11-02T09:00:00Z', model: 'm', end: { seq: 57, at: 1793610001000 } }],
      },
    })
    expect(record).toEqual({
      id: 'r1',
      at: Date.UTC(2026, 10, 2, 9, 0, 0, 120),
      scope: { org: 'acme', user: 'u17' },
      priority: 'high',
      messages: [{ role: 'user', content: 'hi' }],
      inputTokensEstimate: 812,
      needs: ['tools'],
      chosen: 'm',
      propensity: 1,
      assessment: { difficulty: 0.2 },
      outcomes: [{ model: 'm', inputTokens: 812, costUsd: 0.0283, quality: 1, basis: 'logged' }],
      run: {
        seed: 1,
        deferrals: [],
        attempts: [
          { seq: 41, at: Date.UTC(2026, 10, 2, 9), model: 'm', end: { seq: 57, at: 1793610001000 } },
        ],
      },
    })
  })

  it('reads a card', () => {
    expect(line({ tollgateLog: 1, synthetic: true, requestsPerDay: 50_000 })).toEqual({
      tollgateLog: 1,
      synthetic: true,
      requestsPerDay: 50_000,
    })
  })

  /** Of a deferral; attempts and rejections have the same. */
  const hinted = (budgetHint: unknown): object => ({
    id: 'r',
    run: {
      seed: 1,
      attempts: [],
      deferrals: [{ seq: 1, at: 1793610001000, retryAt: 1793610002000, bindingPool: 'day', budgetHint }],
    },
  })

  it('keeps what a selector was told of its budget', () => {
    for (const elapsed of [0.1 + 0.2, null]) {
      const value = hinted({ usedNanoUsd: 1, capNanoUsd: 2, elapsed })
      expect(line(value)).toEqual(value)
    }
  })

  const cacheHinted = (cacheHint: unknown): object => ({
    id: 'r',
    sharedPrefixTokens: 7,
    run: {
      seed: 1,
      attempts: [{ seq: 1, at: 1793610001000, model: 'm', cacheHint }],
      deferrals: [],
    },
  })
  const known = { sharedTokens: 7, basis: 'told', cachedTokens: { m: 5 }, pinned: 'm' }

  it('keeps what was known of prompt caches', () => {
    const value = cacheHinted(known)
    expect(line(value)).toEqual(value)
  })

  const outcome = (fields: object): object => ({ id: 'r', outcomes: [{ model: 'm', ...fields }] })
  it.each([
    ['{"id": 1', /^bad-json/],
    ['[1]', /^bad-json/],
    ['{"id":"r","outcomes":[{"model":"m","costUsd":NaN}]}', /^not-a-number/],
    ['{"id":"r","outcomes":[{"model":"m","costUsd":1e999}]}', /^not-a-number/],
    [{ task: 'x' }, /^missing-id/],
    [{ id: '' }, /^missing-id/],
    [{ id: 'r', promt: 'x' }, /^unknown-field: .*did you mean "prompt"/],
    [outcome({ cost: 1 }), /^unknown-field: .*"cost"/],
    [{ id: 'r', outcomes: [{ quality: 1 }] }, /^missing-model/],
    [outcome({ costUsd: -0.1 }), /^negative-cost/],
    [outcome({ costUsd: '0.1' }), /^wrong-type/],
    [outcome({ costUsd: 1e8 }), /^cost-too-large/],
    [outcome({ quality: 1.2 }), /^quality-out-of-range/],
    [outcome({ quality: -1 }), /^quality-out-of-range/],
    [outcome({ inputTokens: 1.5 }), /^bad-token-count/],
    [outcome({ latencyMs: -1 }), /^negative-latency/],
    [outcome({ basis: 'guess' }), /^bad-basis/],
    [{ id: 'r', at: 'yesterday' }, /^bad-time/],
    [{ id: 'r', at: 1793610001 }, /^bad-time/],
    [{ id: 'r', priority: 'urgent' }, /^bad-priority/],
    [{ id: 'r', propensity: 2 }, /^out-of-range/],
    [{ id: 'r', messages: [{ content: 'x' }] }, /^wrong-type/],
    [{ tollgateLog: 2 }, /^newer-format/],
    [hinted({ usedNanoUsd: '1', capNanoUsd: 2, elapsed: null }), /^wrong-type: .*usedNanoUsd/],
    [hinted({ usedNanoUsd: 1, elapsed: 0.5 }), /^wrong-type: .*capNanoUsd/],
    [cacheHinted({ ...known, cachedTokens: { m: '5' } }), /^wrong-type: .*cacheHint\.m/],
    [cacheHinted({ ...known, sharedTokens: undefined }), /^wrong-type: .*sharedTokens/],
    [cacheHinted({ ...known, basis: 1 }), /^wrong-type: .*basis/],
    [cacheHinted({ ...known, pinned: 1 }), /^wrong-type: .*pinned/],
    [cacheHinted(7), /^wrong-type: .*cacheHint/],
    [{ id: 'r', sharedPrefixTokens: 1.5 }, /^bad-token-count/],
    [hinted(7), /^wrong-type: .*budgetHint/],
  ])('rejects %j', (value, expected) => {
    expect(reason(() => line(value))).toMatch(expected)
  })

  it('reads a time without a zone as UTC', () => {
    expect(line({ id: 'r', at: '2026-11-02 09:00:00' })).toEqual({ id: 'r', at: Date.UTC(2026, 10, 2, 9) })
  })
})

describe('matrix CSV', () => {
  const header = ['query_id', 'task', 'model', 'quality', 'cost_usd', 'latency_s']
  const read = (...cells: string[]): unknown => matrixFormat.open(header).read(cells)

  it('reads a row; blank is unknown', () => {
    expect(read('q1', '', 'm', '', '0.1', '2')).toEqual({
      id: 'q1',
      outcomes: [{ model: 'm', costUsd: 0.1, latencyMs: 2000, basis: 'matrix' }],
    })
  })

  it.each([
    [['', 't', 'm', '1', '', ''], /^missing-id/],
    [['q', 't', '', '1', '', ''], /^missing-model/],
    [['q', 't', 'm', '1.5', '', ''], /^quality-out-of-range/],
    [['q', 't', 'm', 'NaN', '', ''], /^not-a-number/],
    [['q', 't', 'm', '1', 'inf', ''], /^not-a-number/],
    [['q', 't', 'm', '1', '-1', ''], /^negative-cost/],
    [['q', 't', 'm', '1'], /^wrong-column-count/],
  ])('rejects %j', (cells, expected) => {
    expect(reason(() => read(...cells))).toMatch(expected)
  })

  it('names the columns that a header lacks', () => {
    expect(() => matrixFormat.open(['query_id', 'model'])).toThrow(/quality: missing/)
  })
})

describe('canonical CSV', () => {
  const header = [
    'id',
    'at',
    'org',
    'scope.region',
    'prompt',
    'needs',
    'model',
    'cost_usd',
    'inputTokens',
    'quality',
  ]

  it('reads names in either style, labels, and several needs', () => {
    const read = csvFormat.open(header).read
    expect(
      read(['r', '2026-11-02T09:00:00Z', 'acme', 'eu', 'hi', 'tools; vision', 'm', '0.5', '7', '']),
    ).toEqual({
      id: 'r',
      at: Date.UTC(2026, 10, 2, 9),
      scope: { org: 'acme', region: 'eu' },
      prompt: 'hi',
      needs: ['tools', 'vision'],
      outcomes: [{ model: 'm', costUsd: 0.5, inputTokens: 7 }],
    })
  })

  it('refuses a header with an unknown column and says which was meant', () => {
    expect(() => csvFormat.open(['id', 'model', 'qualty'])).toThrow(
      /unknown column "qualty"; did you mean "quality"/,
    )
  })

  it('needs a model for an outcome', () => {
    expect(reason(() => csvFormat.open(['id', 'quality']).read(['r', '1']))).toMatch(/^missing-model/)
  })
})

describe('detection', () => {
  it.each([
    [['query_id,task,model,quality'], 'matrix'],
    [['"id","model","cost_usd"'], 'csv'],
    [['{"query_id": "q", "prompt": "x"}'], 'queries'],
    [['{"id": "q"}'], 'jsonl'],
    [['{"tollgateLog":1}', '{"id":"q"}'], 'jsonl'],
    [['{broken', '{"id":"q"}'], 'jsonl'],
  ])('%j is %s', (lines, name) => {
    expect(detectFormat('f', sampleOf(lines.join('\n'))).name).toBe(name)
  })

  it.each([[[]], [['hello world']], [['\u0000\u0001ELF']], [['a,b,c']]])('%j is no log', (lines) => {
    expect(() => detectFormat('f', sampleOf(lines.join('\n')))).toThrow(InputError)
    expect(() => detectFormat('f', sampleOf(lines.join('\n')))).toThrow(/--format jsonl/)
  })

  it('suggests the name of a format', () => {
    expect(() => formatByName('jsnl')).toThrow(/did you mean jsonl/)
  })

  it('ignores fields of a benchmark beside the query', () => {
    expect(queriesFormat.open([]).read('{"query_id":"q","prompt":"p","answer":4}')).toEqual({
      id: 'q',
      prompt: 'p',
    })
  })
})

describe('costs in another currency', () => {
  const row = { id: 'p', created_at: '2026-06-01T12:00:00Z', ai_model: 'm', cost: 50, cost_currency: 'CNY' }
  const read = (rates: [string, number][]): unknown =>
    portkeyFormat.open([], { source: 's', quality: () => undefined, rates: new Map(rates) }).read(row)

  it('are converted at the rate that was named, and else refused with the way out', () => {
    expect(read([['CNY', 0.14]])).toMatchObject({ outcomes: [{ costUsd: 0.07 }] })
    expect(() => read([])).toThrow(/--rate CNY=0\.14/)
  })
})
