import { auditPool, type PoolAudit, type PoolName } from '../../core/budget/audit.js'
import { ledgerOf } from '../../core/budget/ledger.js'
import { bookOf, loadReservation, type SavedReservation } from '../../core/budget/reservation-book.js'
import { lastKey, slotOf } from './sqlite-book.js'
import { poolKeyOf, savedReservation, type ReservationRow } from './sqlite-rows.js'
import type { Statements } from './sqlite-statements.js'

/** Reads the pools of one label and what was charged to them, and nothing else. */
export function readAudit(
  statements: Statements,
  name: PoolName,
  isRemembered: (row: ReservationRow) => boolean,
): PoolAudit {
  const budget = statements.budgets().find(({ id }) => id === name.budgetId)
  const account = budget === undefined ? undefined : statements.account(budget.slot, name.label)
  if (budget === undefined || account === undefined) return { ...name, windows: [] }
  const pools = statements.poolsOfAccount(account.account, poolKeyOf(budget.slot, 0), lastKey(budget))
  const own = pools.map((pool) => ({ ...pool, account: 0 }))
  const slots = [slotOf(budget, [name.label], own)]
  const lines = pools.flatMap(({ key }, row) =>
    statements
      .linesOfPool(key)
      .filter(isRemembered)
      .map((line) => inOnePool(savedReservation(line), budget.slot, row)),
  )
  const loaded = lines.map((saved) => [saved.id, loadReservation(saved, slots)] as const)
  return auditPool(bookOf(ledgerOf(slots), new Map(loaded)), name)
}

function inOnePool(saved: SavedReservation, slot: number, row: number): SavedReservation {
  const pools = saved.pools.filter((pool) => pool.slot === slot)
  return {
    ...saved,
    pools: pools.map(({ claim }) => ({ slot: 0, account: 0, claim })),
    rows: pools.map(() => row),
    since: null,
  }
}
