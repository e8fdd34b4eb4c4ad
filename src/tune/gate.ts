import type { LogTable } from '../core/log-table.js'
import { usd } from '../core/money.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import type { PolicyFile } from '../core/policy-schema.js'
import type { Clusters } from '../metrics/clusters.js'
import { contributions, knownMean, type Contributions } from '../metrics/contributions.js'
import { heldOut } from '../metrics/held-out.js'
import { nonInferiority, type NonInferiority } from '../metrics/non-inferiority.js'
import { qualityDifference } from '../metrics/quality-difference.js'
import type { Interval } from '../metrics/result.js'
import { inRowOrder } from '../metrics/row-order.js'
import { sessionClusters, sessionContributions, type QualityUnit } from '../metrics/session-quality.js'
import { requireSessionOutcomes, type Sessions } from '../metrics/sessions.js'
import { onTrajectory, trajectoryOf, type Trajectory } from '../metrics/trajectory.js'
import { clustersOfRun } from '../metrics/window-clusters.js'
import { replay } from '../replay/replay.js'
import { FLAG_COST_ESTIMATED, type Steps } from '../replay/steps.js'

export interface GateOptions {
  /** The log as a policy's classifier reads it; the same requests for every policy. */
  readonly tableOf: (policy: Policy) => LogTable
  readonly candidate: Policy
  readonly incumbent: Policy
  /** Absolute, from 0 to 1. */
  readonly maxQualityDrop: number
  /** As a share of the incumbent's cost. */
  readonly maxCostRise: number
  /** Whose quality is averaged; requests' where it is left out. */
  readonly qualityUnit?: QualityUnit
  /** Of the lots that policies draw: both draw the same. */
  readonly seed: number
  readonly onProgress?: (done: number, total: number) => void
}

/** One policy on the log. */
export interface GatedRun {
  readonly policyId: string
  readonly contentHash: string
  /** Mean over offered requests (or sessions); null where less than 95 % are known. */
  readonly quality: number | null
  readonly meanCostUsd: number | null
  /** As `RunMetrics` has it; absent where the log has no sessions of several requests. */
  readonly offTrajectoryShare?: number
}

export interface GateResult extends NonInferiority {
  readonly candidate: GatedRun
  readonly incumbent: GatedRun
  readonly maxQualityDrop: number
  readonly maxCostRise: number
  readonly requests: number
  /** How many, where quality is judged by session. */
  readonly sessions?: number
  readonly resampling: Pick<Clusters, 'unit' | 'units' | 'note'>
  /** Of the quality difference, whatever the unknown answers were worth. */
  readonly qualityBounds: Interval
  /** Quality of one of them is not identified, since the log's sessions are not those that it would have had. */
  readonly offTrajectory: boolean
  /** What the candidate's file says of its being chosen on this very log; undefined where it was not. */
  readonly chosenOnThisLog: readonly string[] | undefined
  /** The candidate would count requests without an answer otherwise than the incumbent, whose value holds for both. */
  readonly unservedQuality: { readonly candidate: number; readonly incumbent: number }
}

/**
 * Replays both policies, each under its own budgets, and judges the candidate by the differences request by request.
 * @throws RangeError unless `tableOf` gives the same requests for both.
 */
export function gate(options: GateOptions): GateResult {
  const { candidate, incumbent, maxQualityDrop, maxCostRise } = options
  const [theirs, ours] = [replayed(options, incumbent, 0), replayed(options, candidate, 1)]
  const difference = qualityDifference(ours.judged, theirs.judged)
  const clusters = [ours.clusters, theirs.clusters].reduce((a, b) =>
    b.effectiveUnits < a.effectiveUnits ? b : a,
  )
  const judged = nonInferiority({
    clusters,
    quality: difference.contributions,
    bySession: ours.sessions && {
      clusters: sessionClusters(clusters, ours.sessions),
      requestsEach: ours.run.size / ours.sessions.count,
    },
    candidateCost: ours.run.costNanoUsd,
    incumbentCost: theirs.run.costNanoUsd,
    costEstimatedShare: estimatedDifferences(ours.steps, theirs.steps),
    samePolicy: decidesAlike(candidate.file, incumbent.file),
    maxQualityDrop,
    maxCostRise,
  })
  return {
    ...judged,
    candidate: summary(candidate, ours),
    incumbent: summary(incumbent, theirs),
    maxQualityDrop,
    maxCostRise,
    requests: ours.run.size,
    ...(ours.sessions === undefined ? {} : { sessions: ours.sessions.count }),
    resampling: { unit: clusters.unit, units: clusters.units, note: clusters.note },
    qualityBounds: difference.bounds,
    offTrajectory:
      ours.sessions === undefined &&
      [ours, theirs].some(({ trajectory }) => trajectory?.effect === 'not identified'),
    chosenOnThisLog: heldOut(candidate.file.evidence, ours.logHash, options.qualityUnit)?.sentences,
    unservedQuality: {
      candidate: candidate.file.unservedQuality,
      incumbent: incumbent.file.unservedQuality,
    },
  }
}

