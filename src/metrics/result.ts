/**
 * The stored result of a comparison: everything a report shows, as plain JSON. Money in US dollars, quality and shares
 * as fractions, times in epoch milliseconds, `null` = unknown. No wall-clock field: same input and seed, same bytes.
 */

import type { AssessmentCounts } from '../replay/assessments.js'
import type { ScoreCounts } from '../replay/scoring.js'
import type { ClassifierQuality } from './classifier-quality.js'
import type { LabelRows } from './label-rows.js'
import type { MarginResult } from './margin-row.js'
import type { ListedPrice } from './price-list.js'
import type { Provenance } from './provenance.js'
import type { QualityLost } from './quality-lost.js'

export type Interval = readonly [low: number, high: number]

/** Mean cost and quality per request of something on the frontier chart. */
export interface Point {
  readonly label: string
  readonly costUsd: number
  readonly quality: number
}

export type EvidenceMode = 'full-matrix' | 'logged-propensity' | 'logged-deterministic' | 'cost-only'

export interface LogSummary {
  readonly path: string
  readonly hash: string
  readonly requests: number
  readonly models: number
  readonly from: number | null
  readonly to: number | null
  readonly arrivals: 'logged' | 'synthetic'
  readonly evidence: EvidenceMode
  /** Requests that are not among these, or whose quality is not, since their labels may be still to come; absent where none are. */
  readonly leftOutYoung?: { readonly delay: string; readonly requests: number }
  /** True when the log store says its data are generated (the shipped sample). */
  readonly syntheticData: boolean
  /** The rules that made qualities of logged scores, thumbs and failures, as named at import; absent without any. */
  readonly qualityRules?: readonly string[]
}

export interface BudgetSummary {
  readonly capGuarantee: 'proved' | 'estimated' | 'none'
  /** Pool-windows that something was reserved in. */
  readonly pools: number
  /** Pool-windows over their cap. */
  readonly violations: number
  readonly overspendUsd: number
  /** Unused at the window's end where something was refused or downgraded. */
  readonly strandedUsd: number
  /** Pool-windows that passed their soft budget; absent where no budget has one. */
  readonly softPassed?: number
}

export interface Control {
  /** Of the shuffled decisions: the same models in the same shares, handed out by lot, without budgets. */
  readonly quality: number | null
  readonly costUsd: number | null
  /** Policy minus control, in quality (a fraction). */
  readonly gain: number | null
  /** Of the gain, 95 %. */
  readonly gainCi: Interval | null
  /** `all`: the exact mean over every permutation, not a sample of them. */
  readonly permutations: number | 'all'
}

/** How much of what a policy does the log did too. Shares of the policy's calls. */
export interface Overlap {
  readonly calls: number
  /** The log tells with what chance its own call was made, and what came of it. */
  readonly usableShare: number
  /** Both called the same model. */
  readonly sameCallShare: number
  /** The log gave the policy's model a chance above 0; none; and where it does not say of this model on this request. */
  readonly supportedShare: number
  readonly unsupportedShare: number
  readonly unsaidShare: number
  /** 1 in expectation where the propensities are right and every call had a chance; with its standard error. */
  readonly meanWeight: number | null
  readonly meanWeightError: number | null
  /** Of the weights above 0. */
  readonly weightQuantiles: readonly { readonly share: number; readonly weight: number }[]
  readonly models: readonly {
    readonly model: string
    readonly calls: number
    readonly sameCalls: number
    readonly unsupported: number
  }[]
}

/** What one estimator says of a run; null where it is refused or nothing can be said. */
export interface EstimatorFigures {
  readonly quality: number | null
  readonly qualityCi: Interval | null
  readonly meanCostUsd: number | null
  readonly costCi: Interval | null
}

