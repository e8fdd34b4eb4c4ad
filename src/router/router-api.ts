import type { PoolAudit, PoolName } from '../core/budget/audit.js'
import type { EndAnswer } from '../core/budget/ledger.js'
import type { Decision } from '../core/decision.js'
import type { LogRecord } from '../core/log-record.js'
import type { Policy } from '../core/policy.js'
import type { TokenCounter } from '../core/tokens/counter.js'
import type { Usage } from '../core/usage.js'
import type { AssessRequest } from './ask-service.js'
import type { CallAttempt, CallResult, ScoreAnswer } from './call-attempt.js'
import type { LogText } from './decision-record.js'
import type { Feedback } from './feedback.js'
import type { StalePrices } from './price-age.js'
import type { RouteRequest } from './route-request.js'
import type { OnStoreError, StoreHealth } from './store-guard.js'
import type { BudgetStore, StoreState } from './store.js'
import type { Trace } from './trace.js'

/** What `createRouter` takes besides the policy; everything has a default. */
export interface RouterOptions {
  readonly store?: BudgetStore
  /** Epoch milliseconds. */
  readonly now?: () => number
  /** Counts input tokens; the default is o200k_base. */
  readonly counter?: TokenCounter
  /**
   * Gets a line that says which policy starts, then a canonical log line of each request when it is admitted, and again with
   * the same id whenever something is added: the last one counts.
   */
  readonly onDecision?: (record: LogRecord | PolicyChange | RouterStart) => void
  /**
   * While the store is down: `reject` (default) refuses with `storeUnavailable`; `allowUncounted` calls without a reservation,
   * and from then on no cap is proved.
   */
  readonly onStoreError?: OnStoreError
  /** How long an operation of the store may take; default 6,000 ms. */
  readonly storeTimeoutMs?: number
  /** Hears of budgets that passed their `softBudget`, of errors of the store, and of prices older than the policy allows. */
  readonly onWarning?: (warning: RouterWarning) => void
  /** Asks the service of a policy that has one (`classifier.kind: "service"`, or inside a hybrid). */
  readonly assess?: AssessRequest
  /** How much of the prompt the decision log keeps: nothing, the classifier's features (default), or the text. */
  readonly logText?: LogText
  /**
   * Whether a call in flight stands in the decision log (default), so that a process that dies leaves no money unaccounted
   * for. Without it each request has one line, written at its end.
   */
  readonly logAdmissions?: boolean
}

/** The line that a changed policy leaves in the decision log, so that the log can be replayed as recorded. */
export interface PolicyChange {
  readonly tollgateLog: 1
  /** The router's own name, as in the `run` of its requests. */
  readonly life: string
  readonly policyHash: string
  readonly seq: number
  readonly at: number
}

/**
 * The first line of every router: a decision log that is appended to holds the lives of several, each with a ledger and an
 * order of its own.
 */
export interface RouterStart extends PolicyChange {
  readonly start: true
}

export type RouterWarning =
  | {
      readonly kind: 'softBudget'
      readonly pool: PoolName
      readonly softNanoUsd: number
      readonly usedNanoUsd: number
    }
  | { readonly kind: 'storeError'; readonly error: Error }
  /** A call cost more than was reserved for it: a proviso of the caps failed, such as the output limit or the input bound. */
  | {
      readonly kind: 'overspend'
      readonly id: string
      readonly model: string
      readonly reservedNanoUsd: number
      readonly chargedNanoUsd: number
    }
  /** A usage that makes no sense: the reservation is charged. */
  | { readonly kind: 'badUsage'; readonly id: string; readonly error: Error }
  /** The classifier's service failed or was late: the rules assess. */
  | { readonly kind: 'badAssessment'; readonly id: string; readonly error: Error }
  /** No score came of a cascade's answer: the next rung is asked. */
  | { readonly kind: 'badScore'; readonly id: string; readonly error: Error }
  | StalePrices