interface Replayed {
  readonly steps: Steps
  readonly run: Contributions
  /** Of requests or of sessions, as was asked for. */
  readonly judged: Contributions
  readonly sessions: Sessions | undefined
  readonly trajectory: Trajectory | undefined
  readonly clusters: Clusters
  readonly logHash: string
}

function replayed(
  { tableOf, incumbent, seed, onProgress, qualityUnit }: GateOptions,
  policy: Policy,
  index: number,
): Replayed {
  const table = tableOf(policy)
  const result = replay(table, withSeed(policy, seed), {
    onProgress: (arrived) => onProgress?.(index * table.size + arrived, 2 * table.size),
  })
  const steps = inRowOrder(result.steps, table.size)
  const { poolWindows } = result
  const trajectory = trajectoryOf(table, steps, policy)
  const { unservedQuality } = incumbent.file
  const run = onTrajectory(contributions(steps, unservedQuality), trajectory)
  const sessions = qualityUnit === 'session' ? requireSessionOutcomes(table) : undefined
  return {
    steps,
    run,
    judged: sessions === undefined ? run : sessionContributions(table, sessions, { steps, unservedQuality }),
    sessions,
    trajectory,
    clusters: clustersOfRun({ table, steps, poolWindows, budgets: policy.file.budgets }),
    logHash: table.hash,
  }
}

/** Lots that are drawn alike take no part in the difference. */
function withSeed(policy: Policy, seed: number): Policy {
  if (policy.file.seed === seed) return policy
  const { contentHash: _sealed, ...file } = policy.file
  return parsePolicy({ ...file, seed })
}

/** What does not differ cannot be wrong about the difference, however the costs were come by. */
function estimatedDifferences(ours: Steps, theirs: Steps): number {
  let count = 0
  for (let row = 0; row < ours.size; row++) {
    const isEstimated = (((ours.flags[row] ?? 0) | (theirs.flags[row] ?? 0)) & FLAG_COST_ESTIMATED) !== 0
    if (isEstimated && ours.costNanoUsd[row] !== theirs.costNanoUsd[row]) count++
  }
  return ours.size === 0 ? 0 : count / ours.size
}

/** What a policy is called and what is known of it decides nothing; lots are drawn with one seed. */
const SAYS_NOTHING = [
  '$schema',
  'policyId',
  'parentId',
  'description',
  'createdAt',
  'seed',
  'evidence',
  'forecast',
  'contentHash',
] as const satisfies readonly (keyof PolicyFile)[]

function decidesAlike(one: PolicyFile, other: PolicyFile): boolean {
  const rules = (file: PolicyFile): string =>
    JSON.stringify({ ...file, ...Object.fromEntries(SAYS_NOTHING.map((name) => [name, undefined])) })
  return rules(one) === rules(other)
}

function summary({ policyId, contentHash }: Policy, { run, judged, trajectory }: Replayed): GatedRun {
  const nanoUsd = knownMean(run.costNanoUsd)
  return {
    policyId,
    contentHash,
    quality: knownMean(judged.quality),
    meanCostUsd: nanoUsd === null ? null : usd(nanoUsd),
    ...(trajectory === undefined ? {} : { offTrajectoryShare: trajectory.share }),
  }
}
