import type { AssessmentCounts } from './assessments.js'
import type { Model } from '../core/model.js'
import type { Reservations } from './reservations.js'
import type { FaultCounts } from './faults.js'
import type { ScoreCounts } from './scoring.js'

/**
 * How a request ended in replay; its index is the number in `Steps.end`. Unanswered (called, and every call broke off or
 * failed) occurs only where faults are injected.
 */
export const ENDS = ['served', 'rejected', 'unresolved', 'unanswered'] as const

/** Bits of `Steps.flags`. */
export const FLAG_DOWNGRADED = 1
export const FLAG_TRUNCATED = 2
/** Was deferred at least once. */
export const FLAG_DEFERRED = 4
/** A pool changed what happened: another model, another length, a wait or a refusal. */
export const FLAG_BOUND = 8
/** Cost is not a recorded one: priced from usage counts as recorded, priced from expectations does not. */
export const FLAG_COST_ESTIMATED = 16
export const FLAG_LATENCY_ESTIMATED = 32
/** The served model has no outcome of this request in the log. */
export const FLAG_NO_OUTCOME = 64
/** Quality comes from a rule of ours (truncation), not from the log. */
export const FLAG_QUALITY_ESTIMATED = 128

/**
 * Whether a charge follows from what the log recorded: its cost, or its usage at the policy's price, which is cut at the
 * grant where an answer was truncated. All else is an expectation of the planner.
 */
export function isChargeKnown(costNanoUsd: number, flags: number): boolean {
  const estimated = (flags & FLAG_COST_ESTIMATED) !== 0 && (flags & FLAG_TRUNCATED) === 0
  return !estimated && !Number.isNaN(costNanoUsd)
}

/** What replay says of every row of the log, as columns: the input of all metrics. */
export interface Steps {
  readonly size: number
  /** Row of the log table that step i is about. */
  readonly row: Int32Array
  /** Index into ENDS. */
  readonly end: Uint8Array
  /** Index into `models` of the model that served, -1 when none did. */
  readonly model: Int16Array
  /** Index into `models` of the plan's first candidate (what would have been asked without budgets), -1 when none. */
  readonly wanted: Int16Array
  readonly difficulty: Float64Array
  readonly requiredTier: Uint8Array
  /** The provider's bill in nano-dollars over all attempts; 0 when nothing was called. */
  readonly costNanoUsd: Float64Array
  /** What the pools were charged for it, where faults were injected; without them it is the bill. */
  readonly chargedNanoUsd?: Float64Array
  /** By how much calls were charged more than they held, summed over their pools; absent where none was. */
  readonly overspendNanoUsd?: Float64Array
  /** In [0, 1]; NaN = unknown; of a refused request NaN too (metrics apply `unservedQuality`). */
  readonly quality: Float64Array
  /** Model latency, without the wait of a deferral; NaN when not served. */
  readonly latencyMs: Float64Array
  /** Time between arrival and the admission of the last call, NaN when nothing was called. */
  readonly delayMs: Float64Array
  readonly flags: Uint8Array
  /** Index into `reasons`. */
  readonly reason: Uint8Array
  readonly reasons: readonly string[]
  readonly models: readonly Model[]
}

/** One pool-window that was used, with what it held at its end. */
export interface PoolWindow {
  readonly budgetId: string
  /** Labels that make the pool, joined by `/`; `*` for the shared pool of requests without the label. */
  readonly label: string
  /** Epoch milliseconds; `end` is null for windows that never end (sliding, token bucket, lifetime). */
  readonly start: number
  readonly end: number | null
  readonly capNanoUsd: number
  readonly spentNanoUsd: number
  /** Largest charged amount in the window at any time (for sliding: in any window of its length). */
  readonly peakNanoUsd: number
  /** Charges above their reservations. */
  readonly overspendNanoUsd: number
  /** Requests that this pool stopped or made smaller. */
  readonly bindings: number
  readonly reservations: number
  readonly violated: boolean
}

/** Spend of one pool through time, for the chart: cumulative charge in its window at each bin's end. */
export interface PoolSeries {
  readonly budgetId: string
  readonly label: string
  readonly capNanoUsd: number
  readonly points: readonly { readonly at: number; readonly usedNanoUsd: number }[]
}

export interface ReplayResult {
  readonly policyId: string
  readonly contentHash: string
  readonly steps: Steps
  readonly poolWindows: readonly PoolWindow[]
  readonly poolSeries: readonly PoolSeries[]
  readonly capGuarantee: 'proved' | 'estimated' | 'none'
  /** Pool-windows whose use passed the soft budget; absent where no budget has one. */
  readonly softPassed?: number
  /** Undefined unless replay was asked to watch them. */
  readonly reservations?: Reservations | undefined
  /** How a cascade's answers were scored. */
  readonly scores?: ScoreCounts
  /** How a service's assessments were come by. */
  readonly assessments?: AssessmentCounts
  /** What was injected, where faults were asked for. */
  readonly faults?: FaultCounts
}
