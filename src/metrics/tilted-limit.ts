import { bisect } from 'simple-statistics'
import { studentQuantile } from './beta-quantile.js'
import type { PairedUnits } from './paired-units.js'
import type { Interval } from './result.js'

/** Of each limit on its own. */
const ERROR = 0.05
/** Of the search for a limit, in standard errors. */
const TOLERANCE = 1e-4
/** Nobody waits for a log so many times as long. */
const MANY_TIMES = 2 ** 30

/**
 * One-sided 95 % limits, below and above, of a ratio of sums (mean difference, relative change of cost) over units that
 * vary as a whole.
 *
 * A limit is the value at which the log would be just too unlikely: the units are weighed by exp(-t x deviation) so that
 * the ratio is that value (nonparametric tilting: Efron 1981, https://doi.org/10.2307/3314608; Davison & Hinkley 1997,
 * Bootstrap Methods and their Application, section 4.4), and the chance of the observed sum under these weights is
 * Lugannani and Rice's saddlepoint approximation (1980, https://doi.org/10.2307/1426607) in Barndorff-Nielsen's form, so
 * no replicates are drawn. Compared to Student's t with Kish's effective number of units, as Hesterberg does for
 * percentiles (https://arxiv.org/abs/1411.5279).
 *
 * What was never seen is not taken to be impossible: one more unit stands on the bad side, as bad as the furthest that
 * any unit is from no difference, after the adjusted empirical likelihood of Chen, Variyath & Abraham 2008
 * (https://doi.org/10.1198/106186008X321068); of single requests half a one, which for 0/1 losses is the continuity
 * correction that makes the limit Clopper and Pearson's, nearly. The percentile bootstrap passes 6 to 9 % of candidates
 * that are exactly at a margin of 1 % where losses are rare, and bootstrap-t up to 10 % where costs are skewed or
 * sessions few: `npm run bench -- gate`.
 *
 * Undefined where all units are alike: nothing then tells how much they vary.
 */
export function tiltedLimits(units: PairedUnits): Interval | undefined {
  const ratio = total(units, units.sums) / total(units, units.sizes)
  const error = ratioError(units, ratio)
  if (!(error > 0)) return undefined
  return [lowerLimit(units, ratio, error), -lowerLimit(mirrored(units), -ratio, error)]
}

/** Sum over all units, alike ones included. */
export function total({ counts }: PairedUnits, values: Float64Array): number {
  return values.reduce((sum, value, index) => sum + value * (counts[index] ?? 0), 0)
}

/** Linearised (Cochran 1977, Sampling Techniques, section 6.3). */
function ratioError(units: PairedUnits, ratio: number): number {
  const squares = units.sums.map((sum, index) => (sum - ratio * (units.sizes[index] ?? 0)) ** 2)
  const error = Math.sqrt(total(units, squares)) / total(units, units.sizes)
  return error > 1e-12 * Math.abs(ratio) ? error : 0
}

/**
 * How many times as many units like these put the limit beyond `bound`, on its other side from their ratio, with this
 * power: the one-sided quantile of the normal distribution, 0.8416 for 80 %. What these units are beyond the bound is
 * taken as what others are on average; it varies by about 1, as signed roots of likelihood ratios do wherever the truth
 * lies. So it knows, other than the formula of the z test, what skewed and rare differences and those never seen ask for.
 * Infinity where the ratio lies on the bound; undefined where all units are alike.
 */
export function timesForLimit(units: PairedUnits, bound: number, power: number): number | undefined {
  const ratio = total(units, units.sums) / total(units, units.sizes)
  if (!(ratioError(units, ratio) > 0)) return undefined
  if (ratio === bound) return Infinity
  const [towards, from] = ratio > bound ? [units, bound] : [mirrored(units), -bound]
  const excess = (times: number): number => {
    const more = repeated(towards, times)
    return deviation(more, from) - critical(more) - power
  }
  let [low, high] = [1, 1]
  while (excess(high) < 0 && high < MANY_TIMES) [low, high] = [high, high * 2]
  while (excess(low) >= 0 && low > 1 / MANY_TIMES) [low, high] = [low / 2, low]
  if (high >= MANY_TIMES) return Infinity
  return excess(low) >= 0 ? low : bisect(excess, low, high, 200, TOLERANCE * low)
}

