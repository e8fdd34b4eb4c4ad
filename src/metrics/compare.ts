import { sha256Hex } from '../core/content-hash.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import type { BudgetSpec } from '../core/policy-schema.js'
import type { ReplayResult, Steps } from '../replay/steps.js'
import { chartsOfRuns } from './charts-of-runs.js'
import { contributions, type Contributions } from './contributions.js'
import { costEstimatedShare } from './cost-basis.js'
import { lookedUpRun, offPolicy, type OffPolicy } from './estimators/off-policy.js'
import { evidenceMode } from './evidence-mode.js'
import { summarizeLog } from './log-summary.js'
import { withReplayCosts, type NamedModel, type ReplayCosts } from './outcome-cost.js'
import { priceList } from './price-list.js'
import { references } from './references.js'
import type { Comparison, Headroom, Tuning } from './result.js'
import { inRowOrder } from './row-order.js'
import { runMetrics } from './run-metrics.js'
import { NOT_ESTIMATED, sessionContributions, type QualityUnit } from './session-quality.js'
import { requireSessionOutcomes } from './sessions.js'
import {
  knownOnTrajectory,
  OFF_TRAJECTORY,
  onTrajectory,
  trajectoryOf,
  type Trajectory,
} from './trajectory.js'
import { clustersOfRun } from './window-clusters.js'

/** A replayed policy and what its figures need to know of it. */
export interface ComparedRun {
  readonly result: ReplayResult
  readonly description: string | null
  readonly unservedQuality: number
  /** The policy's budgets: they say which windows belong together when pools bind. */
  readonly budgets: readonly BudgetSpec[]
  /** Says which models a request could have had; without it `shuffledDecisions` knows only the needs. */
  readonly policy?: Policy | undefined
  /** `evidence` of the policy's file: a policy that was tuned on this log is judged by what it held out. */
  readonly evidence?: unknown
  readonly headroom?: Headroom | undefined
  /** As the policy's own classifier reads the log, where that is not as the table has them. */
  readonly features?: readonly Float64Array[] | undefined
}

export interface CompareInput {
  readonly table: LogTable
  /** In the order of the result: the uncapped baseline, the capped one if there is one, then the policies. */
  readonly runs: readonly ComparedRun[]
  /** What the other runs are compared with: index of `runs`, label for people, and how it was chosen. */
  readonly baseline: { readonly index: number; readonly label: string; readonly rule: string }
  readonly seed: number
  /** Of the bootstrap: 1,000 are steady enough for 95 % limits. */
  readonly replicates: number
  /** Whose quality is averaged; requests' where it is left out. */
  readonly qualityUnit?: QualityUnit | undefined
  readonly filters: readonly string[]
  /** What went wrong on purpose in all the runs, as a person wrote it. */
  readonly faults?: string | undefined
  /** Of the simulated scorer of cascades. */
  readonly scorerError?: number | undefined
  /** The log's card says so too: either is enough. */
  readonly syntheticData: boolean
  /** Null: what the log's card says, if anything. */
  readonly scaleToRequestsPerDay: number | null
  readonly tuning: Tuning | null
}

/**
 * Everything that a report of these runs shows, as one plain value: same input and seed, same bytes.
 * @throws RangeError when the baseline is no run, or a run does not cover the log row by row; InputError when quality is asked for
 * by session and the log has no outcomes of sessions.
 */
