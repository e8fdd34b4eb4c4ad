import type { TargetRows } from './target-rows.js'

/**
 * The same rows with no weight above the limit (truncated importance sampling: Ionides 2008,
 * https://doi.org/10.1198/106186008X320456). Any estimator of the clipped rows has a smaller variance and a bias towards 0
 * (`ips`), or towards the requests that the log was likely to answer so (`snips`).
 */
export function clipWeights(rows: TargetRows, limit: number): TargetRows {
  return { ...rows, weight: rows.weight.map((each) => Math.min(each, limit)) }
}

/** Ionides' limit, at which the bias vanishes as the log grows: mean weight (1, where all is right) x square root of the rows. */
export function clipLimit({ usable }: TargetRows): number {
  return Math.sqrt(usable.reduce((sum, is) => sum + is, 0))
}
