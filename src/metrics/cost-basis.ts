import { FLAG_COST_ESTIMATED, type Steps } from '../replay/steps.js'
import type { RunMetrics } from './result.js'

/** With more of the costs estimated than this, cost and savings have no interval and a gain at that cost is no proof. */
export const ESTIMATES_ALLOWED = 0.05

/** Share of the offered requests whose cost is known, but only from expectations. */
export function costEstimatedShare({ size, flags, costNanoUsd }: Steps): number {
  let count = 0
  for (let row = 0; row < size; row++) {
    if (((flags[row] ?? 0) & FLAG_COST_ESTIMATED) !== 0 && !Number.isNaN(costNanoUsd[row])) count++
  }
  return size === 0 ? 0 : count / size
}

/** What the costs of a run are, when that share of them is estimated. */
export function costBasis(estimatedShare: number): NonNullable<RunMetrics['costBasis']> {
  if (estimatedShare <= ESTIMATES_ALLOWED) return 'recorded'
  return estimatedShare >= 1 - ESTIMATES_ALLOWED ? 'estimated' : 'mixed'
}
