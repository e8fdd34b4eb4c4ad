import type { PoolClaim } from '../../core/budget/claims.js'
import { ledgerOf, type BudgetSlot, type Reservation } from '../../core/budget/ledger.js'
import { poolsOf } from '../../core/budget/pools.js'
import {
  bookOf,
  loadReservation,
  saveReservation,
  type ReservationBook,
  type SavedReservation,
} from '../../core/budget/reservation-book.js'
import type { Window } from '../../core/budget/window.js'
import type { WindowSpec } from '../../core/policy-schema.js'
import { bytesOf, doublesOf, poolKeyOf, rowOfKey } from './sqlite-rows.js'
import type { Statements } from './sqlite-statements.js'

/** A budget as the file defines it, its window ready to be asked. */
export interface Definition {
  readonly slot: number
  readonly id: string
  readonly scope: string
  readonly spec: WindowSpec
  readonly window: Window
}

/**
 * The part of the book that one operation touches: the core works on it as on a whole one. Accounts and rows have numbers of
 * their own in it; the file's stand beside them.
 */
export interface BookPart {
  readonly book: ReservationBook
  /** Writes the pools of a reservation that was admitted or ended, and gives it with the file's numbers. */
  write(id: string, reservation: Reservation): SavedReservation
}

/** What an admission asks: for each claim its account's newest pool. */
export function partOfClaims(
  statements: Statements,
  definitions: readonly Definition[],
  claims: readonly PoolClaim[],
): BookPart {
  const slots = definitions.map((definition) => new SlotPart(definition))
  for (const { budgetId, label } of claims) {
    const slot = slots.find(({ definition }) => definition.id === budgetId)
    if (slot === undefined) continue
    const found = statements.account(slot.definition.slot, label)
    if (found === undefined) continue
    const account = slot.account(found.account, label)
    if (found.pool !== null && found.record !== null) slot.add(account, found.pool, found.record)
  }
  return partOf(statements, slots, [])
}

/** What the end of a reservation touches: its own pools. */
export function partOfReservation(
  statements: Statements,
  definitions: readonly Definition[],
  saved: SavedReservation,
): BookPart {
  const slots = definitions.map((definition) => new SlotPart(definition))
  const rows = [...saved.rows]
  const pools = saved.pools.map((pool, index) => {
    const slot = slots[pool.slot] as SlotPart
    const account = slot.account(pool.account, pool.claim.label)
    const row = rows[index] as number
    const found = row < 0 ? undefined : statements.pool(poolKeyOf(pool.slot, row))
    if (found !== undefined) rows[index] = slot.add(account, found.key, found.record)
    return { ...pool, account }
  })
  return partOf(statements, slots, [{ ...saved, pools, rows }])
}

/** One budget's accounts and rows in a part. */
class SlotPart {
  readonly definition: Definition
  /** The file's number by account. */
  readonly accounts: number[] = []
  readonly labels: string[] = []
  /** The file's key by row. */
  readonly keys: number[] = []
  readonly #owners: number[] = []
  readonly #records: Uint8Array[] = []

  constructor(definition: Definition) {
    this.definition = definition
  }

  account(number: number, label: string): number {
    const known = this.accounts.indexOf(number)
    if (known >= 0) return known
    this.labels.push(label)
    return this.accounts.push(number) - 1
  }

  add(account: number, key: number, record: Uint8Array): number {
    this.#owners.push(account)
    this.#records.push(record)
    return this.keys.push(key) - 1
  }

  open(): BudgetSlot {
    const { id, scope, spec, window } = this.definition
    const pools = poolsOf(window, doublesOf(this.#records), this.#owners)
    return { id, scope, window: spec, pools, labels: [...this.labels], accounts: new Map() }
  }
}

function partOf(
  statements: Statements,
  parts: readonly SlotPart[],
  reservations: readonly SavedReservation[],
): BookPart {
  const slots = parts.map((part) => part.open())
  const loaded = reservations.map((saved) => [saved.id, loadReservation(saved, slots)] as const)
  return {
    book: bookOf(ledgerOf(slots), new Map(loaded)),
    write(id, reservation) {
      const saved = saveReservation(id, reservation, slots)
      const rows = [...saved.rows]
      const pools = saved.pools.map((pool, index) => {
        const row = rows[index] as number
        if (row < 0) return pool
        const part = parts[pool.slot] as SlotPart
        const written = writePool(statements, part, slots[pool.slot] as BudgetSlot, row)
        rows[index] = written.row
        return { ...pool, account: written.account }
      })
      return { ...saved, pools, rows }
    },
  }
}

/** Numbers of new accounts and pools are issued by the file. */
function writePool(statements: Statements, part: SlotPart, slot: BudgetSlot, row: number): Placed {
  const key = part.keys[row]
  if (key === undefined) return addPool(statements, part, slot, row)
  statements.writePool(bytesOf(slot.pools.record(row)), key)
  return { account: part.accounts[slot.pools.accountOf(row)] as number, row: rowOfKey(key) }
}

function addPool(statements: Statements, part: SlotPart, { pools, labels }: BudgetSlot, row: number): Placed {
  const { slot } = part.definition
  const own = pools.accountOf(row)
  const label = labels[own] as string
  const placed = issued(statements.nextPool(slot))
  const key = poolKeyOf(slot, placed)
  let account = part.accounts[own]
  if (account === undefined) {
    account = issued(statements.nextAccount(slot))
    statements.addAccount(slot, label, account, key)
  } else {
    statements.newestPool(key, slot, label)
  }
  statements.addPool(key, account, bytesOf(pools.record(row)))
  return { account, row: placed }
}

/** Where something stands in the file. */
interface Placed {
  readonly account: number
  readonly row: number
}

function issued(answer: { readonly number: number } | undefined): number {
  if (answer === undefined) throw new RangeError('the file must define every budget that a part has')
  return answer.number
}
