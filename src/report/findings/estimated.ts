import type { RunMetrics } from '../../metrics/result.js'
import { UNKNOWN } from '../format.js'

/** Up to this share an estimate among recorded costs is a footnote. */
const FOOTNOTE = 0.05

/**
 * True where so much of a run's cost is expected rather than recorded that the figure must say so. Recorded costs that stand
 * for others by weights are no expectation, and have an interval.
 */
export function isCostEstimated(run: RunMetrics): boolean {
  return run.costBasis !== 'weighted' && run.evidence.costEstimatedShare > FOOTNOTE
}

/** `~$12.65` for money that rests on estimates. */
export function marked(run: RunMetrics, amount: string): string {
  return isCostEstimated(run) && amount !== UNKNOWN ? `~${amount}` : amount
}
