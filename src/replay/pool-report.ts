import type { BindingPool, BudgetSlot, Ledger } from '../core/budget/ledger.js'
import { poolKey } from '../core/deferral-queue.js'
import { durationMs } from '../core/duration.js'
import type { LogTable } from '../core/log-table.js'
import type { Scopes } from './scopes.js'
import type { PoolSeries, PoolWindow, Steps } from './steps.js'

/** Counts how often each pool-window stopped a request or made it smaller. */
export interface Bindings {
  note(pool: BindingPool, at: number): void
  /** By budget, label and window start. */
  readonly counts: ReadonlyMap<string, Binding>
}

export interface Binding {
  readonly pool: BindingPool
  readonly start: number | null
  count: number
}

export function createBindings(ledger: Ledger): Bindings {
  const counts = new Map<string, Binding>()
  return {
    counts,
    note(pool, at) {
      const start = ledger.slots.find((slot) => slot.id === pool.budgetId)?.pools.bounds(at)?.start ?? null
      const key = bindingKey(pool, start)
      const binding = counts.get(key)
      if (binding === undefined) counts.set(key, { pool, start, count: 1 })
      else binding.count++
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
  const left = new Map(bindings.counts)
  const used = ledger.slots.flatMap((slot) =>
    slot.pools.rows.account.map((_, row) => usedWindow(slot, row, (key) => take(left, key))),
  )
  const refusedOnly = [...left.values()].filter(({ pool }) => pool.budgetId !== 'request')
  return [...used, ...refusedOnly.map((binding) => emptyWindow(binding, ledger))]
}

function take(left: Map<string, Binding>, key: string): number {
  const count = left.get(key)?.count ?? 0
  left.delete(key)
  return count
}

function usedWindow(slot: BudgetSlot, row: number, bindingsOf: (key: string) => number): PoolWindow {
  const { rows } = slot.pools
  const end = rows.end[row] ?? null
  const start = rows.start[row] as number
  const label = slot.labels[rows.account[row] as number] as string
  const capNanoUsd = rows.cap[row] as number
  const peakNanoUsd = rows.peak[row] as number
  return {
    budgetId: slot.id,
    label,
    start,
    end,
    capNanoUsd,
    spentNanoUsd: rows.spent[row] as number,
    peakNanoUsd,
    overspendNanoUsd: rows.overspend[row] as number,
    bindings: bindingsOf(bindingKey({ budgetId: slot.id, label }, end === null ? null : start)),
    reservations: rows.reservations[row] as number,
    violated: peakNanoUsd > capNanoUsd,
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
  const { table, windows } = input
  if (windows.length === 0 || table.size === 0) return []
  return mostPressed(windows).map((window) => seriesOf(input, window))
}

function mostPressed(windows: readonly PoolWindow[]): PoolWindow[] {
  const byPool = new Map<string, { window: PoolWindow; bindings: number; fullness: number }>()
  for (const window of windows) {
    const key = poolKey(window)
    const known = byPool.get(key) ?? { window, bindings: 0, fullness: 0 }
    known.bindings += window.bindings
    known.fullness = Math.max(known.fullness, window.peakNanoUsd / Math.max(1, window.capNanoUsd))
    byPool.set(key, known)
  }
  return [...byPool.values()]
    .sort(
      (a, b) =>
        b.bindings - a.bindings ||
        b.fullness - a.fullness ||
        (poolKey(a.window) < poolKey(b.window) ? -1 : 1),
    )
    .slice(0, CHARTED_POOLS)
    .map(({ window }) => window)
}

function seriesOf({ table, steps, scopes, ledger }: SeriesInput, window: PoolWindow): PoolSeries {
  const slot = ledger.slots.find(({ id }) => id === window.budgetId) as BudgetSlot
  const member = scopes.pools.map((pools) =>
    pools.some((pool) => pool.slot === slot && slot.labels[pool.account] === window.label),
  )
  const from = table.at[0] as number
  const width = Math.max(1, Math.ceil(((table.at[table.size - 1] as number) - from + 1) / BINS))
  const charges = new Float64Array(BINS)
  const starts = Array.from({ length: BINS }, (_, bin) => slot.pools.bounds(from + bin * width)?.start)
  const used = new Float64Array(BINS)
  for (let i = 0; i < steps.size; i++) {
    const cost = steps.costNanoUsd[i] as number
    if (!(cost > 0) || member[scopes.codes[i] as number] !== true) continue
    const at = (table.at[i] as number) + (steps.delayMs[i] as number)
    const bin = Math.min(BINS - 1, Math.floor((at - from) / width))
    charges[bin] = (charges[bin] as number) + cost
  }
  const kept =
    slot.window.kind === 'sliding' ? Math.ceil(durationMs(slot.window.budgetDuration) / width) : Infinity
  for (let bin = 0; bin < BINS; bin++) {
    const same = bin > 0 && starts[bin] === starts[bin - 1]
    used[bin] = (same ? (used[bin - 1] as number) : 0) + (charges[bin] as number)
    if (bin >= kept) used[bin] = (used[bin] as number) - (charges[bin - kept] as number)
  }
  return {
    budgetId: window.budgetId,
    label: window.label,
    capNanoUsd: window.capNanoUsd,
    points: Array.from(used, (usedNanoUsd, bin) => ({ at: from + (bin + 1) * width, usedNanoUsd })),
  }
}
