import type { BudgetHint } from './budget/budget-hint.js'
import type { Assessment, Message, Priority } from './request.js'
import type { CacheHint } from './prompt-cache.js'
import type { Basis } from './log-table.js'
import type { Finish } from './score/answer-signs.js'

/**
 * One line of the canonical log (DESIGN section 5). The runtime writes it, every format becomes it, the store keeps it.
 * Every field but `id` is optional, and a missing value is unknown, never 0.
 */
export interface LogRecord {
  readonly id: string
  /** Arrival: ISO 8601 in files; epoch milliseconds once parsed. */
  readonly at?: number
  readonly scope?: Readonly<Record<string, string>>
  readonly priority?: Priority
  readonly messages?: readonly Message[]
  /** May stand for one user message. */
  readonly prompt?: string
  readonly inputTokensEstimate?: number
  readonly inputTokensBound?: number
  /** Tokens at the beginning of the input that an earlier request of the same session had too. */
  readonly sharedPrefixTokens?: number
  readonly maxOutputTokens?: number
  readonly needs?: readonly string[]
  readonly task?: string
  readonly split?: string
  /** The extractor's values where the text itself was not logged (`logText: "features"`). */
  readonly features?: { readonly key: string; readonly values: readonly number[] }
  readonly chosen?: string
  readonly propensity?: number
  readonly policyHash?: string
  readonly assessment?: Assessment
  readonly outcomes?: readonly OutcomeRecord[]
  /** Of the answer that was served, where the label came later than the line of the request. */
  readonly feedback?: LateLabel
  /** Of the whole session that `scope.session` names, on any line of it. */
  readonly sessionOutcome?: LateLabel
  /** What the runtime adds, so that `replay --as-recorded` can feed the same events. */
  readonly run?: RunRecord
}

/** What became known after the fact: a thumb, a test that passed, a pull request that was merged. */
export interface LateLabel {
  /** In [0, 1]. */
  readonly quality: number
  readonly source?: string
  /** When it was known: ISO 8601 in files; epoch milliseconds once parsed. Of two labels the later one counts. */
  readonly at?: number
}

export interface OutcomeRecord {
  readonly model: string
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cachedInputTokens?: number
  readonly cacheWriteTokens?: number
  readonly reasoningTokens?: number
  readonly costUsd?: number
  readonly latencyMs?: number
  readonly quality?: number
  readonly qualitySource?: string
  /** In [0, 1]: how good the answer looked to a scorer, before anybody knew its quality. */
  readonly score?: number
  /** Share of several samples that gave this answer. */
  readonly agreement?: number
  readonly finish?: Finish
  /** Whether the answer read like a refusal. */
  readonly refused?: boolean
  readonly basis?: Basis
}

/** How a reservation ended, as the ledger knows it. */
export type EndKind = 'settled' | 'cancelled' | 'aborted' | 'expired' | 'failed'
export type Settlement = 'actual' | 'estimated' | 'bound'

/**
 * The store's order (`seq`) and clock (`at`, epoch milliseconds) of everything that touched the ledger for a request. What was
 * decided while the store did not answer has a fraction: it stands between the numbers that the router last saw and saw next.
 */
export interface RunRecord {
  /** The router that recorded it, as its start line names it: each has a ledger and an order of its own. */
  readonly life?: string
  /** Other routers use its store, or used it before: this log is not the ledger's whole history. */
  readonly sharedLedger?: true
  readonly seed: number
  readonly attempts: readonly AttemptRecord[]
  readonly deferrals: readonly DeferralRecord[]
  /**
   * By model id, with what chance the first attempt called it, given what the budgets had left: where the policy draws lots
   * (`exploration`, `mix`) and no wait came before.
   */
  readonly propensities?: Readonly<Record<string, number>>
  /** Present when the request was refused for good. */
  readonly rejected?: {
    readonly seq: number
    readonly at: number
    readonly reason: string
    readonly bindingPool: string | null
    readonly budgetHint?: BudgetHint
    readonly cacheHint?: CacheHint
  }
  /** A cascade's next rung was refused: the answer at hand was served. */
  readonly escalationRefused?: {
    readonly seq: number
    readonly at: number
    readonly bindingPool: string | null
    /** Which attempt gave that answer, from 0. */
    readonly answering: number
    readonly budgetHint?: BudgetHint
    readonly cacheHint?: CacheHint
  }
}

export interface AttemptRecord {
  readonly seq: number
  readonly at: number
  readonly reservationId: string
  readonly model: string
  readonly maxOutputTokens: number
  readonly reservedNanoUsd: number
  readonly reason: string
  /** The classifier's service was called, and no model. */
  readonly purpose?: 'assess'
  /** What the selector was told, where it follows a budget. */
  readonly budgetHint?: BudgetHint
  /** What the session had left in prompt caches, where they count. */
  readonly cacheHint?: CacheHint
  /** The store did not answer, and calls go on then (`onStoreError: "allowUncounted"`): no ledger knows of it. */
  readonly uncounted?: true
  readonly end?: AttemptEnd
  /** Settles that came after the end (late, duplicate): they may lower a charge, never raise it. */
  readonly after?: readonly AttemptEnd[]
}

export interface AttemptEnd {
  readonly seq: number
  readonly at: number
  readonly kind: EndKind
  readonly costNanoUsd: number
  readonly settlement: Settlement
  /** The store did not answer and the run went on: what the ledger made of it stands in the attempt's `after`. */
  readonly pending?: true
  /** Of an answer that a cascade scored; null where scoring failed. */
  readonly score?: number | null
}

export interface DeferralRecord {
  readonly seq: number
  readonly at: number
  readonly retryAt: number
  readonly bindingPool: string
  readonly budgetHint?: BudgetHint
  readonly cacheHint?: CacheHint
}
