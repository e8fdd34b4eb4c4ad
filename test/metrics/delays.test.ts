import { describe, expect, it } from 'vitest'
import { deferDelay } from '../../src/metrics/latency.js'
import { replay } from '../../src/replay/replay.js'
import { delaySentence } from '../../src/report/findings/words.js'
import { aBudget, aPolicy, SMALL } from '../builders/a-policy.js'
import { aTable, type TableRow } from '../builders/a-table.js'
import { aComparison } from '../builders/a-comparison.js'

const HOUR = 3_600_000
/** Every call costs what it reserves: one fits into an hour's window. */
const RESERVED = 2_100_000
const row = (at: number, org = 'acme'): TableRow => ({
  at,
  scope: { org },
  outcomes: { small: { costNanoUsd: RESERVED, latencyMs: 1000 } },
})
const policy = aPolicy({
  models: [SMALL],
  tierBoundaries: [],
  reservation: { defaultMaxOutputTokens: 1000, minOutputTokens: 1000 },
  budgets: [aBudget('b', RESERVED / 1e9, { window: { kind: 'fixed', budgetDuration: '1h' } })],
  onExceed: { normal: 'defer' },
  defer: { maxWaitMs: 24 * HOUR },
})
const delays = (rows: readonly TableRow[]) => deferDelay(replay(aTable(rows), policy).steps)

describe('delays of deferred requests', () => {
  it('are of those that were deferred and then served, each counted from its arrival', () => {
    const waiting = [row(0), row(10), row(20), row(30), row(2.5 * HOUR, 'other')]
    expect(delays(waiting)).toEqual({
      count: 2,
      p50: 1.5 * HOUR - 15,
      p95: null,
      max: 2 * HOUR - 20,
    })
  })

  it('are unknown where all still wait, and nothing where nobody waits', () => {
    expect(delays([row(0), row(10)])).toEqual({ count: 0, p50: null, p95: null, max: null })
    expect(delays([row(0)])).toBeNull()
  })

  it('have a 95th percentile from twenty on: of fewer it would be little but the longest', () => {
    const waiting = (served: number) =>
      delays([...Array.from({ length: served + 1 }, () => row(0)), row((served + 0.5) * HOUR, 'other')])
    expect(waiting(19)).toMatchObject({ count: 19, p50: 10 * HOUR, p95: null, max: 19 * HOUR })
    expect(waiting(20)).toMatchObject({ count: 20, p95: 19.05 * HOUR, max: 20 * HOUR })
  })

  it('are told in one sentence', () => {
    const run = aComparison().runs.find(({ policyId }) => policyId === 'heuristic-caps')!
    const said = (parts: Partial<typeof run>): string | null => delaySentence({ ...run, ...parts })
    expect(said({})).toBe(
      '210 requests had to wait: 204 of them were served after 14 min (median), 52 min (p95), 60 min (longest); 6 still waited at the end.',
    )
    expect(
      said({ delayMs: { count: 2, p50: 60_000, p95: null, max: 120_000 }, deferred: 2, unresolved: 0 }),
    ).toBe('2 requests had to wait: 2 of them were served after 60.0 s (median), 2 min (longest).')
    expect(said({ delayMs: { count: 0, p50: null, p95: null, max: null }, deferred: 1, unresolved: 0 })).toBe(
      '1 request had to wait: none of them was served; all were refused.',
    )
    expect(said({ delayMs: null, deferred: 0 })).toBeNull()
  })
})
