import type { Budget } from '../../core/budget/budget.js'
import { createWindow } from '../../core/budget/index.js'
import { createLedger, ledgerOf, type BudgetSlot } from '../../core/budget/ledger.js'
import { createPools, poolsOf } from '../../core/budget/pools.js'
import type { BookState } from '../../core/budget/reservation-book.js'
import type { WindowSpec } from '../../core/policy-schema.js'
import type { Definition } from './sqlite-part.js'
import {
  bodyOf,
  bytesOf,
  doublesOf,
  poolKeyOf,
  poolKeysOf,
  savedReservation,
  type BudgetRow,
  type PoolRecord,
  type ReservationRow,
} from './sqlite-rows.js'
import type { Statements } from './sqlite-statements.js'

/** The whole book: to save it, and to change its budgets. */
export function readBook(statements: Statements, isRemembered: (row: ReservationRow) => boolean): BookState {
  const slots = statements.budgets().map((budget) => {
    const labels = statements.labels(budget.slot).map(({ label }) => label)
    return slotOf(budget, labels, statements.poolsOfBudget(poolKeyOf(budget.slot, 0), lastKey(budget)))
  })
  const reservations = statements.reservations().filter(isRemembered).map(savedReservation)
  return { ...ledgerOf(slots).save(), reservations }
}

/** A budget with these accounts and pools of it, accounts numbered as the labels are. */
export function slotOf(
  { id, scope, window }: BudgetRow,
  labels: string[],
  pools: readonly PoolRecord[],
): BudgetSlot {
  const spec = JSON.parse(window) as WindowSpec
  const records = doublesOf(pools.map(({ record }) => record))
  const accounts = pools.map(({ account }) => account)
  return {
    id,
    scope,
    window: spec,
    labels,
    accounts: new Map(),
    pools: poolsOf(createWindow(spec), records, accounts),
  }
}

export function lastKey({ slot }: { readonly slot: number }): number {
  return poolKeyOf(slot + 1, 0) - 1
}

/** In place of what the file has. Reservations keep their place; none is made or dropped. */
export function writeBook(statements: Statements, { slots, reservations }: BookState): void {
  for (const clear of statements.clear) clear()
  slots.forEach((saved, slot) => writeSlot(statements, saved, slot))
  for (const saved of reservations) {
    const key = statements.rewrite(bodyOf(saved), saved.id)?.key
    if (key === undefined) throw new Error(`the file must have the reservation ${saved.id}`)
    for (const pool of poolKeysOf(saved)) statements.addLine(pool, key)
  }
  statements.redefined()
}

function writeSlot(statements: Statements, saved: BookState['slots'][number], slot: number): void {
  const { id, scope, window, labels } = saved
  const pools = createPools(window, saved.pools)
  statements.addBudget(slot, id, scope, JSON.stringify(window), labels.length, pools.size)
  const newest = new Map<number, number>()
  for (let row = 0; row < pools.size; row++) {
    const key = poolKeyOf(slot, row)
    newest.set(pools.accountOf(row), key)
    statements.addPool(key, pools.accountOf(row), bytesOf(pools.record(row)))
  }
  labels.forEach((label, account) => statements.addAccount(slot, label, account, newest.get(account) ?? null))
}

/** Asks the core what it would make of budgets with these definitions and without a pool. */
export function changesBudgets(definitions: readonly Definition[], budgets: readonly Budget[]): boolean {
  const slots = definitions.map(({ id, scope, spec }) => ({
    id,
    scope,
    window: spec,
    labels: [],
    pools: { records: [], accounts: [] },
  }))
  const ledger = createLedger([], { slots })
  ledger.configure(budgets, [], 0)
  return JSON.stringify(ledger.save()) !== JSON.stringify({ slots })
}
