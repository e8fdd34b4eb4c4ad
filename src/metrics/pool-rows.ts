import { usd } from '../core/money.js'
import type { PoolSeries, PoolWindow } from '../replay/steps.js'
import type { RunCharts } from './result.js'

const MAX_POOLS = 12
const MAX_WINDOWS = 50

/** Spend against cap of the pools that matter most: those that stopped most, then those that spent most. */
export function poolSpend(
  series: readonly PoolSeries[],
  windows: readonly PoolWindow[],
): RunCharts['poolSpend'] {
  const weight = new Map<string, { bindings: number; spent: number }>()
  for (const pool of windows) {
    const own = weight.get(keyOf(pool)) ?? { bindings: 0, spent: 0 }
    weight.set(keyOf(pool), {
      bindings: own.bindings + pool.bindings,
      spent: own.spent + pool.spentNanoUsd,
    })
  }
  const weightOf = (pool: PoolSeries): { bindings: number; spent: number } =>
    weight.get(keyOf(pool)) ?? { bindings: 0, spent: 0 }
  return [...series]
    .sort((a, b) => weightOf(b).bindings - weightOf(a).bindings || weightOf(b).spent - weightOf(a).spent)
    .slice(0, MAX_POOLS)
    .map(({ budgetId, label, capNanoUsd, points }) => ({
      budgetId,
      label,
      capUsd: usd(capNanoUsd),
      points: points.map(({ at, usedNanoUsd }) => ({ at, usedUsd: usd(usedNanoUsd) })),
    }))
}

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
