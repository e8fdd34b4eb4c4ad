import { percentile } from '../../../src/metrics/bootstrap.js'

const TAIL = 0.025

/** A one-sided question of each set: is the gain above 0? */
export interface Tested {
  /** Share of the replicates at 0 or less, one replicate added, so that it is never 0. */
  readonly p: number
  /** Of the interval after correction. */
  readonly lowerLimit: number
  readonly verdict: 'skill' | 'no evidence'
}

/**
 * Holm's step-down over sets (Holm 1979, https://www.jstor.org/stable/4615733): the smallest of m p-values is held against
 * 2.5 % / m, the next against 2.5 % / (m - 1); after the first that fails all fail. Said as limits: the percentile at that
 * tail must be above 0. Of a part of the family this is stricter, since the others might have been smaller.
 */
export function holm(replicates: readonly (readonly number[])[], family: number): readonly Tested[] {
  const ps = replicates.map(
    (values) => (values.filter((gain) => !(gain > 0)).length + 1) / (values.length + 1),
  )
  const order = ps.map((_, set) => set).sort((a, b) => ps[a]! - ps[b]!)
  const tested: Tested[] = []
  let failed = false
  order.forEach((set, rank) => {
    const sorted = Float64Array.from(replicates[set]!).sort()
    const lowerLimit = percentile(sorted, TAIL / (family - rank))
    failed ||= !(lowerLimit > 0)
    tested[set] = { p: ps[set]!, lowerLimit, verdict: failed ? 'no evidence' : 'skill' }
  })
  return tested
}
