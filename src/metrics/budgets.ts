import { usd } from '../core/money.js'
import type { PoolWindow, ReplayResult } from '../replay/steps.js'
import type { BudgetSummary, RunCharts } from './result.js'

/** Whether caps held, what was spent above them, and what lay unused while requests were refused or downgraded. */
export function budgetSummary({ capGuarantee, poolWindows, softPassed }: ReplayResult): BudgetSummary {
  return {
    capGuarantee,
    pools: poolWindows.filter(isUsed).length,
    violations: poolWindows.filter((pool) => pool.violated).length,
    overspendUsd: usd(total(poolWindows, (pool) => pool.overspendNanoUsd)),
    strandedUsd: usd(total(poolWindows, strandedNanoUsd)),
    ...(softPassed === undefined ? {} : { softPassed }),
  }
}

/** One row a budget, in the order of first use. */
export function budgetRows(poolWindows: readonly PoolWindow[]): RunCharts['budgets'] {
  const byBudget = new Map<string, PoolWindow[]>()
  for (const pool of poolWindows) {
    const own = byBudget.get(pool.budgetId)
    if (own === undefined) byBudget.set(pool.budgetId, [pool])
    else own.push(pool)
  }
  return [...byBudget].map(([budgetId, pools]) => ({
    budgetId,
    pools: pools.filter(isUsed).length,
    violations: pools.filter((pool) => pool.violated).length,
    spentUsd: usd(total(pools, (pool) => pool.spentNanoUsd)),
    strandedUsd: usd(total(pools, strandedNanoUsd)),
    bindings: total(pools, (pool) => pool.bindings),
  }))
}

/** A window that only refused held nothing. */
function isUsed(pool: PoolWindow): boolean {
  return pool.reservations > 0
}

/** Unused at the window's end where the pool bound; for windows without an end, what was unused even at the peak. */
function strandedNanoUsd(pool: PoolWindow): number {
  if (pool.bindings === 0) return 0
  return Math.max(0, pool.capNanoUsd - (pool.end === null ? pool.peakNanoUsd : pool.spentNanoUsd))
}

function total(pools: readonly PoolWindow[], amount: (pool: PoolWindow) => number): number {
  return pools.reduce((sum, pool) => sum + amount(pool), 0)
}
