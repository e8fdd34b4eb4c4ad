import type { EndAnswer, Ending, OpenPool } from '../../core/budget/ledger.js'
import { UNKNOWN, type ReservationBook } from '../../core/budget/reservation-book.js'
import { poolKey } from '../../core/deferral-queue.js'

export interface Ended {
  readonly answer: EndAnswer
  /** Keys of the pools that got money back. */
  readonly returned: readonly string[]
}

const NONE: readonly string[] = []

/** What every store that runs this core does to end a reservation. */
export function endInBook(book: ReservationBook, id: string, ending: Ending): Ended {
  const reservation = book.get(id)
  if (reservation === undefined) return { answer: UNKNOWN, returned: NONE }
  const before = reservation.status === 'held' ? reservation.choice.reservedNanoUsd : reservation.charged
  const answer = book.ledger.end(reservation, ending)
  return { answer, returned: before > answer.chargedNanoUsd ? keysOf(reservation.pools) : NONE }
}

/** Keys are made once: a pool gets money back with most calls. */
function keysOf(pools: readonly OpenPool[]): readonly string[] {
  const keys = new Array<string>(pools.length)
  for (let i = 0; i < pools.length; i++) {
    const pool = pools[i] as OpenPool
    keys[i] = pool.key ??= poolKey(pool)
  }
  return keys
}

/** Its time is up: what it held is spent. */
export function expiry(reservedNanoUsd: number, at: number): Ending {
  return { kind: 'expired', chargeNanoUsd: reservedNanoUsd, settlement: 'bound', at }
}
