import type { AdmitRequest } from '../../core/budget/ledger.js'
import type { ReservationBook } from '../../core/budget/reservation-book.js'
import type { StoreAdmission, StoreAdmitRequest } from '../store.js'

/** What every store that runs this core answers to `admit`. */
export function answerAdmit(book: ReservationBook, request: StoreAdmitRequest, at: number): StoreAdmission {
  const { plan } = request
  const asked: AdmitRequest = {
    candidates: plan,
    pools: book.ledger.open(plan.pools),
    priority: plan.priority,
    requestHeadroom: request.requestHeadroom,
    at,
    ttlMs: request.ttlMs,
  }
  const admission = book.admit(request.id, asked)
  if (admission.kind === 'admitted') {
    const { reservation, boundBy, softPassed } = admission
    return { kind: 'admitted', choice: reservation.choice, boundBy, softPassed }
  }
  return { ...admission, retryAt: request.wantsRetryAt ? book.ledger.earliest(asked) : null }
}
