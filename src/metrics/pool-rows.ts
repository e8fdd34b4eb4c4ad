import { usd } from '../core/money.js'
import type { PoolSeries, PoolWindow } from '../replay/steps.js'
import type { RunCharts } from './result.js'

const MAX_POOLS = 12
const MAX_WINDOWS = 50

/**
 * Spend against cap of the pools that matter most: those that stopped most, then those that spent most. The cap is the largest
 * that a window of the pool had. A bin of time may hold the end of one window and the start of the next: what it counts too much
 * is no overspend, so where no window was over its cap, no point is.
 */
export function poolSpend(
  series: readonly PoolSeries[],
  windows: readonly PoolWindow[],
): RunCharts['poolSpend'] {
  const sums = new Map<string, PoolSums>()
  for (const pool of windows) {
    const own = sums.get(keyOf(pool)) ?? NOTHING
    sums.set(keyOf(pool), {
      bindings: own.bindings + pool.bindings,
      spent: own.spent + pool.spentNanoUsd,
      cap: Math.max(own.cap, pool.capNanoUsd),
      violated: own.violated || pool.violated,
    })
  }
  const sumsOf = (pool: PoolSeries): PoolSums => sums.get(keyOf(pool)) ?? NOTHING
  return [...series]
    .sort((a, b) => sumsOf(b).bindings - sumsOf(a).bindings || sumsOf(b).spent - sumsOf(a).spent)
    .slice(0, MAX_POOLS)
    .map((pool) => {
      const { budgetId, label, points } = pool
      const { violated, cap: largest } = sumsOf(pool)
      const cap = Math.max(pool.capNanoUsd, largest)
      const most = violated ? Infinity : cap
      return {
        budgetId,
        label,
        capUsd: usd(cap),
        points: points.map(({ at, usedNanoUsd }) => ({ at, usedUsd: usd(Math.min(usedNanoUsd, most)) })),
      }
    })
}

interface PoolSums {
  readonly bindings: number
  readonly spent: number
  readonly cap: number
  readonly violated: boolean
}

const NOTHING: PoolSums = { bindings: 0, spent: 0, cap: 0, violated: false }

/** Pool-windows that were over their cap or stopped something: violations first, then most bindings, then in time. */
export function poolWindowRows(windows: readonly PoolWindow[]): RunCharts['poolWindows'] {
  return windows
    .filter((pool) => pool.violated || pool.bindings > 0)
    .sort((a, b) => Number(b.violated) - Number(a.violated) || b.bindings - a.bindings || a.start - b.start)
    .slice(0, MAX_WINDOWS)
    .map((pool) => ({
      budgetId: pool.budgetId,
      label: pool.label,
      start: pool.start,
      end: pool.end,
      capUsd: usd(pool.capNanoUsd),
      spentUsd: usd(pool.spentNanoUsd),
      overspendUsd: usd(pool.overspendNanoUsd),
      bindings: pool.bindings,
      violated: pool.violated,
    }))
}

function keyOf({ budgetId, label }: { readonly budgetId: string; readonly label: string }): string {
  return JSON.stringify([budgetId, label])
}
