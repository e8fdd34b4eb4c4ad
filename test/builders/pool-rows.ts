import { createLedger, type LedgerState } from '../../src/core/budget/ledger.js'
import type { PoolRow } from '../../src/core/budget/pool-record.js'

/** Every pool of a saved ledger. */
export function poolRows(state: LedgerState): PoolRow[] {
  return createLedger([], state).slots.flatMap(({ pools }) =>
    Array.from({ length: pools.size }, (_, row) => pools.row(row)),
  )
}