function repeated({ sums, sizes, counts, units, effectiveUnits }: PairedUnits, times: number): PairedUnits {
  return {
    sums,
    sizes,
    counts: counts.map((count) => count * times),
    units: units * times,
    effectiveUnits: effectiveUnits * times,
  }
}

function mirrored(units: PairedUnits): PairedUnits {
  return { ...units, sums: units.sums.map((sum) => -sum) }
}

/** Of Student's t with the effective number of units. */
function critical({ effectiveUnits }: PairedUnits): number {
  const freedom = Math.max(1, effectiveUnits - 1)
  return studentQuantile(2 * ERROR, freedom) * Math.sqrt((freedom + 1) / freedom)
}

function lowerLimit(units: PairedUnits, ratio: number, error: number): number {
  const sure = critical(units)
  const excess = (value: number): number => deviation(units, value) - sure
  let width = 2 * error
  while (excess(ratio - width) < 0) width *= 2
  return bisect(excess, ratio - width, ratio, 200, TOLERANCE * error)
}

/** How far the log is above what it would be if `value` were true, as a standard normal variable. */
function deviation(units: PairedUnits, value: number): number {
  const { y, weights, sum } = withUnseen(units, value)
  if (y.every((each) => each >= 0)) return Infinity
  const mean = weighted(y, weights, (each) => each) / sum
  if (mean <= 0) return 0
  const variance = weighted(y, weights, (each) => (each - mean) ** 2) / sum
  const tilt = tiltToZero(y, weights, mean / variance)
  const { log } = cumulants(y, weights, tilt)
  const root = Math.sqrt(Math.max(0, 2 * sum * (log - Math.log(sum) - tilt * mean)))
  return root < 1e-6 ? 0 : root + Math.log((-tilt * Math.sqrt(sum * variance)) / root) / root
}

interface Weighted {
  readonly y: Float64Array
  readonly weights: Float64Array
  readonly sum: number
}

/** Deviations from what a unit would sum up to, and last the one on the bad side that was not seen. */
function withUnseen({ sums, sizes, counts, units }: PairedUnits, value: number): Weighted {
  const size = sums.length
  const y = new Float64Array(size + 1)
  const weights = new Float64Array(size + 1)
  let [worst, furthest, sizeSum, single] = [Infinity, 0, 0, true]
  for (let index = 0; index < size; index++) {
    const [sum, own, count] = [sums[index] ?? 0, sizes[index] ?? 0, counts[index] ?? 0]
    y[index] = sum - value * own
    weights[index] = count
    worst = Math.min(worst, y[index] ?? 0)
    furthest = Math.max(furthest, Math.abs(sum))
    sizeSum += own * count
    single = single && own === 1
  }
  y[size] = Math.min(worst, -furthest - value * (sizeSum / units))
  weights[size] = single ? 0.5 : 1
  return { y, weights, sum: units + (single ? 0.5 : 1) }
}

function weighted(y: Float64Array, weights: Float64Array, value: (each: number) => number): number {
  let sum = 0
  for (let index = 0; index < y.length; index++) sum += (weights[index] ?? 0) * value(y[index] ?? 0)
  return sum
}

/** The tilt (negative) under which the deviations sum up to 0, by Newton's steps that are kept in a bracket. */
function tiltToZero(y: Float64Array, weights: Float64Array, first: number): number {
  let low = -first
  while (cumulants(y, weights, low).mean > 0) low *= 2
  let high = 0
  let tilt = low
  for (let step = 0; step < 100; step++) {
    const { mean, variance } = cumulants(y, weights, tilt)
    if (mean > 0) high = tilt
    else low = tilt
    const newton = tilt - mean / variance
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - tilt) <= 1e-10 * Math.abs(tilt)) return next
    tilt = next
  }
  return tilt
}

/** Log of the weighted sum of exp(tilt x y), and mean and variance under these weights. */
function cumulants(
  y: Float64Array,
  weights: Float64Array,
  tilt: number,
): { readonly log: number; readonly mean: number; readonly variance: number } {
  const shift = tilt * y.reduce((least, each) => Math.min(least, each), Infinity)
  let [sum, first, second] = [0, 0, 0]
  for (let index = 0; index < y.length; index++) {
    const each = y[index] ?? 0
    const mass = (weights[index] ?? 0) * Math.exp(tilt * each - shift)
    sum += mass
    first += mass * each
    second += mass * each * each
  }
  const mean = first / sum
  return { log: Math.log(sum) + shift, mean, variance: second / sum - mean * mean }
}
