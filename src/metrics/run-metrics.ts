import type { LogTable } from '../core/log-table.js'
import { usd } from '../core/money.js'
import type { Policy } from '../core/policy.js'
import type { BudgetSpec } from '../core/policy-schema.js'
import type { ReplayResult, Steps } from '../replay/steps.js'
import { pointOf } from './bootstrap.js'
import { budgetSummary } from './budgets.js'
import { clustersOfRun } from './window-clusters.js'
import { knownMean, sumOfKnown, type Contributions } from './contributions.js'
import { costBasis, costEstimatedShare, ESTIMATES_ALLOWED } from './cost-basis.js'
import { estimatedMetrics } from './estimators/estimated-metrics.js'
import { estimatorTable } from './estimators/estimator-table.js'
import { lookedUpRun, type OffPolicy, type QuotableRun } from './estimators/off-policy.js'
import { evidence } from './evidence.js'
import { heldOut } from './held-out.js'
import { comparedOutcomes, hullGain, isLeftOfHull } from './hull-gain.js'
import { qualityOnHull } from './hull.js'
import { deferDelay, latency } from './latency.js'
import { modelShare } from './model-share.js'
import type { Clusters } from './clusters.js'
import { qualityDifference, type QualityDifference } from './quality-difference.js'
import { qualitySummary, type QualitySummary } from './quality.js'
import type { Control, Interval, Point, RunMetrics } from './result.js'
import { routingSkill, type Gain } from './routing-skill.js'
import { runIntervals } from './run-intervals.js'
import { savings, savingsSeries } from './savings.js'
import { shuffledDecisions, type ShuffledDecisions } from './shuffled-decisions.js'
import { stepCounts, unansweredCount } from './step-counts.js'
import { sessionIntervals, type SessionUnits } from './session-quality.js'
import type { Trajectory } from './trajectory.js'

export interface RunMetricsInput {
  /** With costs as the run's own replay charges them. */
  readonly table: LogTable
  /** By model: share of the requests for which that table's cost of it is expected, not recorded. */
  readonly estimatedShare: ReadonlyMap<string, number>
  readonly result: ReplayResult
  /** The result's steps in row order. */
  readonly steps: Steps
  /** Undefined where the log has no sessions of several requests. */
  readonly trajectory: Trajectory | undefined
  /** Where quality is judged by session. */
  readonly bySession: SessionUnits | undefined
  readonly run: Contributions
  readonly baseline: Contributions
  readonly isBaseline: boolean
  /** Of this run, where the log has not every model's outcome. */
  readonly estimates: OffPolicy | undefined
  /** Of the baseline, estimated or looked up. */
  readonly baselineFigures: QuotableRun
  /** Share of the baseline's costs that are estimated. */
  readonly baselineEstimatedShare: number
  readonly policy: Policy | undefined
  /** As the policy's file holds it. */
  readonly tunedOn: unknown
  readonly description: string | null
  readonly budgets: readonly BudgetSpec[]
  /** Of all the log's widely known models. */
  readonly referenceHull: readonly Point[]
  /** Policies in the comparison, the baseline not counted. */
  readonly compared: number
  readonly replicates: number
  readonly seed: number
}

