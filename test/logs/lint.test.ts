import { describe, expect, it } from 'vitest'
import { answers as answersOf, type Answer } from '../../src/logs/answers.js'
import { logEvidence } from '../../src/metrics/evidence-mode.js'
import { lint, type StoreFacts } from '../../src/logs/lint/lint.js'
import { importLog, jsonl, load, workdir } from './workdir.js'
import type { LogTable } from '../../src/core/log-table.js'

const dir = workdir()
const NOTHING: StoreFacts = {
  rejects: {},
  conflicts: 0,
  untimed: 0,
  redacted: 0,
  qualityRules: [],
  qualitySources: {},
}

async function aLog(...lines: object[]): Promise<LogTable> {
  await importLog({ log: dir.path('x.db'), files: [dir.file('l.jsonl', jsonl(...lines))] })
  return load(dir.path('x.db'))
}

const codes = (table: LogTable, facts = NOTHING): Record<string, number> =>
  Object.fromEntries(lint(table, facts).map(({ code, count }) => [code, count]))
const can = (table: LogTable): string =>
  answers(table)
    .map((one) => (one.can ? 'y' : 'n'))
    .join('')

const USAGE = { inputTokens: 9, outputTokens: 9 }
const call = (id: string, at: number, fields: object = {}): object => ({
  id,
  at: 1793610000000 + at,
  prompt: 'fix it',
  chosen: 'm',
  outcomes: [{ model: 'm', costUsd: 0.1, quality: 1, latencyMs: 5, ...fields }],
})

const answers = (table: LogTable): readonly Answer[] => answersOf(table, logEvidence(table))

describe('lint', () => {
  it('finds nothing wrong with a full log of two models', async () => {
    const both = (id: string, chosen: string): object => ({
      ...call(id, 0),
      chosen,
      outcomes: ['m', 'n'].map((model) => ({ model, costUsd: 0.1, quality: 1, latencyMs: 5, ...USAGE })),
    })
    const table = await aLog(both('a', 'm'), both('b', 'n'))
    expect(codes(table)).toEqual({})
    expect(logEvidence(table)).toBe('full-matrix')
    expect(can(table)).toBe('yyyyyy')
  })

  it('counts what is missing, zero or unbounded', async () => {
    const table = await aLog(
      call('a', 0, { costUsd: 0 }),
      call('b', 1, { quality: undefined, costUsd: undefined }),
      { ...call('c', 2), prompt: undefined },
      { ...call('d', 3), prompt: undefined, messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
    )
    expect(
      codes(table, {
        rejects: { 'bad-json': 2 },
        conflicts: 3,
        untimed: 0,
        redacted: 0,
        qualityRules: [],
        qualitySources: {},
      }),
    ).toEqual({
      'one-model': 4,
      'unknown-quality': 1,
      'zero-cost': 1,
      'unknown-cost': 1,
      'missing-usage': 3,
      'no-features': 1,
      'unknown-input-tokens': 1,
      'unbounded-input': 1,
      'rejected-rows': 2,
      conflicts: 3,
    })
  })

  it('counts outcomes that a matrix lacks', async () => {
    const rows = [0, 1, 2, 3].map((i) => ({
      id: `q${i}`,
      outcomes: ['a', 'b', 'c'].slice(0, i === 0 ? 2 : 3).map((model) => ({ model, quality: 1, costUsd: 1 })),
    }))
    const table = await aLog(...rows)
    expect(codes(table, { ...NOTHING, untimed: 4 })).toMatchObject({
      'missing-outcomes': 1,
      'synthetic-times': 4,
    })
  })
})

describe('answers', () => {
  it('a log of one model says nothing of others, and what to do about it', async () => {
    const table = await aLog(call('a', 0), call('b', 1))
    expect(logEvidence(table)).toBe('logged-deterministic')
    const quality = answers(table).find(({ question }) => question.includes('quality'))
    expect(quality?.can).toBe(false)
    expect(quality?.because).toMatch(/100 % of the traffic went to m.*sample/)
  })

  it('knows propensities and logs without any quality', async () => {
    expect(
      logEvidence(await aLog({ ...call('a', 0), propensity: 0.2 }, { ...call('b', 1), propensity: 0.8 })),
    ).toBe('logged-propensity')
  })

  it('calls a log without quality cost-only', async () => {
    expect(logEvidence(await aLog(call('a', 0, { quality: undefined })))).toBe('cost-only')
  })
})
