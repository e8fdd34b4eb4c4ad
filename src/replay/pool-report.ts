import type { BindingPool, BudgetSlot, Ledger, OpenPool } from '../core/budget/ledger.js'
import { refill, refillRate } from '../core/budget/token-bucket.js'
import { poolKey } from '../core/deferral-queue.js'
import { durationMs } from '../core/duration.js'
import type { LogTable } from '../core/log-table.js'
import type { Scopes } from './scopes.js'
import type { PoolSeries, PoolWindow, Steps } from './steps.js'

/** Counts how often each pool-window stopped a request or made it smaller. */
export interface Bindings {
  note(pool: BindingPool, at: number): void
  /** One a pool-window, in the order of first bindings. */
  readonly counts: readonly Binding[]
}

export interface Binding {
  readonly pool: BindingPool
  /** Start of the window, null where windows have no bounds. */
  readonly start: number | null
  count: number
}

export function createBindings(ledger: Ledger): Bindings {
  const counts: Binding[] = []
  /** Of each pool the latest window, as times never decrease. */
  const latest = new Map<string, Map<string, Binding>>()
  return {
    counts,
    note(pool, at) {
      const { budgetId, label } = pool
      const start = ledger.slots.find((slot) => slot.id === budgetId)?.pools.bounds(at)?.start ?? null
      let byLabel = latest.get(budgetId)
      if (byLabel === undefined) latest.set(budgetId, (byLabel = new Map()))
      let binding = byLabel.get(label)
      if (binding?.start !== start) {
        binding = { pool, start, count: 0 }
        counts.push(binding)
        byLabel.set(label, binding)
      }
      binding.count++
    },
  }
}

function bindingKey(
  pool: { readonly budgetId: string; readonly label: string },
  start: number | null,
): string {
  return `${poolKey(pool)}\u0000${start ?? ''}`
}

/** One entry a pool-window that was used or that stopped something. */
export function poolWindows(ledger: Ledger, bindings: Bindings): PoolWindow[] {
  const left = new Map(bindings.counts.map((one) => [bindingKey(one.pool, one.start), one]))
  const used: PoolWindow[] = []
  for (const slot of ledger.slots) {
    for (let row = 0; row < slot.pools.size; row++) used.push(usedWindow(slot, row, left))
  }
  const refusedOnly = [...left.values()].filter(({ pool }) => pool.budgetId !== 'request')
  return [...used, ...refusedOnly.map((binding) => emptyWindow(binding, ledger))]
}

/** Takes a window's bindings out of those that are left. Where nothing was bound no key is made. */
function takeBindings(
  left: Map<string, Binding>,
  pool: { readonly budgetId: string; readonly label: string },
  start: number | null,
): number {
  if (left.size === 0) return 0
  const key = bindingKey(pool, start)
  const count = left.get(key)?.count ?? 0
  left.delete(key)
  return count
}

function usedWindow(slot: BudgetSlot, row: number, left: Map<string, Binding>): PoolWindow {
  const { start, end, cap, spent, peak, overspend, reservations } = slot.pools.row(row)
  const label = slot.labels[slot.pools.accountOf(row)] as string
  return {
    budgetId: slot.id,
    label,
    start,
    end,
    capNanoUsd: cap,
    spentNanoUsd: spent,
    peakNanoUsd: peak,
    overspendNanoUsd: overspend,
    bindings: takeBindings(left, { budgetId: slot.id, label }, end === null ? null : start),
    reservations,
    violated: peak > cap,
  }
}

/** Nothing fitted: the window was never opened. Its cap is that of the label's other windows, where there are any. */
function emptyWindow({ pool, start, count }: Binding, ledger: Ledger): PoolWindow {
  const slot = ledger.slots.find(({ id }) => id === pool.budgetId)
  const end = start === null ? null : windowEnd(slot, start)
  return {
    budgetId: pool.budgetId,
    label: pool.label,
    start: start ?? 0,
    end,
    capNanoUsd: pool.capNanoUsd,
    spentNanoUsd: 0,
    peakNanoUsd: 0,
    overspendNanoUsd: 0,
    bindings: count,
    reservations: 0,
    violated: false,
  }
}

function windowEnd(slot: BudgetSlot | undefined, start: number): number | null {
  return slot?.pools.bounds(start)?.end ?? null
}

const CHARTED_POOLS = 12
const NOT_CHARTED: readonly Float64Array[] = []
const BINS = 240

/** What `poolSeries` reads. */
export interface SeriesInput {
  readonly table: LogTable
  readonly steps: Steps
  readonly scopes: Scopes
  readonly ledger: Ledger
  readonly windows: readonly PoolWindow[]
}

/**
 * Charges through time of the dozen pools that stopped most, else that came closest to their caps: at the time of
 * admission, cumulative within a fixed window or lifetime, summed over the window's length where it slides.
 */
export function poolSeries(input: SeriesInput): PoolSeries[] {
  const { table, windows, ledger } = input
  if (windows.length === 0 || table.size === 0) return []
  const charts = mostPressed(windows).map((window) => newChart(window, ledger))
  const bins = binsOf(table)
  addCharges(input, charts, bins)
  return charts.map((chart) => seriesOf(chart, bins))
}

/** A pool over all its windows. */
interface Pressed {
  /** Its first window. */
  readonly window: PoolWindow
  bindings: number
  fullness: number
}

