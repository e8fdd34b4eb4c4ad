import type { Budget } from '../../core/budget/budget.js'
import { createCalendar } from '../../core/budget/calendar.js'
import { claimOf } from '../../core/budget/claims.js'
import { durationMs } from '../../core/duration.js'
import type { LogTable } from '../../core/log-table.js'
import { nanoUsd } from '../../core/money.js'

/** Requests that one allowance must pay for. */
export interface AllowanceOf {
  readonly rows: Int32Array
  readonly nanoUsd: number
}

export interface Allowances {
  readonly list: readonly AllowanceOf[]
  /** 1 where a label is missing that a budget must have: nobody may answer such a request. */
  readonly refused: Uint8Array
  /** What a budget allows beyond what is counted here: the bound is then higher than it need be, never lower. */
  readonly relaxations: ReadonlySet<Relaxation>
}

export const RELAXATIONS = {
  sliding:
    'of a sliding window every stretch of its length must fit the cap; only stretches that follow one another are counted',
  tokenBucket: 'a token bucket is one allowance: what it holds at first and all that drips into it',
  rollover: 'windows with rollover are one allowance together',
  defer:
    'the policy defers: windows of a pool are one allowance together, since a request may be paid for in a later one',
  forgetful: 'a lifetime budget that forgets pools out of use is not counted',
} as const
export type Relaxation = keyof typeof RELAXATIONS

/**
 * What any policy may spend under these budgets, as sums that no order of arrivals and no in-flight call can exceed. Left out is
 * what makes spending harder still: reserves for priorities, and money that is held while calls are in flight.
 */
export function allowances(table: LogTable, budgets: readonly Budget[], mayDefer: boolean): Allowances {
  const refused = new Uint8Array(table.size)
  const relaxations = new Set<Relaxation>()
  const list: AllowanceOf[] = []
  for (const budget of budgets) {
    if (budget.perRequest) continue
    const spans = spansOf(budget, table, mayDefer, relaxations)
    const pools = new Map<string, { readonly rows: number[]; readonly nanoUsd: number }>()
    for (let row = 0; row < table.size; row++) {
      const claim = claimOf(budget, scopeOf(table, budget.labels, row))
      if (claim === undefined) continue
      if ('kind' in claim) {
        refused[row] = 1
        continue
      }
      const span = spans.of(table.at[row] ?? 0)
      const key = `${span} ${claim.label}`
      let pool = pools.get(key)
      if (pool === undefined) pools.set(key, (pool = { rows: [], nanoUsd: spans.allowed(claim.capNanoUsd) }))
      pool.rows.push(row)
    }
    for (const { rows, nanoUsd: allowed } of pools.values())
      if (allowed < Infinity) list.push({ rows: Int32Array.from(rows), nanoUsd: allowed })
  }
  return { list, refused, relaxations }
}

interface Spans {
  /** Number of the stretch of time that holds `at`. */
  of(at: number): number
  /** What a pool with this cap may spend in one of them. */
  allowed(capNanoUsd: number): number
}

function spansOf(
  { window }: Budget,
  { at, size }: LogTable,
  mayDefer: boolean,
  relaxations: Set<Relaxation>,
): Spans {
  const [first, last] = [at[0] ?? 0, at[size - 1] ?? 0]
  const one = (allowed: Spans['allowed']): Spans => ({ of: () => 0, allowed })
  switch (window.kind) {
    case 'lifetime':
      if (window.forgetAfter === undefined) return one((cap) => cap)
      relaxations.add('forgetful')
      return one(() => Infinity)
    case 'tokenBucket': {
      relaxations.add('tokenBucket')
      const { usd, per } = window.refillRate
      const dripped = Math.ceil(nanoUsd(usd) * ((last - first) / durationMs(per)))
      return one((cap) => cap + dripped)
    }
    case 'sliding': {
      relaxations.add('sliding')
      const length = durationMs(window.budgetDuration)
      const of = (time: number): number => Math.floor((time - first) / length)
      if (!mayDefer) return { of, allowed: (cap) => cap }
      relaxations.add('defer')
      return one((cap) => cap * (of(last) + 1))
    }
    case 'fixed': {
      const calendar = createCalendar(window)
      const windows = calendar(last).index - calendar(first).index + 1
      if (window.rollover !== undefined) relaxations.add('rollover')
      else if (mayDefer) relaxations.add('defer')
      else return { of: (time) => calendar(time).index, allowed: (cap) => cap }
      return one((cap) => cap * windows)
    }
  }
}

function scopeOf({ labels }: LogTable, names: readonly string[], row: number): Record<string, string> {
  const scope: Record<string, string> = {}
  for (const name of names) {
    const column = labels[name]
    const value = column?.values[column.codes[row] ?? -1]
    if (value !== undefined) scope[name] = value
  }
  return scope
}
