import { auditPool } from '../../core/budget/audit.js'
import type { EndAnswer, Ending, Reservation } from '../../core/budget/ledger.js'
import { createReservationBook, type ReservationBook } from '../../core/budget/reservation-book.js'
import { askedOf } from './answer-admit.js'
import { createDueQueue } from './due-queue.js'
import { endInBook, expiry } from './end-in-book.js'
import type { BudgetStore, Stamped, StoreOptions, StoreState } from '../store.js'

export interface MemoryStoreOptions {
  /**
   * How long an ended reservation is remembered, so that settling twice is answered `duplicate`, an audit has its line, and a
   * budget whose window is changed and changed back has no second allowance. Default: a day.
   */
  readonly rememberMs?: number
}

interface Held {
  readonly id: string
  readonly reservation: Reservation
}

/** The ledger in this process: for one process, and for tests. Nothing survives a restart. */
export function memoryStore({ rememberMs = 86_400_000 }: MemoryStoreOptions = {}): BudgetStore {
  let options: StoreOptions | undefined
  let book: ReservationBook = createReservationBook([])
  let seq = 0
  let clock = -Infinity
  const expiring = createDueQueue<Held>()
  const remembered = createDueQueue<string>()

  const started = (): StoreOptions => {
    if (options === undefined)
      throw new TypeError('the store must be started by createRouter before it is used')
    return options
  }
  const tick = (): number => {
    clock = Math.max(clock, Math.floor(started().now()))
    for (let held = expiring.take(clock); held !== undefined; held = expiring.take(clock)) expire(held)
    for (let id = remembered.take(clock); id !== undefined; id = remembered.take(clock)) book.forget(id)
    return clock
  }
  const expire = ({ id, reservation }: Held): void => {
    // Asked for again with a shorter time to live, it keeps the time of its admission.
    if (reservation.status !== 'held' || reservation.expiresAt > clock) return
    const { chargedNanoUsd } = book.end(id, expiry(reservation.choice.reservedNanoUsd, clock))
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
      const { id, ttlMs, wantsRetryAt } = request
      const asked = askedOf(book, request, at)
      const admission = book.admit(id, asked)
      if (admission.kind === 'refused') {
        const { kind, bindingPool } = admission
        const retryAt = wantsRetryAt ? book.ledger.earliest(asked) : null
        return { kind, bindingPool, retryAt, seq: ++seq, at }
      }
      const { kind, reservation, headroomNanoUsd, boundBy, softPassed } = admission
      expiring.add(at, ttlMs, { id, reservation })
      return { kind, choice: reservation.choice, headroomNanoUsd, boundBy, softPassed, seq: ++seq, at }
    },
    end(id, ending: Omit<Ending, 'at'>): Stamped<EndAnswer> {
      const at = tick()
      const { kind, chargeNanoUsd, settlement } = ending
      const { answer, returned } = endInBook(book, id, { kind, chargeNanoUsd, settlement, at })
      const { status, chargedNanoUsd } = answer
      if (status === 'settled') remembered.add(at, rememberMs, id)
      const stamped = { status, chargedNanoUsd, seq: ++seq, at }
      if (returned.length > 0) started().onReturned(returned)
      return stamped
    },
    /** What is due and has not expired yet counts as held, and so the same. */
    use(pool) {
      const at = Math.max(clock, Math.floor(started().now()))
      return book.ledger.use(book.ledger.openOnce(pool), at)
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
