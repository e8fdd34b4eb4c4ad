import type { Contribution } from './estimator-figure.js'
import type { TargetRows } from './target-rows.js'

/**
 * Self-normalised inverse propensity scores (Swaminathan & Joachims 2015,
 * https://papers.nips.cc/paper/5748-the-self-normalized-estimator-for-counterfactual-learning): the sum of
 * `weight x outcome` over the sum of the weights, a mean of recorded outcomes.
 *
 * Assumes what `ips` does. Biased by an order of 1 / effective sample size, never outside the range of the outcomes, and as
 * good for a figure that is nearly constant as `ips` is bad.
 */
export function snips({ weight, outcome }: TargetRows): Contribution {
  return { top: weight.map((each, row) => each * (outcome[row] ?? 0)), bottom: weight }
}
