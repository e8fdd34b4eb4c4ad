import type { BindingPool } from './budget/ledger.js'
import type { PlanFailure } from './plan.js'

/** What to do with a request, and why. Money in nano-dollars, times in epoch milliseconds. */
export type Decision = RouteDecision | DeferDecision | RejectDecision

export interface RouteDecision {
  readonly kind: 'route'
  /** The request's id: what `settle`, `cancel` and `abort` take. */
  readonly id: string
  readonly model: string
  /** Send this as the call's output limit: the reservation is only a bound if the provider honours it. */
  readonly maxOutputTokens: number
  readonly reservedNanoUsd: number
  /** Null where neither price nor mean cost of the model is known. */
  readonly expectedNanoUsd: number | null
  /** Served tier below the tier of the plan's first candidate. */
  readonly downgraded: boolean
  readonly reason: RouteReason
  /** Of a cascade: number of the call, from 0. `settle` takes it, so that a rung is not settled twice. */
  readonly attempt?: number
}

export interface DeferDecision {
  readonly kind: 'defer'
  readonly id: string
  /** When it is worth asking again. */
  readonly retryAt: number
  readonly bindingPool: BindingPool
  readonly reason: 'budgetExhausted'
}

export interface RejectDecision {
  readonly kind: 'reject'
  readonly id: string
  /** The pool that refused; null when the request never came to a pool. */
  readonly bindingPool: BindingPool | null
  readonly reason: RejectReason
}

/**
 * `explored`: drawn by lot, as the policy's `exploration` says. `escalated`: an answer of a lower rung scored too low. `escalationRefused`: it did, the next rung was refused or failed, and
 * the answer at hand is served.
 */
export type RouteReason =
  | 'asPlanned'
  | 'explored'
  | 'clamped'
  | 'otherModel'
  | 'downgraded'
  | 'failover'
  | 'escalated'
  | 'escalationRefused'
export type RejectReason =
  | PlanFailure
  | 'budgetExhausted'
  | 'neverFits'
  | 'waitedTooLong'
  | 'storeUnavailable'
  | 'attemptsExhausted'
  | 'callFailed'
