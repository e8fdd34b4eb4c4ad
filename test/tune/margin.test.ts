import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import type { LogTable } from '../../src/core/log-table.js'
import type { Policy } from '../../src/core/policy.js'
import type { MarginRow } from '../../src/metrics/margin-row.js'
import { marginRows } from '../../src/tune/margin.js'
import { aBudget, aPolicy, SMALL } from '../builders/a-policy.js'
import { aTable, type RowOutcome, type TableRow } from '../builders/a-table.js'

const MINUTE = 60_000

/** A request a minute that uses 100 input tokens, a second each: nothing is ever in flight beside another. */
const rows = (lengths: readonly number[], outcome: (length: number) => RowOutcome): TableRow[] =>
  lengths.map((length, i) => ({
    at: i * MINUTE,
    scope: { org: 'acme' },
    outcomes: { small: outcome(length) },
  }))

/** At a micro-dollar for an input token and two for an output token, 100 tokens cost 300 and 160 cost 420. */
const recorded = (outputTokens: number): RowOutcome => ({
  inputTokens: 100,
  outputTokens,
  latencyMs: 1000,
  quality: 1,
})

/** The first 60 % answer in 100 tokens; of the other 40 requests the last ten answer in 160. */
const LENGTHS = [...Array<number>(90).fill(100), ...Array<number>(10).fill(160)]
const TABLE = aTable(rows(LENGTHS, recorded))
/** What the 40 cost before the last of them: 30 x 300 + 9 x 420. */
const BEFORE_LAST = 12_780

const capped = (microUsd: number): Policy =>
  aPolicy({ models: [SMALL], budgets: [aBudget('org', microUsd / 1e6)] })

function measured(policy: Policy, table: LogTable = TABLE): (name: string) => MarginRow {
  const result = marginRows({ table, policy, seed: 1 })
  const nameOf = ({ mode, margin, quantile }: MarginRow): string =>
    mode === 'worstCase' ? 'worst' : quantile === null ? `m${margin}` : `q${quantile}`
  const byName = new Map(result.rows.map((row) => [nameOf(row), row]))
  return (name) => {
    const row = byName.get(name)
    if (row === undefined) throw new Error(`no row ${name} among ${[...byName.keys()].join(', ')}`)
    return row
  }
}

describe('the rows of a margin', () => {
  it('are five margins, five quantiles and the worst case, measured on what was not learned from', () => {
    const { rows: all, split, outputTokens } = marginRows({ table: TABLE, policy: capped(1e6), seed: 1 })
    expect(all.map(({ margin, quantile }) => margin ?? quantile)).toHaveLength(11)
    expect(split).toMatchObject({ learned: 60, measured: 40 })
    expect(outputTokens).toEqual({ outcomes: 60, counted: 60, fromCost: 0, unlearned: [] })
    expect(all.every(({ offered }) => offered === 40)).toBe(true)
  })

  it('overspend by what the charges are above the reservations', () => {
    const row = measured(capped(1e6))
    expect(row('m0')).toMatchObject({ overspendProbability: 0.25, overspendUsd: 0.0012, charged: 40 })
    expect(row('m0.1')).toMatchObject({ overspendProbability: 0.25, overspendUsd: 0.0009 })
    expect(row('m0.3')).toMatchObject({ overspendProbability: 0.25, overspendUsd: 0.0003 })
    expect(row('m0.5')).toMatchObject({ overspendProbability: 0, overspendUsd: 0 })
    // Learned from the whole log, the highest quantile would have been 160 tokens.
    expect(row('q0.99')).toMatchObject({ overspendProbability: 0.25, overspendUsd: 0.0012 })
    expect(row('worst')).toMatchObject({ overspendProbability: 0, overspendUsd: 0, chargedUsd: 0.0132 })
    expect(row('m0')).toMatchObject({ strandedUsd: 0, refused: 0, wronglyRefused: 0, quality: 1 })
  })

  it('a reservation that is too large refuses what would have fitted, and strands the money', () => {
    const row = measured(capped(BEFORE_LAST + 430))
    expect(row('m0.3')).toMatchObject({ refused: 0, wronglyRefused: 0, strandedUsd: 0, windowsOverCap: 0 })
    for (const margin of ['m0.5', 'm1'])
      expect(row(margin)).toMatchObject({
        refused: 1,
        wronglyRefused: 1,
        refusedUnknown: 0,
        strandedUsd: 0.00043,
      })
    expect(row('m0.5').quality).toBeCloseTo(39 / 40, 9)
    // 330 micro-dollars are left for output: 165 tokens, and the answer has 160.
    expect(row('worst')).toMatchObject({ refused: 0, truncated: 0 })
  })

  it('one that is too small passes the cap, and one that refuses what costs more is right', () => {
    const row = measured(capped(BEFORE_LAST + 310))
    expect(row('m0')).toMatchObject({ refused: 0, windowsOverCap: 1, poolWindows: 1, overCapShare: 1 })
    expect(row('m0').overCapUsd).toBeCloseTo(0.00011, 12)
    expect(row('m0.3')).toMatchObject({ refused: 1, wronglyRefused: 0, windowsOverCap: 0, overCapUsd: 0 })
    expect(row('worst')).toMatchObject({ refused: 0, truncated: 1, windowsOverCap: 0, strandedUsd: 0 })
  })

  it('what a refused request costs may be unknown, and is then no wrong refusal', () => {
    const unknown = (length: number): RowOutcome =>
      length === 160 ? { quality: 1, latencyMs: 1000 } : recorded(length)
    const row = measured(capped(12_000), aTable(rows(LENGTHS, unknown)))
    const { refused, refusedUnknown, wronglyRefused, charged, chargeUnknown } = row('m1')
    expect(wronglyRefused).toBe(0)
    expect(refusedUnknown).toBe(refused)
    expect(charged).toBe(30)
    expect((chargeUnknown ?? 0) + (refused ?? 0)).toBe(10)
  })

  it('quantiles are unknown where charges are known and output tokens are not', () => {
    const model = { id: 'small', tier: 0, expectedCostUsd: 0.0003 }
    const policy = aPolicy({ models: [model, { ...SMALL, id: 'never' }], budgets: [aBudget('org', 1)] })
    const table = aTable(rows(LENGTHS, () => ({ costNanoUsd: 300_000, quality: 1, latencyMs: 1000 })))
    const result = marginRows({ table, policy, seed: 1 })
    expect(result.outputTokens).toEqual({
      outcomes: 60,
      counted: 0,
      fromCost: 0,
      unlearned: ['small', 'never'],
    })
    const quantiles = result.rows.filter(({ quantile }) => quantile !== null)
    expect(quantiles.map(({ overspendProbability, quality }) => overspendProbability ?? quality)).toEqual(
      Array(5).fill(null),
    )
  })

  it('need budgets, and requests for both parts', () => {
    const none = aPolicy({ models: [SMALL] })
    expect(() => marginRows({ table: TABLE, policy: none, seed: 1 })).toThrow(InputError)
    expect(() => marginRows({ table: TABLE, policy: none, seed: 1 })).toThrow(
      /has no budgets.*--budget 500\/d/,
    )
    const one = aTable(rows([100], recorded))
    expect(() => marginRows({ table: one, policy: capped(1e6), seed: 1 })).toThrow(
      /1 requests cannot be split/,
    )
  })

  it('the same log and policy give the same bytes', () => {
    const once = (): string => JSON.stringify(marginRows({ table: TABLE, policy: capped(13_000), seed: 1 }))
    expect(once()).toBe(once())
  })
})
