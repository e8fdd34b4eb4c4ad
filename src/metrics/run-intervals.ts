import { bootstrapIntervals, meanOfKnown, ratio, type Figure } from './bootstrap.js'
import type { Clusters } from './clusters.js'
import type { Contributions } from './contributions.js'
import { identicalInterval, rareEventInterval, type Range } from './rare-events.js'
import type { Interval } from './result.js'
import type { SavingsSeries } from './savings.js'

const FRACTION: Range = { low: 0, high: 1 }
/** What a difference of two fractions can be. */
export const DIFFERENCE: Range = { low: -1, high: 1 }

export interface RunIntervalsInput {
  readonly clusters: Clusters
  readonly run: Contributions
  readonly savings: SavingsSeries
  /** Run minus baseline in quality, NaN unknown. */
  readonly difference: Float64Array
  /** Gain over shuffled decisions, NaN unknown. */
  readonly shuffledGain: Float64Array
  readonly hullGain: Figure | null
  readonly replicates: number
  readonly seed: number
}

/** 95 % intervals of one run's figures, all from the same resamples. */
export interface RunIntervals {
  /** Of the mean cost, in nano-dollars. */
  readonly costNanoUsd: Interval | null
  readonly quality: Interval | null
  /** Of savings by routing as a share of the baseline's cost; null where no request's cost differs. */
  readonly savingsShare: Interval | null
  readonly difference: Interval | null
  readonly shuffledGain: Interval | null
  readonly hullGain: Interval | null
}

/** Every interval of a run; where nothing varies (or nearly), the exact binomial limits stand in for the bootstrap's. */
export function runIntervals(input: RunIntervalsInput): RunIntervals {
  const { clusters, run, savings, difference, shuffledGain, replicates, seed } = input
  const figures = [
    meanOfKnown(run.costNanoUsd),
    meanOfKnown(run.quality),
    ratio(savings.routing, savings.baseline),
    meanOfKnown(difference),
    meanOfKnown(shuffledGain),
    ...(input.hullGain === null ? [] : [input.hullGain]),
  ]
  const intervals = bootstrapIntervals({ clusters, figures, replicates, seed })
  const [cost = null, quality = null, share = null, delta = null, control = null, hull = null] = intervals
  return {
    costNanoUsd: cost,
    quality: withRareEvents(quality, clusters, run.quality, FRACTION),
    savingsShare: share !== null && share[0] === share[1] ? null : share,
    difference: withRareEvents(delta, clusters, difference, DIFFERENCE),
    shuffledGain: neverOnePoint(control, clusters.units),
    hullGain: neverOnePoint(hull, clusters.units),
  }
}

/** The bootstrap's interval, widened where most clusters are alike and it knows too little of the others. */
export function withRareEvents(
  interval: Interval | null,
  clusters: Clusters,
  values: Float64Array,
  range: Range,
): Interval | null {
  const rare = interval === null ? undefined : rareEventInterval(clusterMeans(clusters, values), range)
  if (interval === null || rare === undefined) return interval
  return [Math.min(interval[0], rare[0]), Math.max(interval[1], rare[1])]
}

/** No observed difference never means that there can be none. */
function neverOnePoint(interval: Interval | null, units: number): Interval | null {
  if (interval === null || interval[1] - interval[0] > 1e-12) return interval
  return identicalInterval(interval[0], units, DIFFERENCE)
}

/** Mean of the known values of each cluster; clusters without any are left out. */
function clusterMeans({ units, of }: Clusters, values: Float64Array): Float64Array {
  const sums = new Float64Array(units)
  const counts = new Float64Array(units)
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return
    const cluster = of[row] ?? 0
    sums[cluster] = (sums[cluster] ?? 0) + value
    counts[cluster] = (counts[cluster] ?? 0) + 1
  })
  return sums
    .map((sum, cluster) => sum / (counts[cluster] ?? 0))
    .filter((_, cluster) => (counts[cluster] ?? 0) > 0)
}
