import { usd } from '../../core/money.js'
import { bootstrapIntervals, pointOf, type Figure } from '../bootstrap.js'
import type { Clusters } from '../clusters.js'
import { rareEventInterval } from '../rare-events.js'
import type { EstimatorFigures, Estimators, Interval } from '../result.js'
import { doublyRobust } from './doubly-robust.js'
import { estimatorFigure } from './estimator-figure.js'
import { ESTIMATORS, type FigureEstimates } from './estimate-figure.js'
import type { OffPolicy, RefusableFigure } from './off-policy.js'
import type { TargetRows } from './target-rows.js'

export interface EstimatorTableInput {
  readonly found: OffPolicy
  readonly clusters: Clusters
  /** Mean quality of the run if every unseen outcome were 0, and 1. */
  readonly qualityBounds: Interval
  readonly replicates: number
  readonly seed: number
}

/** Every estimator's figures with 95 % intervals, all from the same resamples. */
export function estimatorTable(input: EstimatorTableInput): Estimators {
  const { found } = input
  const quality = pointsAndIntervals(input, found.quality, { low: 0, high: 1 })
  const cost = pointsAndIntervals(input, found.cost, { low: 0, high: Infinity })
  const rows = ESTIMATORS.map((name, place): [string, EstimatorFigures] => [
    name,
    {
      quality: quality[place]?.point ?? null,
      qualityCi: quality[place]?.interval ?? null,
      meanCostUsd: inUsd(cost[place]?.point ?? null),
      costCi: usdInterval(cost[place]?.interval ?? null),
    },
  ])
  const [costLow, costHigh] = found.costBounds
  return {
    ...quotedOf(found),
    refused: { quality: found.quality.refused, cost: found.cost.refused },
    ...(Object.fromEntries(rows) as Pick<Estimators, (typeof ESTIMATORS)[number]>),
    ess: found.effective,
    overlap: found.overlap,
    bounds: {
      quality: input.qualityBounds,
      qualityAssisted: assistedBounds(input),
      meanCostUsd: [usd(costLow), inUsd(costHigh)],
    },
  }
}

function quotedOf({ quality, cost, quoted }: OffPolicy): Pick<Estimators, 'quoted' | 'because'> {
  if (quality.refused === null || cost.refused === null)
    return { quoted: quoted.name, because: quoted.because }
  return { quoted: null, because: quality.refused }
}

interface Estimate {
  readonly point: number | null
  readonly interval: Interval | null
}

interface Limits {
  readonly low: number
  readonly high: number
}

function pointsAndIntervals(
  { clusters, replicates, seed }: EstimatorTableInput,
  { refused, estimates }: RefusableFigure,
  range: Limits,
): readonly Estimate[] {
  if (refused !== null || estimates === undefined) return []
  const { rows, contributions, effective } = estimates
  const figures = ESTIMATORS.map((name) => estimatorFigure(rows, contributions[name]))
  const intervals = bootstrapIntervals({
    clusters: noMoreThan(clusters, effective),
    figures,
    replicates,
    seed,
  })
  return figures.map((figure, place) => ({
    point: within(pointOf(figure), range),
    interval: intervalWithin(withRareEvents(intervals[place] ?? null, estimates, range), range),
  }))
}

/** As many clusters as weighted outcomes count for: Student's quantile then knows how few they are. */
export function noMoreThan(clusters: Clusters, effective: number): Clusters {
  return { ...clusters, effectiveUnits: Math.min(clusters.effectiveUnits, Math.max(2, effective)) }
}

/** No estimate may leave what the figure can be, and the truth is no less in an interval that is cut there. */
export function within(value: number, { low, high }: Limits): number | null {
  return Number.isNaN(value) ? null : Math.min(high, Math.max(low, value))
}

export function intervalWithin(interval: Interval | null, range: Limits): Interval | null {
  const [low, high] = (interval ?? []).map((value) => within(value, range))
  return low === undefined || high === undefined || low === null || high === null ? null : [low, high]
}

/**
 * Where the recorded outcomes that count are nearly all alike, the bootstrap knows too little of the others: exact binomial
 * limits of their mean, as wide as the effective sample size asks for, are joined to it. Of quality only.
 */
export function withRareEvents(
  interval: Interval | null,
  { rows, effective }: FigureEstimates,
  range: Limits,
): Interval | null {
  if (interval === null || range.high !== 1) return interval
  const seen = rows.outcome.filter((_, row) => (rows.weight[row] ?? 0) > 0)
  const rare = rareEventInterval(seen, range)
  if (rare === undefined) return interval
  const wider = Math.sqrt(seen.length / Math.max(1, effective))
  const middle = (rare[0] + rare[1]) / 2
  const half = ((rare[1] - rare[0]) / 2) * wider
  const limits = [middle - half, middle + half].map((mean) => overAll(rows, mean))
  return [Math.min(interval[0], limits[0] ?? NaN), Math.max(interval[1], limits[1] ?? NaN)]
}

/** The mean over all rows from that over the calls. */
function overAll({ size, called, settled }: TargetRows, mean: number): number {
  const [calls, known] = [called, settled].map((values) => values.reduce((sum, each) => sum + each, 0))
  return ((known ?? 0) + (calls ?? 0) * mean) / size
}

/** Calls that the log gave no chance at 0 and at 1, the rest by DR; the outer ends of both intervals. */
function assistedBounds({ found, clusters, replicates, seed }: EstimatorTableInput): Interval | null {
  const { estimates } = found.quality
  if (estimates === undefined || found.overlap.unsupportedShare === 0) return null
  const { rows, predicted, effective } = estimates
  const figures: Figure[] = [0, 1].map((value) => {
    const supposed = withSupposed(rows, found.support, value)
    return estimatorFigure(supposed, doublyRobust(supposed, predicted))
  })
  const [low, high] = bootstrapIntervals({
    clusters: noMoreThan(clusters, effective),
    figures,
    replicates,
    seed,
  })
  if (low === null || low === undefined || high === null || high === undefined) return null
  return intervalWithin([low[0], high[1]], { low: 0, high: 1 })
}

/** Calls without a chance are taken as settled at the value. */
function withSupposed(rows: TargetRows, support: Float64Array, value: number): TargetRows {
  const isOut = (row: number): boolean => support[row] === 0
  return {
    ...rows,
    called: rows.called.map((is, row) => (isOut(row) ? 0 : is)),
    usable: rows.usable.map((is, row) => (isOut(row) ? 0 : is)),
    settled: rows.settled.map((own, row) => (isOut(row) ? value : own)),
  }
}

function inUsd(nano: number | null): number | null {
  return nano === null || !Number.isFinite(nano) ? null : usd(nano)
}

function usdInterval(interval: Interval | null): Interval | null {
  return interval === null ? null : [usd(interval[0]), usd(interval[1])]
}
