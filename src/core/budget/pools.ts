import type { WindowBounds } from './calendar.js'
import type { PoolRows } from './pool-rows.js'

/**
 * The pools of one budget: one small file per window kind behind this interface (DESIGN section 3, Windows). Amounts are
 * integer nano-dollars, times epoch milliseconds that never decrease. A question never changes state: only `hold`, `end`,
 * `refund` and `carry` do, so that a refused request leaves no trace.
 *
 * An *account* is one label of the budget; its pools follow one another as windows pass. A *row* is one pool.
 */
export interface Pools {
  readonly rows: PoolRows
  /** Cap less what is spent and held in the window that contains `at`. Negative after overspend. */
  free(account: number, capNanoUsd: number, at: number): number
  /** Share of the window still ahead, in [0, 1]; 1 where windows have no end. */
  ahead(at: number): number
  /** The window that contains `at`; null where windows have no bounds. */
  bounds(at: number): WindowBounds | null
  /** Holds an amount and returns its row. */
  hold(account: number, capNanoUsd: number, amount: number, at: number): number
  /** An amount held since `admittedAt` becomes a charge in the window of its admission; the rest is free again there. */
  end(row: number, admittedAt: number, held: number, charged: number, at: number): void
  /** Lowers a charge that has ended (a late answer after expiry), in its own window. */
  refund(row: number, admittedAt: number, amount: number, at: number): void
  /**
   * Earliest time from `at` on at which `amount` fits below the cap, were nothing else to arrive and everything in flight
   * to cost what it holds; null = never.
   */
  earliest(account: number, capNanoUsd: number, amount: number, at: number): number | null
  /** Charged and held of an account in the window that contains `at`. */
  used(account: number, at: number): Used
  /** Takes over what an older definition of this budget has charged and held, so that nobody gains a second allowance. */
  carry(account: number, capNanoUsd: number, used: Used, at: number): number
  save(): PoolsState
}

export interface Used {
  readonly spent: number
  readonly held: number
}

/** What a kind saves: the shared rows and its own columns, plain JSON. */
export interface PoolsState {
  readonly rows: PoolRows
  readonly own: Readonly<Record<string, unknown>>
}
