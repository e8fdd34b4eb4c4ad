import { convexHull, qualityOnHull } from '../hull.js'
import type { Point } from '../result.js'
import { areaUnder } from './area-under.js'

/** A range of mean costs per request, in dollars. */
export interface CostRange {
  readonly fromUsd: number
  readonly toUsd: number
}

/**
 * Average improvement in quality: the mean height of the router's frontier over a range of costs,
 *
 *     AIQ = 1 / (c_max - c_min) * integral from c_min to c_max of hull(c) dc
 *
 * with the non-decreasing convex hull of the router's points, flat to its right. A quality in [0, 1]: it does not depend
 * on the unit of cost, but it does on the range, so routers are comparable only over one that all of them were given,
 * usually that of the single models. Linear in cost, so that the cheap end, where routers differ most, weighs little.
 * Null where the range has no width or starts left of the hull, where no mix is that cheap; a router that can also be
 * set to the cheapest model has that as a point.
 *
 * RouterBench (https://arxiv.org/abs/2403.12031, section 3) in the paper's form; the published code divides by something
 * else: `aiqRouterbenchCode`.
 */
export function aiq(points: readonly Point[], { fromUsd, toUsd }: CostRange): number | null {
  if (!(fromUsd >= 0)) throw new RangeError(`fromUsd must be at least 0, got ${fromUsd}`)
  if (!(toUsd >= fromUsd && toUsd < Infinity)) {
    throw new RangeError(`toUsd must be a finite number of at least fromUsd (${fromUsd}), got ${toUsd}`)
  }
  const hull = convexHull(points)
  const first = qualityOnHull(hull, fromUsd)
  const last = qualityOnHull(hull, toUsd)
  if (first === null || last === null || fromUsd === toUsd) return null
  const between = hull.filter(({ costUsd }) => costUsd > fromUsd && costUsd < toUsd)
  const area = areaUnder([
    { x: fromUsd, y: first },
    ...between.map(({ costUsd, quality }) => ({ x: costUsd, y: quality })),
    { x: toUsd, y: last },
  ])
  return area / (toUsd - fromUsd)
}