export function compare(input: CompareInput): Comparison {
  const { table, runs, baseline, seed, replicates } = input
  const aligned = runs.map((run) => alignedRun(table, run))
  const added = aligned.map(({ steps, unservedQuality, trajectory }) =>
    onTrajectory(contributions(steps, unservedQuality), trajectory),
  )
  const base = added[baseline.index]
  const baseRun = runs[baseline.index]
  if (base === undefined || baseRun === undefined)
    throw new RangeError(`baseline must be an index of runs, got ${baseline.index}`)
  const sessions = input.qualityUnit === 'session' ? requireSessionOutcomes(table) : undefined
  const bySession = sessions && aligned.map((run) => sessionContributions(table, sessions, run))
  const reference = references(withReplayCosts(table, runs.flatMap(namedModels)).table)
  const baselineEstimatedShare = costEstimatedShare(baseRun.result.steps)
  const summary = summarizeLog(table)
  const baseAligned = aligned[baseline.index] ?? alignedRun(table, baseRun)
  const baselineEstimates = estimatesOf(input, baseAligned, base)
  const baselineFigures = baselineEstimates ?? lookedUpRun(baseAligned.steps, base)
  return {
    formatVersion: 1,
    runId: runId(input),
    log: { ...summary, syntheticData: input.syntheticData || summary.syntheticData },
    seed,
    baseline: { label: baseline.label, rule: baseline.rule },
    filters: input.filters,
    ...(sessions === undefined ? {} : { qualityUnit: 'session' as const }),
    ...(input.faults === undefined ? {} : { faults: input.faults }),
    ...(input.scorerError === undefined ? {} : { scorerError: input.scorerError }),
    runs: aligned.map((each, index) => {
      const { result, steps, trajectory, priced, description, budgets, policy, evidence, headroom } = each
      const run = added[index] ?? base
      const isBaseline = index === baseline.index
      const metrics = runMetrics({
        ...priced,
        result,
        steps,
        trajectory,
        bySession: sessions && {
          sessions,
          run: bySession?.[index] ?? run,
          baseline: bySession?.[baseline.index] ?? base,
        },
        run,
        baseline: base,
        baselineEstimatedShare,
        policy,
        tunedOn: evidence,
        isBaseline,
        estimates: isBaseline ? baselineEstimates : estimatesOf(input, each, run),
        baselineFigures,
        description,
        budgets,
        referenceHull: reference.hull,
        compared: runs.length - 1,
        replicates,
        seed,
      })
      return headroom === undefined ? metrics : { ...metrics, headroom }
    }),
    charts: chartsOfRuns({
      table,
      runs: aligned.map((run, index) => ({
        ...run,
        steps: { ...run.steps, quality: knownOnTrajectory(run.steps.quality, run.trajectory) },
        priced: run.priced.table,
        own: added[index] ?? base,
      })),
      baseline: baseline.index,
    }),
    references: reference,
    tuning: input.tuning,
    scaleToRequestsPerDay: input.scaleToRequestsPerDay ?? table.requestsPerDay ?? null,
    prices: priceList(runs.flatMap(({ policy }) => policy ?? [])),
  }
}

/** A run row by row, and how far its sessions are those of the log. */
interface AlignedRun extends ComparedRun {
  readonly steps: Steps
  readonly trajectory: Trajectory | undefined
  /** The log with costs as the run's own replay charges them. */
  readonly priced: ReplayCosts
}

function alignedRun(table: LogTable, run: ComparedRun): AlignedRun {
  const steps = inRowOrder(run.result.steps, table.size)
  const priced = withReplayCosts(table, namedModels(run))
  return { ...run, steps, trajectory: trajectoryOf(table, steps, run.policy), priced }
}

/** Where the log has every model's outcome there is nothing to estimate. */
function estimatesOf(
  { table, seed, qualityUnit }: CompareInput,
  { result, steps, trajectory, policy, budgets }: AlignedRun,
  run: Contributions,
): OffPolicy | undefined {
  const models = steps.models.map(({ id }) => id)
  if (evidenceMode(table, models) === 'full-matrix') return undefined
  const clusters = clustersOfRun({ table, steps, poolWindows: result.poolWindows, budgets })
  const offTrajectory = trajectory?.effect === 'not identified' ? OFF_TRAJECTORY : null
  const refusedQuality = qualityUnit === 'session' ? NOT_ESTIMATED : offTrajectory
  return offPolicy({ table, result, steps, refusedQuality, run, policy, clusters, seed })
}

/** Without a policy nothing is known to limit an answer but the model. */
function namedModels({
  result,
  policy,
}: {
  readonly result: ReplayResult
  readonly policy?: Policy | undefined
}): NamedModel[] {
  const defaultMaxOutputTokens = policy?.file.reservation.defaultMaxOutputTokens ?? Infinity
  return result.steps.models.map((model) => ({ model, defaultMaxOutputTokens }))
}

/** The same comparison has the same id: a hash of the log, the policies and everything that chance or choice decides. */
function runId(input: CompareInput): string {
  const { table, runs, baseline, seed, replicates, filters, tuning, faults, scorerError, qualityUnit } = input
  const policies = runs.map(({ result }) => [result.policyId, result.contentHash])
  const text = JSON.stringify([
    table.hash,
    policies,
    baseline,
    seed,
    replicates,
    filters,
    tuning?.contentHash,
    ...(faults === undefined ? [] : [faults]),
    ...(scorerError === undefined ? [] : [scorerError]),
    ...(qualityUnit === 'session' ? [qualityUnit] : []),
  ])
  return sha256Hex(text).slice(0, 16)
}
