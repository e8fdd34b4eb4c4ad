import type { BudgetHint } from '../core/budget/budget-hint.js'
import type { Budget } from '../core/budget/budget.js'
import type { Choice } from '../core/budget/choose.js'
import type { BindingPool, EndAnswer, Ending, SoftPassed } from '../core/budget/ledger.js'
import type { PoolAudit, PoolName } from '../core/budget/audit.js'
import type { PoolClaim } from '../core/budget/claims.js'
import type { BookState } from '../core/budget/reservation-book.js'
import type { Plan } from '../core/plan.js'

/**
 * The store did not answer, or answered with an error of its own: down, busy for too long, out of disk. Nothing is known of
 * what became of the operation; each may be repeated with the same id.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/**
 * Where the ledger lives. Each operation is one atomic step of the whole ledger: all pools of a request, or none. The
 * store issues the order (`seq`) and the time (`at`, never decreasing) of everything that touches money.
 */
export interface BudgetStore {
  /** Called once by the router that uses the store. */
  start(options: StoreOptions): Promise<void> | void
  admit(request: StoreAdmitRequest): Promise<Stamped<StoreAdmission>> | Stamped<StoreAdmission>
  /** Ends a reservation; the store puts its own time into the ending. */
  end(id: string, ending: Omit<Ending, 'at'>): Promise<Stamped<EndAnswer>> | Stamped<EndAnswer>
  /** How much of a pool is used. Only asked for policies whose selector follows a budget; takes no number and changes nothing. */
  use(pool: PoolClaim): Promise<BudgetHint> | BudgetHint
  /** Takes the budgets of a new policy; stable ids keep their charges and holds. */
  configure(budgets: readonly Budget[]): Promise<Stamped<object>> | Stamped<object>
  /** What the ledger holds, as plain JSON. */
  save(): Promise<StoreState> | StoreState
  /** The charges of one pool, window by window. */
  audit(pool: PoolName): Promise<PoolAudit> | PoolAudit
  /** Other processes use the same ledger: money may come back without a word, so waiting requests ask again now and then. */
  readonly shared: boolean
  /** Lets go of files and connections that the store opened itself. */
  close(): Promise<void> | void
}

export interface StoreOptions {
  readonly budgets: readonly Budget[]
  /** The router's clock, epoch milliseconds. */
  readonly now: () => number
  /** A reservation's time was up: what it held is spent. Called before the operation that noticed it is answered. */
  readonly onExpired: (expired: Stamped<{ readonly id: string; readonly chargedNanoUsd: number }>) => void
  /** Money came back to pools: someone who waits for one of them may ask again. */
  readonly onReturned: (pools: readonly string[]) => void
}

export interface StoreAdmitRequest {
  /** Made by the client; an admit that is repeated with the same id is answered as the first time. */
  readonly id: string
  readonly plan: Plan
  readonly requestHeadroom: number
  readonly wantsRetryAt: boolean
  readonly ttlMs: number
}

export type StoreAdmission =
  | {
      readonly kind: 'admitted'
      readonly choice: Choice
      /** What the tightest pool had left before it; undefined of an admit that was repeated. */
      readonly headroomNanoUsd: number | undefined
      readonly boundBy: BindingPool | null
      readonly softPassed: readonly SoftPassed[]
    }
  | { readonly kind: 'refused'; readonly bindingPool: BindingPool; readonly retryAt: number | null }

export type Stamped<Value> = Value & { readonly seq: number; readonly at: number }

export interface StoreState {
  readonly seq: number
  readonly at: number
  readonly ledger: BookState
}
