import { describe, expect, it } from 'vitest'
import { parsePolicy } from '../../src/core/policy.js'
import type { BudgetSpec } from '../../src/core/policy-schema.js'
import { replay } from '../../src/replay/replay.js'
import { aModel, aPolicyFile } from '../builders/a-policy.js'
import { aTable } from '../builders/a-table.js'

const HOUR = 3_600_000
const MODEL = aModel('only', 0, { inputUsd: 1, outputUsd: 1 })

/** Two days of one request a minute, of which each costs a ten-thousandth of a dollar. */
const table = aTable(
  Array.from({ length: 2880 }, (_, minute) => ({
    at: minute * 60_000,
    scope: { org: 'acme' },
    maxOutputTokens: 100,
    outcomes: {
      only: { costNanoUsd: 100_000, quality: 1, inputTokens: 100, outputTokens: 50, latencyMs: 900 },
    },
  })),
)

function seriesUnder(window: BudgetSpec['window'], maxBudget?: number) {
  const budget = { id: 'b', scope: 'org', window, ...(maxBudget === undefined ? {} : { maxBudget }) }
  const file = aPolicyFile({
    models: [MODEL],
    budgets: [budget as BudgetSpec],
    selector: { kind: 'fixed', model: 'only' },
  })
  const { poolSeries, poolWindows } = replay(table, parsePolicy(file))
  const [series] = poolSeries
  if (series === undefined) throw new Error('expected a series')
  return { series, windows: poolWindows, used: series.points.map(({ usedNanoUsd }) => usedNanoUsd) }
}

describe('spend of a pool through time', () => {
  it('of a token bucket is what is missing from it: never more than its capacity while the cap holds', () => {
    // An hour of requests costs $0.006: the bucket runs empty, and half of them are refused.
    const { series, windows, used } = seriesUnder({
      kind: 'tokenBucket',
      capacity: 0.01,
      refillRate: { usd: 0.003, per: '1h' },
    })
    expect(windows.every(({ violated }) => !violated)).toBe(true)
    expect(Math.max(...used)).toBeLessThanOrEqual(series.capNanoUsd)
    expect(Math.max(...used)).toBeGreaterThan(series.capNanoUsd * 0.7)
  })

  it('of a token bucket that is refilled faster than it is spent stays near nothing', () => {
    const { used } = seriesUnder({
      kind: 'tokenBucket',
      capacity: 0.01,
      refillRate: { usd: 0.02, per: '1h' },
    })
    expect(Math.max(...used)).toBe(0)
  })

  it('of a calendar window begins anew with it', () => {
    const { used, series } = seriesUnder({ kind: 'fixed', budgetDuration: '1d', timeZone: 'UTC' }, 10)
    const half = series.points.findIndex(({ at }) => at > 24 * HOUR)
    expect(used[half - 1]).toBeGreaterThan(used[half + 1] ?? Infinity)
    expect(Math.max(...used)).toBeLessThan(0.15e9)
  })
})
