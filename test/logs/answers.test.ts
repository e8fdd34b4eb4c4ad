import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import { answers } from '../../src/logs/answers.js'
import { logEvidence } from '../../src/metrics/evidence-mode.js'
import { anOutcome, aTable } from '../metrics/builders.js'

const SIZE = 200
/** The quality of one model: known where `has` says so. */
const column = (has: (row: number) => boolean): number[] =>
  Array.from({ length: SIZE }, (_, row) => (has(row) ? row % 2 : NaN))
const priced = (quality: readonly number[]): number[] =>
  quality.map((value) => (Number.isNaN(value) ? NaN : 0.001))

function matrix(
  has: Readonly<Record<string, (row: number) => boolean>>,
  parts: Partial<LogTable> = {},
): LogTable {
  const outcomes = Object.entries(has).map(([model, is]) => {
    const quality = column(is)
    return anOutcome(model, quality, priced(quality))
  })
  return aTable({ outcomes, ...parts })
}

const answerTo = (table: LogTable, start: string) => {
  const found = answers(table, logEvidence(table)).find(({ question }) => question.startsWith(start))
  return { can: found?.can, because: found?.because }
}
const quality = (table: LogTable) => answerTo(table, 'What quality')
const all = (): boolean => true
const below =
  (share: number) =>
  (row: number): boolean =>
    row < share * SIZE

describe('what quality another policy would have kept, from an incomplete matrix', () => {
  it('can be told where two models at least are whole', () => {
    expect(quality(matrix({ a: all, b: all, c: below(0.5) }))).toEqual({
      can: true,
      because: '100 % of requests have the quality of several models',
    })
  })

  it('can not be told where models miss rows: complete ones are named, if there are any', () => {
    expect(quality(matrix({ a: all, b: below(0.8), c: below(0.5) }))).toEqual({
      can: false,
      because: '50 % of requests have the quality of every model; use --complete-cases or name fewer models',
    })
    const turns = [0, 1, 2].map((turn) => (row: number) => row % 3 !== turn)
    expect(quality(matrix({ a: turns[0]!, b: turns[1]!, c: turns[2]! }))).toEqual({
      can: false,
      because: 'no request has the quality of every model; name fewer models',
    })
  })

  it('can not be told where each request has one model', () => {
    const { can, because } = quality(matrix({ a: below(0.5), b: (row) => !below(0.5)(row) }))
    expect(can).toBe(false)
    expect(because).toMatch(/^no request has the quality of several models; tollgate sample draws/)
  })

  it('names the traffic where one model was called and the others are samples', () => {
    const chosen = new Int32Array(SIZE)
    const { can, because } = quality(matrix({ a: all, b: below(0.1) }, { chosen }))
    expect(can).toBe(false)
    expect(because).toMatch(/^100 % of the traffic went to a, .*tollgate sample draws/)
  })
})

describe('what it costs, from an incomplete matrix', () => {
  it('needs the model that was called, and its costs', () => {
    const today = (table: LogTable) => answerTo(table, 'What does this traffic cost')
    expect(today(matrix({ a: all, b: below(0.5) }))).toEqual({
      can: false,
      because: 'the log does not say which model was called; name a baseline: --baseline model:ID',
    })
    const chosen = new Int32Array(SIZE).fill(1)
    expect(today(matrix({ a: all, b: below(0.5) }, { chosen }))).toEqual({
      can: false,
      because: 'only 50 % of requests have a recorded cost or token counts of the call made',
    })
    expect(today(matrix({ a: all, b: below(0.97) }, { chosen })).can).toBe(true)
  })

  it('under other models: recorded where several have it, else reckoned from tokens, if those are known', () => {
    const other = (table: LogTable) => answerTo(table, 'What would other models')
    expect(other(matrix({ a: all, b: below(0.97) }))).toEqual({
      can: true,
      because: '97 % of requests have the cost of several models',
    })
    expect(other(matrix({ a: all, b: below(0.5) })).because).toMatch(/^from token counts and the prices/)
    const uncounted = { inputTokensEstimate: new Int32Array(SIZE).fill(-1) }
    expect(other(matrix({ a: all, b: below(0.5) }, uncounted))).toEqual({
      can: false,
      because: 'none of requests have token counts; import the prompts (--queries) or token columns',
    })
  })
})
