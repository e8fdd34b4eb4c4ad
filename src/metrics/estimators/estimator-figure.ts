import type { Figure } from '../bootstrap.js'
import type { TargetRows } from './target-rows.js'

/** What each row adds to an estimator: the mean over the target's calls is the sum of `top` over the sum of `bottom`. */
export interface Contribution {
  readonly top: Float64Array
  readonly bottom: Float64Array
}

/**
 * The estimate of the mean over all rows (those without a call count as they are) as a figure of sums, so that ratios are
 * formed anew in each replicate of the bootstrap.
 */
export function estimatorFigure(rows: TargetRows, { top, bottom }: Contribution): Figure {
  return {
    series: [rows.settled, rows.called, top, bottom, rows.offered],
    value: ([settled = 0, called = 0, above = 0, below = 0, size = 0]) =>
      size === 0 ? NaN : totalOf(settled, called, above, below) / size,
  }
}

/** The mean over the rows on which the target calls a model. */
export function calledFigure({ top, bottom }: Contribution): Figure {
  return {
    series: [top, bottom],
    value: ([above = 0, below = 0]) => (below === 0 ? NaN : above / below),
  }
}

/** What is known without a call, and the mean over calls times their number; NaN without anything to estimate that from. */
export function totalOf(settled: number, called: number, above: number, below: number): number {
  if (called === 0) return settled
  return below === 0 ? NaN : settled + (called * above) / below
}
