import { createLedger, type AdmitRequest, type EndAnswer, type Ending, type Ledger } from '../../core/budget/ledger.js'
import { poolKey } from '../../core/deferral-queue.js'
import { createDueQueue } from './due-queue.js'
import type { BudgetStore, Stamped, StoreAdmission, StoreAdmitRequest, StoreOptions, StoreState } from '../store.js'

export interface MemoryStoreOptions {
  /** How long an ended reservation is remembered, so that settling twice is answered `duplicate` and not `unknown`. */
  readonly rememberMs?: number
}

/** The ledger in this process: for one process, and for tests. Nothing survives a restart. */
export function memoryStore({ rememberMs = 3_600_000 }: MemoryStoreOptions = {}): BudgetStore {
  let options: StoreOptions | undefined
  let ledger: Ledger = createLedger([])
  let seq = 0
  let clock = -Infinity
  const expiring = createDueQueue<string>()
  const remembered = createDueQueue<string>()

  const started = (): StoreOptions => {
    if (options === undefined) throw new TypeError('the store must be started by createRouter before it is used')
    return options
  }
  const tick = (): number => {
    clock = Math.max(clock, Math.floor(started().now()))
    for (const id of expiring.take(clock)) expire(id)
    for (const id of remembered.take(clock)) ledger.forget(id)
    return clock
  }
  const expire = (id: string): void => {
    const reservation = ledger.reservation(id)
    if (reservation?.status !== 'held') return
    const ending: Ending = { kind: 'expired', chargeNanoUsd: reservation.amount, settlement: 'bound', at: clock }
    const { chargedNanoUsd } = ledger.end(id, ending)
    remembered.add(clock, rememberMs, id)
    started().onExpired({ id, chargedNanoUsd, seq: ++seq, at: clock })
  }

  return {
    start(given) {
      if (options !== undefined) throw new TypeError('the store already serves a router: give each router its own')
      options = given
      ledger = createLedger(given.budgets)
    },
    admit(request) {
      const at = tick()
      const known = ledger.reservation(request.id)
      if (known !== undefined) return { kind: 'admitted', choice: known.choice, boundBy: null, seq: ++seq, at }
      const admission = answer(ledger, request, at)
      if (admission.kind === 'admitted') expiring.add(at, request.ttlMs, request.id)
      return { ...admission, seq: ++seq, at }
    },
    end(id, ending: Omit<Ending, 'at'>): Stamped<EndAnswer> {
      const at = tick()
      const reservation = ledger.reservation(id)
      const before = reservation === undefined ? 0 : reservation.status === 'held' ? reservation.amount : reservation.charged
      const result = ledger.end(id, { ...ending, at })
      if (result.status === 'settled') remembered.add(at, rememberMs, id)
      const stamped = { ...result, seq: ++seq, at }
      if (reservation !== undefined && before > result.chargedNanoUsd) {
        started().onReturned(reservation.pools.map(({ claim }) => poolKey(claim)))
      }
      return stamped
    },
    configure(budgets) {
      const at = tick()
      ledger.configure(budgets, at)
      return { seq: ++seq, at }
    },
    save: (): StoreState => ({ seq, at: clock, ledger: ledger.save() }),
  }
}

function answer(ledger: Ledger, request: StoreAdmitRequest, at: number): StoreAdmission {
  const asked: AdmitRequest = {
    id: request.id,
    groups: request.plan.groups,
    pools: ledger.open(request.plan.pools),
    priority: request.plan.priority,
    requestHeadroom: request.requestHeadroom,
    at,
    ttlMs: request.ttlMs,
  }
  const admission = ledger.admit(asked)
  if (admission.kind === 'admitted') return admission
  return { ...admission, retryAt: request.wantsRetryAt ? ledger.earliest(asked) : null }
}
