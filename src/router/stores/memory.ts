import { auditPool } from '../../core/budget/audit.js'
import type { AdmitRequest, EndAnswer, Ending } from '../../core/budget/ledger.js'
import { createReservationBook, type ReservationBook } from '../../core/budget/reservation-book.js'
import { poolKey } from '../../core/deferral-queue.js'
import { createDueQueue } from './due-queue.js'
import type {
  BudgetStore,
  Stamped,
  StoreAdmission,
  StoreAdmitRequest,
  StoreOptions,
  StoreState,
} from '../store.js'

export interface MemoryStoreOptions {
  /** How long an ended reservation is remembered, so that settling twice is answered `duplicate` and not `unknown`. */
  readonly rememberMs?: number
}

/** The ledger in this process: for one process, and for tests. Nothing survives a restart. */
export function memoryStore({ rememberMs = 3_600_000 }: MemoryStoreOptions = {}): BudgetStore {
  let options: StoreOptions | undefined
  let book: ReservationBook = createReservationBook([])
  let seq = 0
  let clock = -Infinity
  const expiring = createDueQueue<string>()
  const remembered = createDueQueue<string>()

  const started = (): StoreOptions => {
    if (options === undefined)
      throw new TypeError('the store must be started by createRouter before it is used')
    return options
  }
  const tick = (): number => {
    clock = Math.max(clock, Math.floor(started().now()))
    for (const id of expiring.take(clock)) expire(id)
    for (const id of remembered.take(clock)) book.forget(id)
    return clock
  }
  const expire = (id: string): void => {
    const reservation = book.get(id)
    if (reservation?.status !== 'held') return
    const ending: Ending = {
      kind: 'expired',
      chargeNanoUsd: reservation.choice.reservedNanoUsd,
      settlement: 'bound',
      at: clock,
    }
    const { chargedNanoUsd } = book.end(id, ending)
    remembered.add(clock, rememberMs, id)
    started().onExpired({ id, chargedNanoUsd, seq: ++seq, at: clock })
  }

  return {
    shared: false,
    start(given) {
      if (options !== undefined)
        throw new TypeError('the store already serves a router: give each router its own')
      options = given
      book = createReservationBook(given.budgets)
    },
    admit(request) {
      const at = tick()
      const admission = answer(book, request, at)
      if (admission.kind === 'admitted') expiring.add(at, request.ttlMs, request.id)
      return { ...admission, seq: ++seq, at }
    },
    end(id, ending: Omit<Ending, 'at'>): Stamped<EndAnswer> {
      const at = tick()
      const reservation = book.get(id)
      const before =
        reservation?.status === 'held' ? reservation.choice.reservedNanoUsd : (reservation?.charged ?? 0)
      const result = book.end(id, { ...ending, at })
      if (result.status === 'settled') remembered.add(at, rememberMs, id)
      const stamped = { ...result, seq: ++seq, at }
      if (reservation !== undefined && before > result.chargedNanoUsd) {
        started().onReturned(reservation.pools.map(poolKey))
      }
      return stamped
    },
    configure(budgets) {
      const at = tick()
      book.configure(budgets, at)
      return { seq: ++seq, at }
    },
    save: (): StoreState => ({ seq, at: clock, ledger: book.save() }),
    audit: (pool) => auditPool(book, pool),
    close: () => undefined,
  }
}

function answer(book: ReservationBook, request: StoreAdmitRequest, at: number): StoreAdmission {
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
