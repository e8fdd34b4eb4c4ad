import { knownMean, sumOfKnown, type Contributions } from './contributions.js'
import type { Interval } from './result.js'

export interface QualitySummary {
  /** Mean over offered requests; null where less than 95 % are known. */
  readonly quality: number | null
  /** Mean over answered requests; null where less than 95 % of these are known. */
  readonly qualityServed: number | null
  readonly servedShare: number
  readonly knownShare: number
  /** Mean over offered requests if every unknown were 0, and if every one were 1. */
  readonly bounds: Interval
}

/**
 * What a run is worth: a refused request counts `unservedQuality`, an unknown answer is left out of the point and set to
 * its worst and best in the bounds (Manski 1990, https://www.jstor.org/stable/2006592). DESIGN section 5.
 */
export function qualitySummary(run: Contributions): QualitySummary {
  const { sum, known } = sumOfKnown(run.quality)
  const served = run.quality.filter((_, row) => run.served[row] === 1)
  const offered = run.size
  return {
    quality: knownMean(run.quality),
    qualityServed: knownMean(served),
    servedShare: offered === 0 ? 0 : served.length / offered,
    knownShare: offered === 0 ? 0 : known / offered,
    bounds: offered === 0 ? [0, 1] : [sum / offered, (sum + offered - known) / offered],
  }
}
