import { KNOWN_ENOUGH, type Contributions } from './contributions.js'
import type { Interval } from './result.js'

/** Run minus baseline in quality. */
export interface QualityDifference {
  /**
   * Over requests known under both; null where that is less than 95 %: what is left would be mostly requests on which
   * both asked the same model, whose difference is 0 by construction.
   */
  readonly mean: number | null
  readonly knownShare: number
  /** Worst and best case over all offered requests. */
  readonly bounds: Interval
  /** Per request, NaN where unknown under either. */
  readonly contributions: Float64Array
}

/** Paired difference, request by request: far tighter than the difference of two means. DESIGN section 5. */
export function qualityDifference(run: Contributions, baseline: Contributions): QualityDifference {
  const differences = run.quality.map((value, row) => value - (baseline.quality[row] ?? NaN))
  let sum = 0
  let known = 0
  let low = 0
  let high = 0
  differences.forEach((value, row) => {
    const own = run.quality[row] ?? NaN
    const other = baseline.quality[row] ?? NaN
    if (!Number.isNaN(value)) {
      sum += value
      known++
    }
    low += worst(own) - best(other)
    high += best(own) - worst(other)
  })
  const size = run.size
  const enough = known > 0 && known >= size * KNOWN_ENOUGH
  return {
    mean: enough ? sum / known : null,
    knownShare: size === 0 ? 0 : known / size,
    bounds: size === 0 ? [-1, 1] : [low / size, high / size],
    contributions: differences,
  }
}

function worst(value: number): number {
  return Number.isNaN(value) ? 0 : value
}

function best(value: number): number {
  return Number.isNaN(value) ? 1 : value
}
