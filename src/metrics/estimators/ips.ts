import type { Contribution } from './estimator-figure.js'
import type { TargetRows } from './target-rows.js'

/**
 * Inverse propensity scores (Horvitz & Thompson 1952, https://doi.org/10.1080/01621459.1952.10483446): the mean over rows of
 * `1[target's call = logged call] x outcome / propensity`.
 *
 * Assumes that the propensities are right, that each model the target asks had one above 0 on that request, and that lots
 * of log and target are independent. Unbiased then; its variance grows with the weights, and it may leave the range of the
 * outcomes, since the weights' mean is 1 only in expectation.
 */
export function ips({ weight, outcome, usable }: TargetRows): Contribution {
  return { top: weight.map((each, row) => each * (outcome[row] ?? 0)), bottom: usable }
}
