import type { Contribution } from './estimator-figure.js'
import type { TargetRows } from './target-rows.js'

/**
 * The direct method: the mean of what an outcome model predicts of the target's call on each row. `predicted` by row, NaN
 * where the log has nothing to learn the model from.
 *
 * Assumes that the outcome model is right, which no log can show: its interval knows the luck of the requests and nothing of
 * how wrong the model is. Shown beside the others, never quoted.
 */
export function directMethod({ called }: TargetRows, predicted: Float64Array): Contribution {
  return { top: called.map((is, row) => (is === 0 ? 0 : (predicted[row] ?? NaN))), bottom: called }
}
