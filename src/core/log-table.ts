/**
 * A log as columns: what the log store loads, replay reads and metrics count. One row a request, in arrival order
 * (time, then id). Unknown numbers are NaN in float columns and -1 in integer columns, never 0.
 */

export interface TextColumn {
  /** Distinct texts; a code indexes this list. */
  readonly values: readonly string[]
  /** One code a row, -1 where the log says nothing. */
  readonly codes: Int32Array
}

/** How an outcome is known (DESIGN section 2); its index is the number in columns. 255 marks no outcome at all. */
export const BASES = ['logged', 'matrix', 'estimated'] as const
export type Basis = (typeof BASES)[number]
export const NO_OUTCOME = 255

/** What is recorded of one model on every request. */
export interface OutcomeColumns {
  readonly model: string
  /** Index into BASES, or NO_OUTCOME. */
  readonly basis: Uint8Array
  /** Recorded cost in nano-dollars, NaN where the log has none. */
  readonly costNanoUsd: Float64Array
  /** In [0, 1], NaN where unknown. */
  readonly quality: Float64Array
  readonly inputTokens: Int32Array
  readonly outputTokens: Int32Array
  readonly cachedInputTokens: Int32Array | undefined
  readonly cacheWriteTokens: Int32Array | undefined
  readonly latencyMs: Float64Array
  /** What a scorer said of the answer, NaN where none did; undefined where the log has no scores of the model. */
  readonly score?: Float64Array | undefined
  /** Share of samples that agree, likewise. */
  readonly agreement?: Float64Array | undefined
  /** Bits as `SIGNS` of `score/answer-signs` has them; 0 where nothing is known. */
  readonly signs?: Uint8Array | undefined
}

export interface ServiceAssessments {
  /** Names of services (`assessment.by`). */
  readonly by: TextColumn
  /** NaN where no service answered. */
  readonly difficulty: Float64Array
}

export interface LogTable {
  readonly path: string
  /** SHA-256 over the store's content: the same rows give the same hash, whatever the order of imports. */
  readonly hash: string
  readonly size: number
  readonly arrivals: 'logged' | 'synthetic'
  readonly ids: readonly string[]
  /** Arrival, epoch milliseconds; never NaN: a log without times has synthetic ones. */
  readonly at: Float64Array
  /** Scope labels by name (org, team, user, session, or any other). */
  readonly labels: Readonly<Record<string, TextColumn>>
  /** Index into PRIORITIES. */
  readonly priority: Uint8Array
  readonly inputTokensEstimate: Int32Array
  /** -1 where the input cannot be bounded. */
  readonly inputTokensBound: Int32Array
  /** Tokens that the session's earlier inputs began with too, -1 where unknown; undefined where nothing says so. */
  readonly sharedPrefixTokens?: Int32Array | undefined
  /** -1 where the caller named none. */
  readonly maxOutputTokens: Int32Array
  /** Each distinct set of needs once; `needs.codes` -1 means no needs. Values are JSON arrays of capability names. */
  readonly needs: TextColumn
  readonly task: TextColumn
  readonly split: TextColumn
  /** One column a feature, in the extractor's order; NaN where the text is unknown. */
  readonly features: readonly Float64Array[]
  /** The caller's own assessment, NaN where there is none. */
  readonly assessedDifficulty: Float64Array
  /** What classifier services answered, where the log names them: paid for, and nobody else's to use. */
  readonly serviceAssessments?: ServiceAssessments | undefined
  /** By model id, how likely an assessment called its success, NaN where it says nothing; undefined where none does. */
  readonly assessedSuccess?: Readonly<Record<string, Float64Array>> | undefined
  /** What an assessment cost in nano-dollars and how long it took, NaN where unknown; undefined where nothing says so. */
  readonly assessmentNanoUsd?: Float64Array | undefined
  readonly assessmentMs?: Float64Array | undefined
  /** 1 where the runtime refused the request for good; undefined where the log is no decision log. */
  readonly rejected?: Uint8Array | undefined
  /** Code of the model the log says was called (index into `outcomes`), -1 where it does not say. */
  readonly chosen: Int32Array
  /** With what chance the chosen model was the one called, NaN where unknown. */
  readonly propensity: Float64Array
  /**
   * By model id, with what chance each model was called: 0 where it had none, NaN in rows that do not say. Undefined where
   * the log has no such chances.
   */
  readonly propensities?: Readonly<Record<string, Float64Array>> | undefined
  /**
   * Where a sample of the requests was asked of other models and their answers attached: of which models, and by row the chance
   * to be drawn; 0 where it was not drawn, NaN where it could not be.
   */
  readonly sampled?: { readonly models: readonly string[]; readonly probability: Float64Array } | undefined
  /** By row, what its whole session was worth (`sessionOutcome`), NaN unknown; undefined where no session has an outcome. */
  readonly sessionQuality?: Float64Array | undefined
  /** By row, 1 where the session went on after the last row of this table: too young for its outcome to count. */
  readonly sessionsOpen?: Uint8Array | undefined
  /** One entry a model that occurs in the log. */
  readonly outcomes: readonly OutcomeColumns[]
  /** Requests that are left out, or their quality is, since their labels may be still to come (`--label-delay`). */
  readonly leftOutYoung?: { readonly delay: string; readonly requests: number } | undefined
  /** True when the log's card says that its data are generated. */
  readonly syntheticData?: boolean
  /** The rules that made qualities of logged signals, as they were named at import. Absent where none was. */
  readonly qualityRules?: readonly string[]
  /** Requests a day that the log stands for at full scale, when its card says so. */
  readonly requestsPerDay?: number
}
