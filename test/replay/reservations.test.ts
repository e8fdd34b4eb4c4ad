import { describe, expect, it } from 'vitest'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { replay } from '../../src/replay/replay.js'
import { FIRST_DOES_NOT_FIT, FIRST_FITS, FIRST_UNKNOWN } from '../../src/replay/reservations.js'
import { aBudget, aPolicy, SMALL } from '../builders/a-policy.js'
import { aTable, type RowOutcome, type TableRow } from '../builders/a-table.js'

/** Every call holds 100 x 1,000 + 1,000 x 2,000 nano-dollars: one fits under the cap, a second beside it does not. */
const CAP = 2_200_000
const watched = (rows: readonly TableRow[], parts: Partial<PolicyFileInput> = {}): number[] => {
  const policy = aPolicy({
    models: [SMALL],
    tierBoundaries: [],
    reservation: { defaultMaxOutputTokens: 1000, minOutputTokens: 1000 },
    budgets: [aBudget('b', CAP / 1e9)],
    ...parts,
  })
  return [...replay(aTable(rows), policy, { watchReservations: true }).reservations!.first]
}
const row = (at: number, outcome: RowOutcome): TableRow => ({
  at,
  scope: { org: 'acme' },
  outcomes: { small: { quality: 1, latencyMs: 10_000, ...outcome } },
})
const costs = (costNanoUsd: number): RowOutcome => ({ costNanoUsd })

describe('whether a request would have fitted at its real cost', () => {
  it('counts the calls in flight at their real cost too, and not at what they hold', () => {
    // 500,000 are really in flight: 1,700,000 fit beside it, and a nano-dollar more does not.
    const second = (costNanoUsd: number) =>
      watched([row(0, costs(500_000)), row(1000, costs(costNanoUsd))])[1]
    expect(second(500_000)).toBe(FIRST_FITS)
    expect(second(1_700_000)).toBe(FIRST_FITS)
    expect(second(1_700_001)).toBe(FIRST_DOES_NOT_FIT)
  })

  it('counts a call in flight whose cost is unknown at what it holds', () => {
    expect(watched([row(0, {}), row(1000, costs(500_000)), row(2000, {})])).toEqual([
      FIRST_UNKNOWN,
      FIRST_DOES_NOT_FIT,
      FIRST_UNKNOWN,
    ])
  })

  it('a call that holds less than it costs leaves less than the ledger says', () => {
    const reservation = { mode: 'estimateWithMargin', margin: 0 } as const
    // Each holds 300,000 for 100 tokens. Of the cap, 1,900,000 look free and 100,000 are.
    const rows = [row(0, costs(2_100_000)), row(1000, costs(200_000)), row(2000, costs(100_000))]
    expect(watched(rows, { reservation })).toEqual([FIRST_FITS, FIRST_DOES_NOT_FIT, FIRST_DOES_NOT_FIT])
  })

  it('nothing is in flight any more once it is settled, or has expired and is charged whole', () => {
    const settled = [row(0, costs(2_000_000)), row(20_000, costs(200_000)), row(21_000, costs(200_001))]
    expect(watched(settled)).toEqual([FIRST_FITS, FIRST_FITS, FIRST_DOES_NOT_FIT])
    const slow = { ...costs(500_000), latencyMs: 700_000 }
    const expired = [row(0, slow), row(650_000, costs(500_000)), row(710_000, costs(500_000))]
    expect(watched(expired)).toEqual([FIRST_FITS, FIRST_DOES_NOT_FIT, FIRST_FITS])
  })

  it('a call in flight since the last calendar window leaves nothing to this one', () => {
    const budgets = [aBudget('b', CAP / 1e9, { window: { kind: 'fixed', budgetDuration: '1m' } })]
    const rows = [row(59_000, costs(1)), row(60_500, {}), row(61_000, costs(500_000))]
    expect(watched(rows, { budgets })[2]).toBe(FIRST_DOES_NOT_FIT)
  })
})
