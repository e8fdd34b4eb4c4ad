import type { AdmitRequest } from '../../core/budget/ledger.js'
import type { ReservationBook } from '../../core/budget/reservation-book.js'
import type { StoreAdmission, StoreAdmitRequest } from '../store.js'

/** What every store that runs this core asks its ledger. */
export function askedOf(book: ReservationBook, request: StoreAdmitRequest, at: number): AdmitRequest {
  const { plan, requestHeadroom, ttlMs } = request
  const pools = book.ledger.open(plan.pools)
  return { candidates: plan, pools, priority: plan.priority, requestHeadroom, at, ttlMs }
}

/** What it answers to `admit`. */
export function answerAdmit(book: ReservationBook, request: StoreAdmitRequest, at: number): StoreAdmission {
  const asked = askedOf(book, request, at)
  const admission = book.admit(request.id, asked)
  if (admission.kind === 'admitted') {
    const { reservation, headroomNanoUsd, boundBy, softPassed } = admission
    return { kind: 'admitted', choice: reservation.choice, headroomNanoUsd, boundBy, softPassed }
  }
  return { ...admission, retryAt: request.wantsRetryAt ? book.ledger.earliest(asked) : null }
}
