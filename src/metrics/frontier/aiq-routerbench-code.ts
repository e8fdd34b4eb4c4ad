import { convexHull } from '../hull.js'
import type { Point } from '../result.js'
import { areaUnder } from './area-under.js'

/**
 * AIQ as RouterBench's published code computes it, for comparison with figures that were made with that code:
 *
 *     1 / c_max * integral from c_first to c_max of hull(c) dc
 *
 * where c_first is the cost of this router's own cheapest point and `maxCostUsd` (c_max) the greatest cost on the hulls
 * of all compared routers, up to which the last quality is drawn flat. The area starts at c_first and is divided by
 * c_max, as if the quality of anything cheaper were 0: the value is `aiq` over that range times 1 - c_first / c_max, and
 * a router loses by starting at a higher cost. A quality in [0, 1]. Null without points and where c_max is 0.
 *
 * `calc_AIQ` in https://github.com/withmartian/routerbench; the paper is https://arxiv.org/abs/2403.12031. The code's
 * own search for the hull tries all pairs of points; on RouterBench's data its area is the same.
 */
export function aiqRouterbenchCode(points: readonly Point[], maxCostUsd: number): number | null {
  const hull = convexHull(points)
  const last = hull.at(-1)
  if (last === undefined) return null
  if (!(maxCostUsd >= last.costUsd && maxCostUsd < Infinity)) {
    throw new RangeError(
      `maxCostUsd must be a finite number of at least the hull's last cost (${last.costUsd}), got ${maxCostUsd}`,
    )
  }
  const area = areaUnder([
    ...hull.map(({ costUsd, quality }) => ({ x: costUsd, y: quality })),
    { x: maxCostUsd, y: last.quality },
  ])
  return maxCostUsd === 0 ? null : area / maxCostUsd
}