function mostPressed(windows: readonly PoolWindow[]): PoolWindow[] {
  const most: Pressed[] = []
  for (const pool of pressedPools(windows)) {
    const last = most[CHARTED_POOLS - 1]
    if (last !== undefined && !isMorePressed(pool, last)) continue
    const place = most.findIndex((other) => isMorePressed(pool, other))
    most.splice(place < 0 ? most.length : place, 0, pool)
    most.length = Math.min(most.length, CHARTED_POOLS)
  }
  return most.map(({ window }) => window)
}

/** By budget, then by label: two maps and no joined key, as there may be a pool for every session. */
function pressedPools(windows: readonly PoolWindow[]): Pressed[] {
  const pools: Pressed[] = []
  const byBudget = new Map<string, Map<string, Pressed>>()
  for (const window of windows) {
    const { budgetId, label, bindings, peakNanoUsd, capNanoUsd } = window
    let byLabel = byBudget.get(budgetId)
    if (byLabel === undefined) byBudget.set(budgetId, (byLabel = new Map()))
    let pool = byLabel.get(label)
    if (pool === undefined) {
      pool = { window, bindings: 0, fullness: 0 }
      byLabel.set(label, pool)
      pools.push(pool)
    }
    pool.bindings += bindings
    pool.fullness = Math.max(pool.fullness, peakNanoUsd / Math.max(1, capNanoUsd))
  }
  return pools
}

function isMorePressed(a: Pressed, b: Pressed): boolean {
  if (a.bindings !== b.bindings) return a.bindings > b.bindings
  if (a.fullness !== b.fullness) return a.fullness > b.fullness
  return poolKey(a.window) < poolKey(b.window)
}

/** Bins of equal width over the log's time. */
interface Bins {
  readonly from: number
  readonly width: number
}

function binsOf({ at, size }: LogTable): Bins {
  const from = at[0] as number
  return { from, width: Math.max(1, Math.ceil(((at[size - 1] as number) - from + 1) / BINS)) }
}

interface Chart {
  readonly window: PoolWindow
  readonly slot: BudgetSlot
  /** By bin of admission. */
  readonly charges: Float64Array
}

function newChart(window: PoolWindow, ledger: Ledger): Chart {
  const slot = ledger.slots.find(({ id }) => id === window.budgetId) as BudgetSlot
  return { window, slot, charges: new Float64Array(BINS) }
}

/** One pass over the log for all charts. */
function addCharges({ table, steps, scopes }: SeriesInput, charts: readonly Chart[], bins: Bins): void {
  const { from, width } = bins
  const chargesByScope = scopes.pools.map(chargesOfScope(charts))
  const charged = steps.chargedNanoUsd ?? steps.costNanoUsd
  for (let row = 0; row < steps.size; row++) {
    const cost = charged[row] as number
    if (!(cost > 0)) continue
    const chargesOfPools = chargesByScope[scopes.codes[row] as number] ?? []
    if (chargesOfPools.length === 0) continue
    const at = (table.at[row] as number) + (steps.delayMs[row] as number)
    const bin = Math.min(BINS - 1, Math.floor((at - from) / width))
    for (const charges of chargesOfPools) charges[bin] = (charges[bin] as number) + cost
  }
}

/** The charted ones among the pools of a scope. */
function chargesOfScope(charts: readonly Chart[]): (pools: readonly OpenPool[]) => readonly Float64Array[] {
  const byAccount = new Map<BudgetSlot, Map<number, Float64Array>>()
  for (const { slot, window, charges } of charts) {
    const accounts = byAccount.get(slot) ?? new Map<number, Float64Array>()
    byAccount.set(slot, accounts.set(slot.labels.indexOf(window.label), charges))
  }
  return (pools) => {
    let charted = NOT_CHARTED
    for (const { slot, account } of pools) {
      const charges = byAccount.get(slot)?.get(account)
      if (charges !== undefined) charted = [...charted, charges]
    }
    return charted
  }
}

function seriesOf({ window, slot, charges }: Chart, { from, width }: Bins): PoolSeries {
  const starts = Array.from(charges, (_, bin) => slot.pools.bounds(from + bin * width)?.start)
  const used = new Float64Array(BINS)
  const kept =
    slot.window.kind === 'sliding' ? Math.ceil(durationMs(slot.window.budgetDuration) / width) : Infinity
  // A bucket that was full for a part of a bin has let some of this overflow: it shows what is missing from it at least.
  const refilled = slot.window.kind === 'tokenBucket' ? refill(width, refillRate(slot.window), 0).whole : 0
  for (let bin = 0; bin < BINS; bin++) {
    const same = bin > 0 && starts[bin] === starts[bin - 1]
    used[bin] = (same ? (used[bin - 1] as number) : 0) + (charges[bin] as number)
    if (bin >= kept) used[bin] = (used[bin] as number) - (charges[bin - kept] as number)
    used[bin] = Math.max(0, (used[bin] as number) - refilled)
  }
  return {
    budgetId: window.budgetId,
    label: window.label,
    capNanoUsd: window.capNanoUsd,
    points: Array.from(used, (usedNanoUsd, bin) => ({ at: from + (bin + 1) * width, usedNanoUsd })),
  }
}