/** What a log with one outcome a request says of another policy, by several estimators (`metrics/estimators`). */
export interface Estimators {
  /** Which of them `quality` and the costs of the run are; null where neither has a point estimate. */
  readonly quoted: 'dr' | 'snips' | null
  /** Why that one, or why none. */
  readonly because: string
  /** Why there is no point estimate of quality, of cost; null where there is one. */
  readonly refused: { readonly quality: string | null; readonly cost: string | null }
  readonly ips: EstimatorFigures
  readonly snips: EstimatorFigures
  readonly clippedIps: EstimatorFigures
  readonly dm: EstimatorFigures
  readonly dr: EstimatorFigures
  readonly switchDr: EstimatorFigures
  /** Kish's effective sample size of the weights. */
  readonly ess: number
  readonly overlap: Overlap
  readonly bounds: {
    /** Were every unseen answer worthless, and perfect. */
    readonly quality: Interval
    /** The same with what the log gave a chance estimated by DR: 95 % limits, only calls without a chance at their worst and best. */
    readonly qualityAssisted: Interval | null
    /** Were every unseen call free, and as dear as its model can charge for it; null where nothing bounds that. */
    readonly meanCostUsd: readonly [low: number, high: number | null]
  }
}

/** `recorded`: looked up; `estimated`: by weights from a log that drew its models by lot; else only bounds are known. */
export type Identification = 'recorded' | 'estimated' | 'not identified'

/** What the figures of one run stand on. Shares of offered requests. */
export interface Evidence {
  readonly mode: EvidenceMode
  /** Of quality. Absent from results stored before there was this field. */
  readonly identification?: Identification
  readonly knownShare: number
  readonly costEstimatedShare: number
  readonly latencyEstimatedShare: number
  readonly noOutcomeShare: number
  /** Mean quality if every unknown outcome were 0, and if every one were 1. */
  readonly qualityBounds: Interval
  /** How the intervals were made: cluster kind, number of clusters, replicates; windows instead when pools bind. */
  readonly resampling: {
    readonly unit: string
    readonly units: number
    readonly replicates: number
    readonly note: string | null
  }
  readonly sentences: readonly string[]
}

/** How near a policy is to the best that its budgets allow (`replay --headroom`). */
export interface Headroom {
  /** Mean quality over offered requests that no policy over these models can pass under these budgets; null where unknown. */
  readonly bound: number | null
  /** The best fixed mix of the policy's models under the same budgets. */
  readonly bestMix: { readonly shares: Readonly<Record<string, number>>; readonly quality: number } | null
  /** The policy's share of the way from that mix to the bound; below 0 it is worse than the mix. */
  readonly share: number | null
  /** Pools in stretches of time whose money runs out at the bound. */
  readonly binding: number
  /** What the budgets forbid and the bound allows. */
  readonly relaxations: readonly string[]
  /** Why there is no bound, or no share; null where there is. */
  readonly because: string | null
}