/** One policy's row: DESIGN section 5, to the letter. */
export function runMetrics(input: RunMetricsInput): RunMetrics {
  const { table, result, steps, run, baseline, isBaseline, compared, replicates, seed } = input
  const clusters = clustersOfRun({ table, steps, poolWindows: result.poolWindows, budgets: input.budgets })
  const { bySession } = input
  const saved = savingsSeries(run, baseline)
  const perRequest = qualityDifference(run, baseline)
  const shuffled = shuffledDecisions(table, steps, run, input.policy)
  const hull = hullGain(table, steps, run)
  const intervals = runIntervals({
    clusters,
    run,
    savings: saved,
    difference: perRequest.contributions,
    shuffledGain: shuffled.gain,
    hullGain: hull,
    replicates,
    seed,
  })
  const judged = judgedQuality(input, clusters, {
    difference: perRequest,
    quality: intervals.quality,
    differenceCi: intervals.difference,
  })
  const { quality, difference } = judged
  const meanCost = knownMean(run.costNanoUsd)
  const totals = savings(saved)
  const bestMixQuality =
    meanCost === null || bySession !== undefined ? null : qualityOnHull(input.referenceHull, usd(meanCost))
  const control = bySession === undefined ? controlOf(shuffled, intervals.shuffledGain) : NO_CONTROL
  const leftOfHull = hull !== null && isLeftOfHull(hull)
  const isPoint = hull !== null && bySession === undefined
  const gainOverHull = hullGainOf(isPoint ? pointOf(hull) : NaN, leftOfHull, intervals.hullGain)
  const shares = modelShare(steps)
  const estimated = costEstimatedShare(steps)
  const tuned = heldOut(input.tunedOn, table.hash, bySession === undefined ? 'request' : 'session')
  const verdict =
    bySession !== undefined
      ? NO_HULL_OF_SESSIONS
      : routingSkill({
          modelsUsed: Object.keys(shares),
          knownShare: quality.knownShare,
          servedShare: judged.servedShare,
          costEstimatedShare: Math.max(estimated, ...estimatedAlone(input)),
          overHull: gainOverHull,
          overShuffled: { points: control.gain, ci: control.gainCi },
          leftOfHull,
          noIntervals: clusters.sufficient ? null : clusters.note,
        })
  const estimators =
    input.estimates &&
    estimatorTable({ found: input.estimates, clusters, qualityBounds: quality.bounds, replicates, seed })
  return {
    policyId: result.policyId,
    contentHash: result.contentHash,
    description: input.description,
    ...stepCounts(steps),
    costUsd: meanCost === null ? null : usd(meanCost * run.size),
    meanCostUsd: meanCost === null ? null : usd(meanCost),
    costBasis: costBasis(estimated),
    costCi: meanCost === null || estimated > ESTIMATES_ALLOWED ? null : usdInterval(intervals.costNanoUsd),
    ...totals,
    savingsCi:
      isBaseline ||
      totals.savedByRouting === null ||
      Math.max(estimated, input.baselineEstimatedShare) > ESTIMATES_ALLOWED
        ? null
        : intervals.savingsShare,
    quality: quality.quality,
    qualityCi: quality.quality === null ? null : judged.qualityCi,
    qualityServed: quality.qualityServed,
    servedShare: judged.servedShare,
    knownShare: quality.knownShare,
    ...(input.trajectory === undefined ? {} : { offTrajectoryShare: input.trajectory.share }),
    qualityDelta: difference.mean,
    qualityDeltaCi: isBaseline || difference.mean === null ? null : judged.differenceCi,
    qualityDeltaKnownShare: difference.knownShare,
    qualityDeltaBounds: isBaseline ? [0, 0] : difference.bounds,
    modelShare: shares,
    latencyMs: latency(steps),
    delayMs: deferDelay(steps),
    budget: budgetSummary(result),
    ...(result.faults === undefined
      ? {}
      : { faults: { ...result.faults, unanswered: unansweredCount(steps) } }),
    ...(result.scores === undefined ? {} : { scores: result.scores }),
    ...(result.assessments === undefined ? {} : { assessments: result.assessments }),
    control,
    gainOverHull,
    ...estimatedMetrics({
      own: input.estimates ?? lookedUpRun(steps, run),
      base: input.baselineFigures,
      estimators,
      isBaseline,
      served: run.served,
      clusters,
      replicates,
      seed,
    }),
    ...(estimators === undefined ? {} : { estimators }),
    routingSkill: (tuned?.verdict ?? verdict).routingSkill,
    routingSkillBecause: (tuned?.verdict ?? verdict).because,
    chosenOnThisLog: tuned !== undefined,
    heldOut: tuned?.figures ?? null,
    evidence: evidence({
      table,
      steps,
      quality,
      trajectory: input.trajectory?.effect ?? 'none',
      sessions: bySession?.sessions,
      clusters,
      replicates,
      compared,
      bestMixQuality,
      baselineEstimatedShare: isBaseline ? 0 : input.baselineEstimatedShare,
      estimators,
      heldOut: tuned?.sentences ?? [],
      faulty: result.faults !== undefined,
      scores: result.scores,
      assessments: result.assessments,
    }),
  }
}

/** What other models would have made of whole sessions no log says. */
const NO_CONTROL: Control = { quality: null, costUsd: null, gain: null, gainCi: null, permutations: 'all' }
const NO_HULL_OF_SESSIONS = {
  routingSkill: 'no evidence',
  because:
    'Quality is judged by the session, and what its models alone would have made of whole sessions is not recorded: there is nothing to beat.',
} as const

interface Judged {
  readonly quality: QualitySummary
  /** Of requests, whatever quality is judged by. */
  readonly servedShare: number
  readonly qualityCi: Interval | null
  readonly difference: QualityDifference
  readonly differenceCi: Interval | null
}

/** Quality in the unit that was asked for. */
function judgedQuality(
  { run, bySession, replicates, seed }: RunMetricsInput,
  clusters: Clusters,
  perRequest: {
    readonly difference: QualityDifference
    readonly quality: Interval | null
    readonly differenceCi: Interval | null
  },
): Judged {
  const quality = qualitySummary(run)
  const { servedShare } = quality
  if (bySession === undefined) return { ...perRequest, quality, servedShare, qualityCi: perRequest.quality }
  const difference = qualityDifference(bySession.run, bySession.baseline)
  const intervals = sessionIntervals(bySession, difference, { clusters, replicates, seed })
  return {
    quality: qualitySummary(bySession.run),
    servedShare,
    qualityCi: intervals.quality,
    difference,
    differenceCi: intervals.difference,
  }
}

function estimatedAlone({ table, steps, estimatedShare }: RunMetricsInput): number[] {
  return comparedOutcomes(table, steps).map(({ model }) => estimatedShare.get(model) ?? 0)
}

/** The control's figures; null where less than 95 % of the requests are known. */
function controlOf(shuffled: ShuffledDecisions, ci: Interval | null): Control {
  const gain = knownMean(shuffled.gain)
  const { sum, known } = sumOfKnown(shuffled.costNanoUsd)
  return {
    quality: knownMean(shuffled.quality),
    costUsd: gain === null || known === 0 ? null : usd(sum / known),
    gain,
    gainCi: gain === null ? null : ci,
    permutations: 'all',
  }
}

/** Left of the hull a gain is known only as "at least this", and only where the cheapest model is beaten too. */
function hullGainOf(points: number, leftOfHull: boolean, ci: Interval | null): Gain {
  if (Number.isNaN(points) || (leftOfHull && points <= 0)) return { points: null, ci: null }
  return { points, ci }
}

function usdInterval(interval: Interval | null): Interval | null {
  return interval === null ? null : [usd(interval[0]), usd(interval[1])]
}
