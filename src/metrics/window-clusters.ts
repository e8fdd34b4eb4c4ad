import { durationMs } from '../core/duration.js'
import type { LogTable } from '../core/log-table.js'
import { NANO_PER_USD } from '../core/money.js'
import type { BudgetSpec } from '../core/policy-schema.js'
import { FLAG_BOUND, type PoolWindow, type Steps } from '../replay/steps.js'
import { CLUSTER_LABELS, describe, labelClusters, type Clusters } from './clusters.js'

/** Up to this share of bound requests, pools are taken to leave sessions independent of each other. */
const BINDING_SHARE = 0.01

/** What the choice of clusters looks at. `steps` are in row order. */
export interface ClusterInput {
  readonly table: LogTable
  readonly steps: Steps
  readonly poolWindows: readonly PoolWindow[]
  readonly budgets: readonly BudgetSpec[]
}

/**
 * The clusters that the bootstrap draws for one run: sessions, else users, else requests, while pools hardly bind. Where
 * they bind for more than 1 % of the requests, one request's spending changes what others get, so whole calendar windows
 * of the longest binding budget (not counting pools of one session) are drawn instead. Pools that belong to one session or user each tie together only
 * requests of that session or user: then these are drawn, which is as sound and leaves more of them.
 */
export function clustersOfRun({ table, steps, poolWindows, budgets }: ClusterInput): Clusters {
  const share = boundShare(steps)
  const binding = new Set(poolWindows.filter((pool) => pool.bindings > 0).map((pool) => pool.budgetId))
  if (share <= BINDING_SHARE || binding.size === 0) return labelClusters(table)
  const specs = budgets.filter((budget) => binding.has(budget.id))
  const within = CLUSTER_LABELS.filter((label) => specs.every((spec) => [spec.scope].flat().includes(label)))
  if (specs.length === binding.size && within.length > 0) {
    const owners = labelClusters(table, within, true)
    if (owners.unit !== 'requests' && owners.sufficient) return owners
  }
  return windowClusters(table.at, longestWindow(tying(binding, specs), poolWindows, specs), share)
}

function boundShare(steps: Steps): number {
  let bound = 0
  for (const flags of steps.flags) if ((flags & FLAG_BOUND) !== 0) bound++
  return steps.size === 0 ? 0 : bound / steps.size
}

/** Budgets that tie sessions together; a session's own pool ends with it, however long its window. */
function tying(binding: ReadonlySet<string>, specs: readonly BudgetSpec[]): readonly string[] {
  const shared = [...binding].filter((budgetId) => {
    const spec = specs.find(({ id }) => id === budgetId)
    return spec === undefined || ![spec.scope].flat().includes('session')
  })
  return shared.length === 0 ? [...binding] : shared
}

interface Windows {
  readonly budgetId: string
  readonly lengthMs: number
  /** Starts of calendar windows, rising; empty where windows are counted from the first request. */
  readonly starts: readonly number[]
}

function longestWindow(
  binding: readonly string[],
  pools: readonly PoolWindow[],
  specs: readonly BudgetSpec[],
): Windows {
  const candidates = binding.map((budgetId) => {
    const own = pools.filter((pool) => pool.budgetId === budgetId)
    const lengths = own.map((pool) => (pool.end === null ? NaN : pool.end - pool.start))
    if (!lengths.some(Number.isNaN)) {
      const starts = [...new Set(own.map((pool) => pool.start))].sort((a, b) => a - b)
      return { budgetId, lengthMs: lengths.reduce((a, b) => Math.max(a, b), 0), starts }
    }
    const spec = specs.find(({ id }) => id === budgetId)
    return { budgetId, lengthMs: spec === undefined ? Infinity : memoryMs(spec), starts: [] }
  })
  return candidates.reduce((a, b) => (b.lengthMs > a.lengthMs ? b : a))
}

/** How long spending under a budget without calendar windows is felt. */
function memoryMs({ window }: BudgetSpec): number {
  switch (window.kind) {
    case 'sliding':
      return durationMs(window.budgetDuration)
    case 'tokenBucket': {
      const { usd, per } = window.refillRate
      const filling = Math.round(window.capacity * NANO_PER_USD) / Math.round(usd * NANO_PER_USD)
      return filling * durationMs(per)
    }
    case 'lifetime':
      return window.forgetAfter === undefined ? Infinity : durationMs(window.forgetAfter)
    case 'fixed':
      return Infinity
  }
}

function windowClusters(at: Float64Array, windows: Windows, share: number): Clusters {
  const numbers = new Map<number, number>()
  const of = Int32Array.from(at, (time) => {
    const window = windowOf(time, at[0] ?? 0, windows)
    const number = numbers.get(window) ?? numbers.size
    numbers.set(window, number)
    return number
  })
  const percent = (share * 100).toFixed(share < 0.1 ? 1 : 0)
  return describe(
    'windows',
    of,
    `budgets bind for ${percent} % of the requests: whole windows of budget ${windows.budgetId} are drawn`,
  )
}

function windowOf(time: number, first: number, { lengthMs, starts }: Windows): number {
  if (starts.length === 0) return lengthMs === Infinity ? 0 : Math.floor((time - first) / lengthMs)
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((starts[middle] ?? Infinity) <= time) low = middle + 1
    else high = middle
  }
  return low
}