/** One policy's row, as `replay --json` prints it. Costs are per offered request unless the name says total. */
export interface RunMetrics {
  readonly policyId: string
  readonly contentHash: string
  readonly description: string | null
  readonly offered: number
  readonly served: number
  readonly downgraded: number
  readonly truncated: number
  readonly deferred: number
  readonly rejected: number
  readonly unresolved: number
  /** Total of the log, US dollars. */
  readonly costUsd: number | null
  readonly meanCostUsd: number | null
  /** Of the mean. */
  readonly costCi: Interval | null
  /**
   * What the costs are: `recorded` (or priced from recorded usage) but for 5 % at most, `estimated` for 95 % or more, else
   * `mixed`; in these two `costCi` and `savingsCi` are null. `weighted`: recorded costs of the calls that log and policy share
   * stand for the others (`estimators`). Absent from results stored before there was this field.
   */
  readonly costBasis?: 'recorded' | 'estimated' | 'mixed' | 'weighted'
  /** Total of the log, US dollars. */
  readonly baselineCostUsd: number | null
  readonly savedByRouting: number | null
  readonly avoidedByRefusing: number | null
  /** Of `savedByRouting` as a share of `baselineCostUsd`. */
  readonly savingsCi: Interval | null
  readonly quality: number | null
  readonly qualityCi: Interval | null
  readonly qualityServed: number | null
  readonly servedShare: number
  /** Of offered requests, or of sessions (`Comparison.qualityUnit`). */
  readonly knownShare: number
  /**
   * Of offered requests: those after the first of their session that another model answered than in the log. Absent where the
   * log has no sessions of several requests or does not name the models called, and from older results.
   */
  readonly offTrajectoryShare?: number
  /** Policy minus baseline in quality over requests known under both; null without them. */
  readonly qualityDelta: number | null
  readonly qualityDeltaCi: Interval | null
  /** Of offered requests, known under both the policy and the baseline; below 0.95 there is no `qualityDelta`. */
  readonly qualityDeltaKnownShare: number
  /** Mean difference if every unknown outcome were the worst, and the best, for the policy. */
  readonly qualityDeltaBounds: Interval
  readonly modelShare: Readonly<Record<string, number>>
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null }
  /**
   * From arrival to admission, of the requests that were deferred and then served; those never served count in `unresolved` or
   * `rejected`. Null where nobody was deferred. Absent from results stored before there was this field.
   */
  readonly delayMs?: DelayMs | null
  readonly budget: BudgetSummary
  /** What was injected into this run; absent where no faults were asked for. */
  readonly faults?: RunFaults
  /** How the answers of a cascade were scored; absent of other policies. */
  readonly scores?: ScoreCounts
  /** How a service's assessments were come by; absent of policies that ask none. */
  readonly assessments?: AssessmentCounts
  readonly control: Control
  /**
   * Gain in quality (a fraction) over the hull of the run's own models at the run's own mean cost; null where no fixed mix
   * of them is known, or none is as cheap.
   */
  readonly gainOverHull: { readonly points: number | null; readonly ci: Interval | null }
  readonly routingSkill: 'yes' | 'no evidence'
  /** Why, in one sentence. */
  readonly routingSkillBecause: string
  /** The policy was tuned on this log: its figures are in-sample, and the verdict is the held-out one. Absent from older results. */
  readonly chosenOnThisLog?: boolean
  /** Of such a policy, where its file has them: what stands in the headline. Absent from older results. */
  readonly heldOut?: HeldOutFigures | null
  /** Where the log names the model called and has not every model's outcome. */
  readonly estimators?: Estimators
  /** Where it was asked for and the policy has budgets. */
  readonly headroom?: Headroom
  readonly evidence: Evidence
}

export interface DelayMs {
  /** Requests that were deferred and then served; without any, the times are null. */
  readonly count: number
  readonly p50: number | null
  /** Null below twenty of them. */
  readonly p95: number | null
  readonly max: number | null
}

/** Calls that went wrong on purpose, by kind. Like offered requests, they belong to the whole run. */
export interface RunFaults {
  readonly aborted: number
  readonly lost: number
  readonly failed: number
  readonly duplicated: number
  readonly slow: number
  readonly clockSteps: number
  /** Requests that got no answer since every call of them was aborted or failed: offered = served + rejected + unresolved + these. */
  readonly unanswered: number
}

/** Rows behind a run's charts: each is a table in the report too. */
export interface RunCharts {
  /** Requests by difficulty decile (0.0-0.1, …) and served model. */
  readonly mixByDifficulty: readonly {
    readonly from: number
    readonly to: number
    readonly model: string
    readonly requests: number
  }[]
  readonly mixByTask: readonly {
    readonly task: string
    readonly model: string
    readonly requests: number
    readonly quality: number | null
    /** Total of the known costs. */
    readonly costUsd: number
  }[]
  /** Per bin of time: what happened to the requests that arrived in it. */
  readonly endsByTime: readonly {
    readonly at: number
    readonly served: number
    readonly downgraded: number
    readonly deferred: number
    readonly rejected: number
    readonly costUsd: number
  }[]
  /** The pools that matter most (bound, or largest spend), at most a dozen. */
  readonly poolSpend: readonly {
    readonly budgetId: string
    readonly label: string
    readonly capUsd: number
    readonly points: readonly { readonly at: number; readonly usedUsd: number }[]
  }[]
  /** Pool-windows that were over cap (first) or stopped something, most bindings first, at most fifty; `budgets` sums all. */
  readonly poolWindows: readonly {
    readonly budgetId: string
    readonly label: string
    readonly start: number
    readonly end: number | null
    readonly capUsd: number
    readonly spentUsd: number
    readonly overspendUsd: number
    readonly bindings: number
    readonly violated: boolean
  }[]
  readonly budgets: readonly {
    readonly budgetId: string
    readonly pools: number
    readonly violations: number
    readonly spentUsd: number
    readonly strandedUsd: number
    readonly bindings: number
  }[]
  readonly reasons: readonly { readonly reason: string; readonly requests: number }[]
  /** Money and service by priority, org, team, user and the like. Absent, as what follows, from older results. */
  readonly labels?: readonly LabelRows[]
  /** Against the baseline; null for the baseline itself, and where no request is known under both. */
  readonly qualityLost?: QualityLost | null
  /** Null where the policy has one tier, or the log lacks what its models would have done. */
  readonly classifier?: ClassifierQuality | null
}

