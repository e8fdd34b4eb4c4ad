import type { WindowSpec } from '../policy-schema.js'
import type { WindowBounds } from './calendar.js'
import { createWindow } from './index.js'
import { add, OVERSPEND, readPool, type PoolRow } from './pool-record.js'
import type { Ended, Refunded, Used, Wanted, Window } from './window.js'

/**
 * The pools of one budget in memory. An *account* is one label of the budget; its pools follow one another as windows pass.
 * A *row* is one pool. A question never changes state: only `hold`, `end`, `refund` and `carry` do, so that a refused
 * request leaves no trace.
 */
export interface Pools {
  /** Rows made so far. */
  readonly size: number
  row(row: number): PoolRow
  /** The whole record of a row, as it stands. */
  record(row: number): Float64Array
  accountOf(row: number): number
  /** Cap less what is spent and held in the window that contains `at`. */
  free(account: number, capNanoUsd: number, at: number): number
  ahead(at: number): number
  bounds(at: number): WindowBounds | null
  /** Holds an amount and returns its row. */
  hold(account: number, capNanoUsd: number, amount: number, at: number): number
  end(row: number, ended: Ended): void
  refund(row: number, refunded: Refunded): void
  /** Notes a charge above its reservation that came too late to be charged. */
  overspend(row: number, amount: number): void
  earliest(account: number, wanted: Wanted): number | null
  used(account: number, at: number): Used
  /** Takes over what an older definition of this budget has charged and held, so that nobody gains a second allowance. */
  carry(account: number, capNanoUsd: number, used: Used, at: number): number
  save(): PoolsState
}

/** Plain JSON: the records one behind the other, null for a time without end. */
export interface PoolsState {
  readonly records: readonly (number | null)[]
  readonly accounts: readonly number[]
}

const NO_ROW = -1

/** Pools of one budget, new or from saved state. */
export function createPools(spec: WindowSpec, state?: PoolsState): Pools {
  const records = Float64Array.from(state?.records ?? [], (value) => value ?? Infinity)
  return poolsOf(createWindow(spec), records, state?.accounts ?? [])
}

/** Rows that the caller kept, all of a budget's or a part of them; takes over `records`. */
export function poolsOf(window: Window, records: Float64Array, accounts: readonly number[]): Pools {
  return new PoolTable(window, records, accounts)
}

class PoolTable implements Pools {
  readonly #window: Window
  readonly #stride: number
  #data: Float64Array
  readonly #accounts: number[]
  /** Newest row by account. */
  readonly #rows: number[] = []

  constructor(window: Window, records: Float64Array, accounts: readonly number[]) {
    this.#window = window
    this.#stride = window.stride
    this.#data = records
    this.#accounts = [...accounts]
    this.#accounts.forEach((account, row) => this.#setRow(account, row))
  }

  get size(): number {
    return this.#accounts.length
  }

  row(row: number): PoolRow {
    return readPool(this.#data, row * this.#stride)
  }

  record(row: number): Float64Array {
    return this.#data.slice(row * this.#stride, (row + 1) * this.#stride)
  }

  accountOf(row: number): number {
    return this.#accounts[row] as number
  }

  free(account: number, capNanoUsd: number, at: number): number {
    const row = this.#rowOf(account)
    return row < 0 ? capNanoUsd : this.#window.free(this.#data, row * this.#stride, capNanoUsd, at)
  }

  ahead(at: number): number {
    return this.#window.ahead(at)
  }

  bounds(at: number): WindowBounds | null {
    return this.#window.bounds(at)
  }

  hold(account: number, capNanoUsd: number, amount: number, at: number): number {
    const row = this.#open(account, capNanoUsd, at)
    this.#window.hold(this.#data, row * this.#stride, capNanoUsd, amount, at)
    return row
  }

  end(row: number, ended: Ended): void {
    this.#window.end(this.#data, row * this.#stride, ended)
  }

  refund(row: number, refunded: Refunded): void {
    this.#window.refund(this.#data, row * this.#stride, refunded)
  }

  overspend(row: number, amount: number): void {
    add(this.#data, row * this.#stride + OVERSPEND, amount)
  }

  earliest(account: number, wanted: Wanted): number | null {
    const row = this.#rowOf(account)
    return this.#window.earliest(this.#data, row < 0 ? NO_ROW : row * this.#stride, wanted)
  }

  used(account: number, at: number): Used {
    const row = this.#rowOf(account)
    return row < 0 ? { spent: 0, held: 0 } : this.#window.used(this.#data, row * this.#stride, at)
  }

  carry(account: number, capNanoUsd: number, { spent, held }: Used, at: number): number {
    const row = this.hold(account, capNanoUsd, held, at)
    this.#window.charge(this.#data, row * this.#stride, spent, at)
    return row
  }

  save(): PoolsState {
    const records = this.#data.subarray(0, this.size * this.#stride)
    return {
      records: Array.from(records, (value) => (value === Infinity ? null : value)),
      accounts: [...this.#accounts],
    }
  }

  #rowOf(account: number): number {
    return account >= 0 && account < this.#rows.length ? (this.#rows[account] as number) : NO_ROW
  }

  #open(account: number, capNanoUsd: number, at: number): number {
    const row = this.#rowOf(account)
    if (row >= 0 && !this.#window.isOver(this.#data, row * this.#stride, at)) return row
    const opened = this.#accounts.push(account) - 1
    this.#setRow(account, opened)
    this.#makeRoom()
    const previous = row < 0 ? NO_ROW : row * this.#stride
    this.#window.begin(this.#data, opened * this.#stride, { at, capNanoUsd, previous })
    return opened
  }

  #setRow(account: number, row: number): void {
    while (this.#rows.length <= account) this.#rows.push(NO_ROW)
    this.#rows[account] = row
  }

  #makeRoom(): void {
    const needed = this.size * this.#stride
    if (needed <= this.#data.length) return
    const larger = new Float64Array(Math.max(needed, 2 * this.#data.length, 16 * this.#stride))
    larger.set(this.#data)
    this.#data = larger
  }
}
