import { convexHull } from '../hull.js'
import type { Point } from '../result.js'

/**
 * What a request costs in the mean once a failed answer has a price,
 *
 *     cost + (1 - quality) * price
 *
 * in dollars per request, for a price of one failure in dollars (a ticket, a retry by a person). It turns cost and
 * quality into one figure whose weight can be argued about in money.
 *
 * Economic evaluation of LLMs (https://arxiv.org/abs/2507.03834), its price of error without those of latency and of
 * abstaining.
 */
export function failurePricedCost({ costUsd, quality }: Point, failurePriceUsd: number): number {
  if (!(failurePriceUsd >= 0 && failurePriceUsd < Infinity)) {
    throw new RangeError(`failurePriceUsd must be a finite number of at least 0, got ${failurePriceUsd}`)
  }
  return costUsd + (1 - quality) * failurePriceUsd
}

/** Where a point has the least failure-priced cost. */
export interface FailurePriceRange {
  readonly point: Point
  /** The price of a failure from which on it is the best. */
  readonly fromUsd: number
  /** Where the next one is as good; null: it stays the best. */
  readonly toUsd: number | null
}

/**
 * The best model or policy for each price of a failure, by rising price: the points of the hull, each from the price at
 * which its better quality pays for itself against its cheaper neighbour,
 *
 *     break-even = (cost of the next - cost) / (quality of the next - quality)
 *
 * the inverse slope of the hull between them. Points below the hull are best at no price. Empty without points.
 */
export function bestByFailurePrice(points: readonly Point[]): readonly FailurePriceRange[] {
  const hull = convexHull(points)
  let fromUsd = 0
  return hull.map((point, index) => {
    const next = hull[index + 1]
    const toUsd = next === undefined ? null : (next.costUsd - point.costUsd) / (next.quality - point.quality)
    const range = { point, fromUsd, toUsd }
    fromUsd = toUsd ?? fromUsd
    return range
  })
}
