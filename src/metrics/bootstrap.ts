import { cumulativeStdNormalProbability } from 'simple-statistics'
import { createRandom, permutation } from '../core/random.js'
import { studentQuantile } from './beta-quantile.js'
import type { Clusters } from './clusters.js'
import type { Interval } from './result.js'

/** More units than this are drawn in random groups: same variance, bounded work (Wolter 2007, chapter 2). */
const MAX_GROUPS = 4000
/** An interval needs a statistic that exists in nearly all replicates. */
const MAX_UNDEFINED_SHARE = 0.05

/**
 * A statistic as a function of sums over requests (means, ratios, gains over a hull), so that it is computed anew in every
 * replicate. NaN where it is undefined.
 */
export interface Figure {
  /** Per-request contributions by row, without NaN: put 0 and count the known ones in a series of their own. */
  readonly series: readonly Float64Array[]
  /** The statistic from one sum a series. */
  readonly value: (sums: Float64Array) => number
  /** As how many clusters of the same weight what it rests on counts at most. Absent: as many as there are. */
  readonly effectiveUnits?: number
}

export interface BootstrapInput {
  readonly clusters: Clusters
  readonly figures: readonly Figure[]
  readonly replicates: number
  readonly seed: number
}

/**
 * 95 % intervals for functions of sums over requests, from whole clusters (sessions, users, windows) drawn with
 * replacement; null for a statistic that is undefined in more than 5 % of the replicates, and for all when there are too
 * few clusters. Conditional on this traffic: they say nothing of next month's.
 *
 * The percentile bootstrap with Hesterberg's expanded percentiles, which repair its narrowness for few clusters; BCa's
 * acceleration needs a jackknife of the hull and is unsteady where the hull changes its corners.
 * https://arxiv.org/abs/1411.5279, section 5.3. Degrees of freedom come from Kish's effective number of clusters, so that
 * one giant user does not count as many. Work: replicates x min(clusters, 4000) x series that differ, after one pass over the rows.
 */
export function bootstrapIntervals(input: BootstrapInput): readonly (Interval | null)[] {
  const { clusters, figures } = input
  if (!clusters.sufficient) return figures.map(() => null)
  return replicate(input).map((values, figure) => {
    const units = Math.min(clusters.effectiveUnits, figures[figure]?.effectiveUnits ?? Infinity)
    return percentileInterval(values, expandedTail(Math.max(2, units)))
  })
}

/** The statistic of the log itself. */
export function pointOf({ series, value }: Figure): number {
  return value(Float64Array.from(series, (values) => values.reduce((sum, each) => sum + each, 0)))
}

/** Sum of one series over sum of another, NaN where the latter is 0. */
export function ratio(numerator: Float64Array, denominator: Float64Array): Figure {
  return {
    series: [numerator, denominator],
    value: ([top = 0, bottom = 0]) => (bottom === 0 ? NaN : top / bottom),
  }
}

/** Mean over the rows that are not NaN. */
export function meanOfKnown(values: Float64Array): Figure {
  return ratio(
    values.map((value) => (Number.isNaN(value) ? 0 : value)),
    values.map((value) => (Number.isNaN(value) ? 0 : 1)),
  )
}

/** Sums of the series per group of clusters, one row a group. */
export function groupSums(groups: Int32Array, count: number, series: readonly Float64Array[]): Float64Array {
  const width = series.length
  const sums = new Float64Array(count * width)
  series.forEach((values, index) => {
    for (let row = 0; row < values.length; row++) {
      const cell = (groups[row] ?? 0) * width + index
      sums[cell] = (sums[cell] ?? 0) + (values[row] ?? 0)
    }
  })
  return sums
}

/** Values of every figure in every replicate. */
function replicate({ clusters, figures, replicates, seed }: BootstrapInput): readonly Float64Array[] {
  const random = createRandom(seed)
  const count = Math.min(clusters.units, MAX_GROUPS)
  const groups = count === clusters.units ? clusters.of : randomGroups(clusters, count, seed)
  const series = [...new Set(figures.flatMap((figure) => figure.series))]
  const columns = series.map((values) => groupSums(groups, count, [values]))
  const drawn = new Float64Array(count)
  const sums = new Float64Array(series.length)
  const values = figures.map(() => new Float64Array(replicates))
  const views = viewsOf(figures, series, sums)
  for (let index = 0; index < replicates; index++) {
    drawn.fill(0)
    for (let draws = 0; draws < count; draws++) addOne(drawn, random.below(count))
    columns.forEach((column, place) => (sums[place] = weightedSum(drawn, column)))
    views.forEach((read, figure) => values[figure]?.fill(read(), index, index + 1))
  }
  return values
}

/** One reader a figure, of the sums of its own series: those that several figures share are summed once. */
function viewsOf(
  figures: readonly Figure[],
  series: readonly Float64Array[],
  sums: Float64Array,
): readonly (() => number)[] {
  const places = new Map(series.map((values, place) => [values, place]))
  return figures.map((figure) => {
    const own = Int32Array.from(figure.series, (values) => places.get(values) ?? 0)
    const read = new Float64Array(own.length)
    return () => {
      for (let index = 0; index < own.length; index++) read[index] = sums[own[index] ?? 0] ?? 0
      return figure.value(read)
    }
  })
}

function addOne(counts: Float64Array, place: number): void {
  counts[place] = (counts[place] as number) + 1
}

/** Two sums by turns, so that an addition need not wait for the one before. */
function weightedSum(weights: Float64Array, values: Float64Array): number {
  let even = 0
  let odd = 0
  const pairs = values.length - (values.length % 2)
  for (let index = 0; index < pairs; index += 2) {
    even += (weights[index] as number) * (values[index] as number)
    odd += (weights[index + 1] as number) * (values[index + 1] as number)
  }
  return pairs < values.length
    ? even + odd + (weights[pairs] as number) * (values[pairs] as number)
    : even + odd
}

/** Clusters dealt to groups of nearly the same number, in an order drawn by lot. */
function randomGroups(clusters: Clusters, count: number, seed: number): Int32Array {
  const groupOf = permutation(clusters.units, seed ^ 0x5bd1e995).map((place) => place % count)
  return clusters.of.map((cluster) => groupOf[cluster] ?? 0)
}

/** Tail probability of each side: 2.5 % widened to what a t interval of as many clusters would need. */
function expandedTail(units: number): number {
  const freedom = Math.max(1, units - 1)
  return (
    1 - cumulativeStdNormalProbability(Math.sqrt((freedom + 1) / freedom) * studentQuantile(0.05, freedom))
  )
}

function percentileInterval(values: Float64Array, tail: number): Interval | null {
  const known = values.filter((value) => !Number.isNaN(value)).sort()
  if (known.length === 0 || known.length < values.length * (1 - MAX_UNDEFINED_SHARE)) return null
  return [percentile(known, tail), percentile(known, 1 - tail)]
}

/** Linear between order statistics (type 7: Hyndman & Fan 1996, https://doi.org/10.2307/2684934). */
export function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] ?? NaN
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN
  return low === high ? low : low + (position - below) * (high - low)
}
