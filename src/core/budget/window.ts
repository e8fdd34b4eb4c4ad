import type { WindowBounds } from './calendar.js'

/**
 * What a kind of window makes of a pool's record, which stands in `data` from `p` on: one small file a kind behind this
 * interface (DESIGN section 3, Windows). Amounts are integer nano-dollars, times epoch milliseconds that never decrease.
 * Where records live is no business of a window: in an array in memory, in a row of a database.
 */
export interface Window {
  /** Doubles that a record has. */
  readonly stride: number
  /** Cap less what is spent and held in the window that contains `at`; the record is the account's newest. Negative after overspend. */
  free(data: Float64Array, p: number, capNanoUsd: number, at: number): number
  /** Charged and held in the window that contains `at`. */
  used(data: Float64Array, p: number, at: number): Used
  /** The record's window has passed: what is admitted at `at` belongs to a new one. */
  isOver(data: Float64Array, p: number, at: number): boolean
  /** Fills a new record, all zeros so far, for the window that contains `at`. */
  begin(data: Float64Array, p: number, opening: Opening): void
  hold(data: Float64Array, p: number, capNanoUsd: number, amount: number, at: number): void
  /** An amount held since `admittedAt` becomes a charge in the window of its admission; the rest is free again there. */
  end(data: Float64Array, p: number, ended: Ended): void
  /** Lowers a charge that has ended (a late answer after expiry), in its own window. */
  refund(data: Float64Array, p: number, refunded: Refunded): void
  /** Adds what an older definition of the budget has charged in the window that contains `at`. */
  charge(data: Float64Array, p: number, amount: number, at: number): void
  /**
   * Earliest time from `at` on at which `amount` fits below the cap, were nothing else to arrive and everything in flight
   * to cost what it holds; null = never. `p` is -1 for an account without a record.
   */
  earliest(data: Float64Array, p: number, wanted: Wanted): number | null
  /** Share of the window still ahead, in [0, 1]; 1 where windows have no end. */
  ahead(at: number): number
  /** The window that contains `at`; null where windows have no bounds. */
  bounds(at: number): WindowBounds | null
}

export interface Opening {
  readonly at: number
  readonly capNanoUsd: number
  /** Where the account's last record stands in the same array, -1 without one. */
  readonly previous: number
}

export interface Used {
  readonly spent: number
  readonly held: number
}

export interface Ended {
  readonly admittedAt: number
  readonly held: number
  readonly charged: number
  readonly at: number
}

export interface Refunded {
  readonly admittedAt: number
  readonly amount: number
  readonly at: number
}

export interface Wanted {
  readonly capNanoUsd: number
  readonly amount: number
  readonly at: number
}
