import type { Contribution } from './estimator-figure.js'
import type { TargetRows } from './target-rows.js'

/**
 * Doubly robust (Dudik, Langford & Li 2011, https://arxiv.org/abs/1103.4601): the mean over rows of
 * `predicted + weight x (outcome - predicted)`, where `predicted` is what an outcome model expects of the target's call.
 *
 * Assumes that the propensities are right or the outcome model is, and that each row was predicted by a model that did not
 * see it (cross-fitting: Chernozhukov et al. 2018, https://doi.org/10.1111/ectj.12097). With right propensities it is
 * unbiased whatever the model says, and the narrower the more the model knows; where it says nothing (NaN), 0 stands.
 */
export function doublyRobust(rows: TargetRows, predicted: Float64Array): Contribution {
  const { usable, weight, outcome } = rows
  const top = usable.map((is, row) => {
    if (is === 0) return 0
    const expected = knownOr0(predicted[row])
    const own = weight[row] ?? 0
    return own === 0 ? expected : expected + own * ((outcome[row] ?? 0) - expected)
  })
  return { top, bottom: usable }
}

function knownOr0(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value
}
