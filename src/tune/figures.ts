import type { Profile } from '../core/forecast-schema.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { clopperPearson } from '../metrics/clopper-pearson.js'
import { compare } from '../metrics/compare.js'
import { replayedObservations } from '../metrics/drift/observations.js'
import { profileOf } from '../metrics/drift/profile.js'
import type { Interval, RunMetrics, TuneEstimate } from '../metrics/result.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import { replay } from '../replay/replay.js'
import type { BaselineRun } from './evaluate.js'
import type { SelectionBias } from './selection-bias.js'

const REPLICATES = 1000

/** All figures of a policy on one part of the log, by the same code as `replay` prints. */
export interface PartFigures {
  readonly metrics: RunMetrics
  readonly baseline: RunMetrics
  readonly estimate: TuneEstimate
  readonly rejectShare: number
  readonly rejectInterval: Interval
  /** What a decision log is to look like, if nothing changes. */
  readonly profile: Profile
}

export interface MeasureInput {
  readonly table: LogTable
  readonly policy: Policy
  readonly baseline: BaselineRun
  readonly label: string
  readonly seed: number
  readonly qualityUnit?: QualityUnit | undefined
}

export function measurePart({
  table,
  policy,
  baseline,
  label,
  seed,
  qualityUnit,
}: MeasureInput): PartFigures {
  const result = replay(table, policy)
  const runs = [
    { policy: baseline.policy, result: replay(baseline.table, baseline.policy) },
    { policy, result },
  ]
  const comparison = compare({
    table,
    runs: runs.map(({ policy, policy: { file }, result }) => ({
      policy,
      result,
      description: null,
      unservedQuality: file.unservedQuality,
      budgets: file.budgets,
    })),
    baseline: { index: 0, label, rule: '' },
    seed,
    replicates: REPLICATES,
    filters: [],
    qualityUnit,
    syntheticData: table.syntheticData === true,
    scaleToRequestsPerDay: null,
    tuning: null,
  })
  const [base, metrics] = comparison.runs
  if (base === undefined || metrics === undefined) throw new RangeError('compare must give both runs')
  return {
    metrics,
    baseline: base,
    estimate: {
      costUsd: metrics.meanCostUsd,
      costInterval: metrics.costCi,
      quality: metrics.quality,
      qualityInterval: metrics.qualityCi,
    },
    rejectShare: metrics.rejected / Math.max(1, metrics.offered),
    rejectInterval: clopperPearson(metrics.rejected, metrics.offered),
    profile: profileOf(replayedObservations(table, result.steps)),
  }
}

/**
 * What a part promises for another one: its own interval speaks of the mean over all such traffic, and the other part
 * will differ from that mean by as much luck of its own. So the ends move away by sqrt(1 + requests here / requests
 * there). The mean moves by what it owes to having been chosen here. Cost and quality each hold in 95 % of such
 * promises, so both in at least 90 % (Bonferroni).
 */
export function asPrediction(
  { costUsd, costInterval, quality, qualityInterval }: TuneEstimate,
  { here, there, bias }: { readonly here: number; readonly there: number; readonly bias: SelectionBias },
): TuneEstimate {
  const factor = Math.sqrt(1 + here / Math.max(1, there))
  return {
    costUsd: moved(costUsd, bias.costUsd, Infinity),
    costInterval: widened(costUsd, costInterval, { factor, by: bias.costUsd, most: Infinity }),
    quality: moved(quality, bias.quality, 1),
    qualityInterval: widened(quality, qualityInterval, { factor, by: bias.quality, most: 1 }),
  }
}

function moved(mean: number | null, by: number, most: number): number | null {
  return mean === null ? null : Math.min(most, Math.max(0, mean + by))
}

function widened(
  mean: number | null,
  interval: Interval | null,
  { factor, by, most }: { readonly factor: number; readonly by: number; readonly most: number },
): Interval | null {
  if (mean === null || interval === null) return null
  const end = (at: number): number => Math.min(most, Math.max(0, mean + by + factor * (at - mean)))
  return [end(interval[0]), end(interval[1])]
}