export interface References {
  /** Every model alone over all requests where it is known. */
  readonly singles: readonly Point[]
  readonly hull: readonly Point[]
  readonly oracle: Point | null
  /** A mix of the singles with no look at the prompt, along the hull: what chance reaches. */
  readonly randomMix: readonly Point[]
}

/** `replay --json` prints `log`, `runs` and `references`; a stored run keeps all of it. */
export interface Comparison {
  readonly formatVersion: 1
  readonly runId: string
  readonly log: LogSummary
  readonly seed: number
  readonly baseline: { readonly label: string; readonly rule: string }
  readonly filters: readonly string[]
  /** Quality is the mean over sessions of what each came to; absent where it is over requests. */
  readonly qualityUnit?: 'session'
  /** As `--faults` was given; absent where it was not. Their draws have the comparison's seed. */
  readonly faults?: string
  /** As `--scorer-error` was given: a share; absent where it was not. Its draws have the comparison's seed. */
  readonly scorerError?: number
  /** Row 0 is the uncapped baseline, row 1 the capped one where budgets were given, then the policies in their order. */
  readonly runs: readonly RunMetrics[]
  /** By index of `runs`. */
  readonly charts: readonly RunCharts[]
  readonly references: References
  readonly tuning: Tuning | null
  /** Requests a day that the log stands for at full scale, when the user or the log's card says so. */
  readonly scaleToRequestsPerDay: number | null
  /** Of the policies' models. Absent from older results. */
  readonly prices?: readonly ListedPrice[]
  /** What each way of reserving would have cost, of one policy with budgets, where it was asked for (`replay --margin`). */
  readonly margin?: MarginResult
  /** Absent where nobody gathered it. */
  readonly provenance?: Provenance
  /** Names of people and organisations are replaced, and no prompt may be shown with it (`--redact`). */
  readonly redacted?: true
}

export interface TuneEstimate {
  readonly costUsd: number | null
  readonly costInterval: Interval | null
  readonly quality: number | null
  readonly qualityInterval: Interval | null
}

/** What a policy's file says of the requests that were held out when it was tuned. Money per request. */
export interface HeldOutFigures extends TuneEstimate {
  readonly requests: number | null
  /** On the same requests. */
  readonly baseline: {
    readonly label: string | null
    readonly costUsd: number | null
    readonly quality: number | null
  }
  /** Policy minus baseline. */
  readonly qualityDelta: number | null
  readonly qualityDeltaInterval: Interval | null
  /** By routing, as a share of the baseline's cost. */
  readonly savedShare: number | null
  readonly savedShareInterval: Interval | null
}

export interface Tuning {
  readonly policyId: string
  readonly contentHash: string
  readonly file: string
  readonly candidates: number
  readonly objective: string
  readonly constraints: readonly string[]
  readonly split: {
    readonly rule: string
    readonly tune: number
    readonly validate: number
    readonly test: number
  }
  readonly promised: TuneEstimate
  readonly heldOut: TuneEstimate
  /** The candidates' frontier on validate. */
  readonly frontier: readonly Point[]
}
