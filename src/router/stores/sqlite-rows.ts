import type { SavedReservation } from '../../core/budget/reservation-book.js'
import type { EndKind, Settlement } from '../../core/log-record.js'

/** Rows of the file as SQLite gives them, and the keys that join them. */

export interface MetaRow {
  readonly seq: number
  readonly at: number | null
  readonly definitions: number
}

/** The meta row as an operation finds it, with its own number. */
export interface TickRow extends MetaRow {
  readonly at: number
  /** 1 where the time of a reservation is up. */
  readonly due: number
  /** When the reservation that was admitted first ended. */
  readonly oldestEnd: number | null
}

export interface BudgetRow {
  readonly slot: number
  readonly id: string
  readonly scope: string
  readonly window: string
}

/** An account with its newest pool; none where a changed policy found it empty. */
export interface AccountRow {
  readonly account: number
  readonly pool: number | null
  readonly record: Uint8Array | null
}

export interface PoolRecord {
  readonly key: number
  readonly account: number
  readonly record: Uint8Array
}

export interface ReservationRow {
  readonly key: number
  readonly id: string
  readonly status: 'held' | EndKind
  readonly admitted_at: number
  readonly expires_at: number
  readonly reserved: number
  readonly charged: number
  readonly settlement: Settlement | null
  readonly ended_at: number | null
  readonly expired_seq: number | null
  readonly body: string
}

/** What a reservation's end does not change. */
type Body = Pick<SavedReservation, 'choice' | 'pools' | 'rows' | 'since'>

const ROWS_PER_BUDGET = 2 ** 40

/** One number for a budget's slot and a row in it: pools of one budget lie together, in the order they were opened. */
export function poolKeyOf(slot: number, row: number): number {
  return slot * ROWS_PER_BUDGET + row
}

export function rowOfKey(key: number): number {
  return key % ROWS_PER_BUDGET
}

export function bodyOf({ choice, pools, rows, since }: Body): string {
  return JSON.stringify({ choice, pools, rows, since })
}

/** The keys of a reservation's pools; none for what a changed policy has left behind. */
export function poolKeysOf({ pools, rows }: Pick<Body, 'pools' | 'rows'>): number[] {
  return pools.flatMap(({ slot }, index) => {
    const row = rows[index] as number
    return row < 0 ? [] : [poolKeyOf(slot, row)]
  })
}

export function savedReservation(row: ReservationRow): SavedReservation {
  const { choice, pools, rows, since } = JSON.parse(row.body) as Body
  const { admitted_at: admittedAt, expires_at: expiresAt, status, charged, settlement, id } = row
  return { choice, admittedAt, expiresAt, pools, rows, since, status, charged, settlement, id }
}

/** Each record's doubles in this machine's order of bytes: the file is for processes of one machine. */
export function bytesOf(record: Float64Array): Uint8Array {
  return new Uint8Array(record.buffer, record.byteOffset, record.byteLength)
}

/** One record behind the other. */
export function doublesOf(records: readonly Uint8Array[]): Float64Array {
  const length = records.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const record of records) {
    bytes.set(record, offset)
    offset += record.byteLength
  }
  return new Float64Array(bytes.buffer)
}
