import type { EndAnswer, Ending } from '../../core/budget/ledger.js'
import type { ReservationBook } from '../../core/budget/reservation-book.js'
import { poolKey } from '../../core/deferral-queue.js'

export interface Ended {
  readonly answer: EndAnswer
  /** Keys of the pools that got money back. */
  readonly returned: readonly string[]
}

/** What every store that runs this core does to end a reservation. */
export function endInBook(book: ReservationBook, id: string, ending: Ending): Ended {
  const reservation = book.get(id)
  const before =
    reservation?.status === 'held' ? reservation.choice.reservedNanoUsd : (reservation?.charged ?? 0)
  const answer = book.end(id, ending)
  const returned = reservation !== undefined && before > answer.chargedNanoUsd
  return { answer, returned: returned ? reservation.pools.map(poolKey) : [] }
}

/** Its time is up: what it held is spent. */
export function expiry(reservedNanoUsd: number, at: number): Ending {
  return { kind: 'expired', chargeNanoUsd: reservedNanoUsd, settlement: 'bound', at }
}
