import type { Point } from '../result.js'

/**
 * What a request costs in the mean once a wrong answer has a price (a ticket, a person's time),
 *
 *     cost + (1 - quality) * price
 *
 * in US dollars per request. It turns cost and quality into one figure whose weight can be argued about in money:
 * https://arxiv.org/abs/2507.03834, its price of error without those of latency and of abstaining.
 * @throws RangeError when the price is no amount of dollars.
 */
export function failurePricedCost(
  { costUsd, quality }: Pick<Point, 'costUsd' | 'quality'>,
  priceUsd: number,
): number {
  if (!(priceUsd >= 0 && priceUsd < Infinity))
    throw new RangeError(`priceUsd must be a finite number of at least 0, got ${priceUsd}`)
  return costUsd + (1 - quality) * priceUsd
}
