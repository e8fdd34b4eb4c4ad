import { bootstrapIntervals, pointOf } from '../bootstrap.js'
import type { Clusters } from '../clusters.js'
import { rareEventInterval, type Range } from '../rare-events.js'
import type { Interval } from '../result.js'
import { ESTIMATORS, type FigureEstimates } from './estimate-figure.js'
import { unitsOfSpread } from './degrees-of-freedom.js'
import { estimatorFigure } from './estimator-figure.js'
import type { TargetRows } from './target-rows.js'

/** One estimator's figure; null where it has none. */
export interface Estimate {
  readonly point: number | null
  readonly interval: Interval | null
}

export interface EstimateInput {
  readonly estimates: FigureEstimates
  /** Of the figure. */
  readonly range: Range
  readonly clusters: Clusters
  readonly replicates: number
  readonly seed: number
}

/** What is reported of one figure, by every estimator in the order of ESTIMATORS, from the same resamples. */
export function pointsAndIntervals(input: EstimateInput): readonly Estimate[] {
  const { estimates, range, clusters, replicates, seed } = input
  const { rows, contributions, effective } = estimates
  const figures = ESTIMATORS.map((name) => {
    const contribution = contributions[name]
    const effectiveUnits = Math.min(effective, unitsOfSpread(contribution, clusters))
    return { ...estimatorFigure(rows, contribution), effectiveUnits }
  })
  const intervals = bootstrapIntervals({ clusters, figures, replicates, seed })
  return figures.map((figure, place) => ({
    point: within(pointOf(figure), range),
    interval: intervalWithin(withRareEvents(intervals[place] ?? null, estimates, range), range),
  }))
}

/** No estimate may leave what the figure can be, and the truth is no less in an interval that is cut there. */
export function within(value: number, { low, high }: Range): number | null {
  return Number.isNaN(value) ? null : Math.min(high, Math.max(low, value))
}

export function intervalWithin(interval: Interval | null, range: Range): Interval | null {
  const [low, high] = (interval ?? []).map((value) => within(value, range))
  return low === undefined || high === undefined || low === null || high === null ? null : [low, high]
}

/**
 * Where the recorded outcomes that count are nearly all alike, the bootstrap knows too little of the others: exact binomial
 * limits of their mean, as wide as the effective sample size asks for, are joined to it. Of quality only.
 */
function withRareEvents(
  interval: Interval | null,
  { rows, effective }: FigureEstimates,
  range: Range,
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
