import { doublyRobust } from './doubly-robust.js'
import type { Contribution } from './estimator-figure.js'
import type { TargetRows } from './target-rows.js'

/**
 * Doubly robust with a switch (Wang, Agarwal & Dudik 2017, https://arxiv.org/abs/1612.01205): where a weight passes `limit`
 * the outcome model is trusted alone.
 *
 * Assumes that the outcome model is about right where weights are large; biased by its error there, in exchange for a
 * smaller variance. No interval of it is promised to hold the truth.
 */
export function switchDr(rows: TargetRows, predicted: Float64Array, limit: number): Contribution {
  return doublyRobust({ ...rows, weight: rows.weight.map((each) => (each > limit ? 0 : each)) }, predicted)
}

/** How many limits are tried, from the smallest weight to the largest. */
const TRIED = 20

/**
 * The limit of the least estimated error, as section 4 of the paper has it: variance over the rows, plus the square of the
 * largest bias that outcomes within `spread` of each other allow, which is spread x share of weight beyond the limit.
 */
export function switchLimit(rows: TargetRows, predicted: Float64Array, spread: number): number {
  const weights = rows.weight.filter((each) => each > 0).sort()
  const usable = rows.usable.reduce((sum, is) => sum + is, 0)
  let best = { limit: Infinity, error: Infinity }
  for (let step = TRIED; step >= 1; step--) {
    const limit = weights[Math.ceil((step / TRIED) * weights.length) - 1] ?? Infinity
    if (limit === best.limit) continue
    const beyond = weights.reduce((sum, each) => (each > limit ? sum + each : sum), 0)
    const bias = (spread * beyond) / Math.max(1, usable)
    const error = meanVariance(switchDr(rows, predicted, limit), usable) + bias * bias
    if (error < best.error) best = { limit, error }
  }
  return best.limit
}

/** Variance of the mean over the usable rows. */
function meanVariance({ top, bottom }: Contribution, usable: number): number {
  const mean = top.reduce((sum, each) => sum + each, 0) / Math.max(1, usable)
  const squares = top.reduce((sum, each, row) => (bottom[row] === 0 ? sum : sum + (each - mean) ** 2), 0)
  return squares / Math.max(1, usable * usable)
}
