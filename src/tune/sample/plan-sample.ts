import { probit } from 'simple-statistics'
import { permutation } from '../../core/random.js'
import { MIN_EFFECTIVE } from '../../metrics/estimators/effective-sample-size.js'
import type { Stratum } from './strata.js'

export interface SampleInput {
  readonly strata: readonly Stratum[]
  /** By row: what asking all the models would cost, in nano-dollars; NaN unknown. */
  readonly costs: Float64Array
  /** Of the logged answers, NaN unknown. */
  readonly quality: Float64Array
  /** How many models are compared with the logged one. */
  readonly comparisons: number
  /** A difference in quality that is to be seen. */
  readonly detect: number
  /** With this chance where there is one. */
  readonly power: number
  readonly seed: number
}

export interface DrawnStratum extends Stratum {
  readonly drawn: readonly number[]
  /** Of each of its requests. */
  readonly probability: number
}

export interface SamplePlan {
  readonly requests: number
  readonly drawn: number
  /** Standard deviation of the difference of a request that the size reckons with. */
  readonly deviation: number
  /** Smallest difference that the sample drawn tells with this power: larger than asked for where the log is too short. */
  readonly detects: number
  readonly strata: readonly DrawnStratum[]
}

/** As many requests of equal weight as a sample counts at least: some of its answers may be missing before estimates are refused. */
const LEAST_EFFECTIVE = 1.3 * MIN_EFFECTIVE
const LEAST_A_STRATUM = 2
/** Of a model of which nothing is known: the largest that a quality in [0, 1] can have. */
const UNKNOWN_VARIANCE = 0.25
/** Costs move the chance to be drawn this far at most, so that no request stands for very many others. */
const MOST_SKEW = 2

/**
 * Who is to be asked: a stratified sample without replacement, more where asking is cheap (n ~ N / sqrt(cost), the allocation of
 * the least variance for the money where deviations are alike: Cochran 1977, Sampling Techniques, section 5.5), and so large
 * that a two-sided 95 % interval, Bonferroni's over the models compared, tells the difference with the power asked for:
 * sum of (N_h/N)^2 s^2 / n_h <= (detect / (z_level + z_power))^2.
 */
export function planSample(input: SampleInput): SamplePlan {
  const { strata, comparisons, detect, power, seed } = input
  const requests = strata.reduce((sum, { rows }) => sum + rows.length, 0)
  const deviation = Math.sqrt(varianceOf(input.quality) + UNKNOWN_VARIANCE)
  const quantiles = probit(1 - 0.05 / (2 * Math.max(1, comparisons))) + probit(power)
  const wanted = (detect / quantiles) ** 2
  const rates = ratesOf(input)
  const sizesAt = (scale: number): number[] =>
    strata.map(({ rows }, at) => {
      const least = Math.min(rows.length, LEAST_A_STRATUM)
      return Math.min(rows.length, Math.max(least, Math.ceil(scale * rows.length * (rates[at] ?? 1))))
    })
  /** Of one request of equal weight the share of its variance that is left: 1 / the effective sample size. */
  const spreadAt = (sizes: readonly number[]): number =>
    strata.reduce((sum, { rows }, at) => sum + (rows.length / requests) ** 2 / (sizes[at] ?? 1), 0)
  const most = Math.min(wanted / deviation ** 2, 1 / LEAST_EFFECTIVE)
  let [low, high] = [0, MOST_SKEW ** 2]
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2
    if (spreadAt(sizesAt(middle)) <= most) high = middle
    else low = middle
  }
  const sizes = sizesAt(high)
  return {
    requests,
    drawn: sizes.reduce((sum, size) => sum + size, 0),
    deviation,
    detects: quantiles * deviation * Math.sqrt(spreadAt(sizes)),
    strata: strata.map((stratum, at) => drawnFrom(stratum, sizes[at] ?? 0, seed + at)),
  }
}

/** By stratum, relative to the mean of the log. */
function ratesOf({ strata, costs }: SampleInput): number[] {
  const means = strata.map(
    ({ rows }) => rows.reduce((sum, row) => sum + (costs[row] ?? NaN), 0) / rows.length,
  )
  const all = costs.reduce((sum, cost) => sum + cost, 0) / costs.length
  return means.map((mean) =>
    mean > 0 && all > 0 ? Math.min(MOST_SKEW, Math.max(1 / MOST_SKEW, Math.sqrt(all / mean))) : 1,
  )
}

function drawnFrom(stratum: Stratum, size: number, seed: number): DrawnStratum {
  const { rows } = stratum
  const drawn = [...permutation(rows.length, seed)].slice(0, size).map((place) => rows[place] ?? 0)
  return { ...stratum, drawn: drawn.sort((a, b) => a - b), probability: size / rows.length }
}

function varianceOf(quality: Float64Array): number {
  const known = quality.filter((value) => !Number.isNaN(value))
  if (known.length < 2) return UNKNOWN_VARIANCE
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  return known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1)
}