/** Whether the router's caps hold, and why not. */
export interface RouterHealth extends StoreHealth {
  readonly capGuarantee: 'proved' | 'estimated' | 'none'
  /** Why caps are not proved; null where they are. */
  readonly because: string | null
}

/**
 * `pending`: the store did not answer; the end is said again until it does, or until the reservation expires. `next`: a
 * cascade's answer scored too low and another model is to be asked; settle that call likewise.
 */
export type SettleAnswer = Omit<EndAnswer, 'status'> & {
  readonly status: EndAnswer['status'] | 'pending'
  readonly next?: Decision
}

/**
 * Without counts of tokens the usage is unknown, and the reservation is charged. With what a cascade goes by: a score of the caller's own, or how the answer ended and read. */
export type SettleUsage = Partial<Usage> & {
  readonly latencyMs?: number
  readonly score?: number
  readonly agreement?: number
  readonly finishReason?: string
  readonly refused?: boolean
  /** Which attempt has ended, as its decision named it: a second settle of an earlier rung is then known as such. */
  readonly attempt?: number
}

/** What `run` takes besides the call. */
export interface RunOptions<Value> {
  /** Judges an answer of a cascade whose scorer is `external`; its cost and its patience stand in the policy. */
  readonly score?: ScoreAnswer<Value>
}

export type RunResult<Value> =
  | {
      readonly kind: 'served'
      readonly value: Value
      readonly decision: Decision
      readonly chargedNanoUsd: number
    }
  | {
      readonly kind: 'rejected'
      readonly value: undefined
      readonly decision: Decision
      /** Of attempts that failed before the refusal. */
      readonly chargedNanoUsd: number
      /** What the last failed attempt threw, if there was one. */
      readonly error: unknown
    }

export interface Router {
  /** Decides and reserves. A routed request must be ended by `settle`, `cancel`, `abort` or `fail`, else it expires. */
  route(
    request: RouteRequest,
    options?: { readonly trace?: boolean },
  ): Promise<Decision & { readonly trace?: Trace }>
  /** The call is done. Missing usage charges the reservation. */
  settle(id: string, usage?: SettleUsage): Promise<SettleAnswer>
  /** The call was never sent: nothing is charged. */
  cancel(id: string): Promise<SettleAnswer>
  /** The call was broken off: what was used is charged if known, else the reservation. */
  abort(id: string, usage?: SettleUsage): Promise<SettleAnswer>
  /**
   * The call failed: it is charged likewise, and where it may be tried again the answer is the next decision. Undefined where
   * nothing more is to be called; of a cascade the answer of the rung below is then the one to serve.
   */
  fail(
    id: string,
    failure: { readonly retryable: boolean; readonly usage?: Usage },
  ): Promise<Decision | undefined>
  /**
   * Reserve, call, settle; fail over on retryable errors with a new reservation; wait where the policy defers; climb a
   * cascade's rungs while answers score too low.
   */
  run<Value>(
    request: RouteRequest,
    call: (attempt: CallAttempt) => Promise<CallResult<Value>>,
    options?: RunOptions<Value>,
  ): Promise<RunResult<Value>>
  /**
   * What the answer to a request was worth, once that is known: a line of the decision log. Any id will do, also of requests that
   * this router has forgotten or never saw.
   * @throws TypeError or RangeError for a wrong option, and where there is no `onDecision` to keep it.
   */
  feedback(id: string, feedback: Feedback): void
  /** What a whole session (`scope.session`) came to, likewise. */
  sessionFeedback(session: string, feedback: Feedback): void
  /** Atomic: runs in flight keep their policy, budgets with the same id keep their charges and holds. */
  replacePolicy(policy: Policy): Promise<void>
  /** The ledger as plain JSON. */
  save(): Promise<StoreState>
  /** The charges behind a pool's spend, window by window and line by line. */
  audit(pool: PoolName): Promise<PoolAudit>
  health(): RouterHealth
  /** Nobody is woken any more. Without `logAdmissions`, writes the decision log's lines of requests that are still in flight. */
  close(): Promise<void>
}
