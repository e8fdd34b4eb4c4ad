import type { Point } from './result.js'

/** Costs closer than this share are the same cost: sums in another order differ in their last bits. */
const SAME_COST = 1e-12

/**
 * The non-decreasing upper convex hull of (cost, quality) points: what fixed mixes of single models reach with no look
 * at the prompt. Starts at the cheapest point (the better one of equals) and ends at the best quality (the cheapest of
 * equals), costs and qualities strictly rising, slopes strictly falling. O(n log n).
 *
 * Andrew's monotone chain: https://en.wikibooks.org/wiki/Algorithm_Implementation/Geometry/Convex_hull/Monotone_chain.
 * The zero router of RouterBench (https://arxiv.org/abs/2403.12031, section 3).
 */
export function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = [...points].sort((a, b) => a.costUsd - b.costUsd || b.quality - a.quality)
  const hull: Point[] = []
  for (const point of sorted) {
    const last = hull.at(-1)
    if (last !== undefined && point.quality <= last.quality) continue
    while (!isTurnDown(hull.at(-2), hull.at(-1), point)) hull.pop()
    hull.push(point)
  }
  return hull
}

/** True when `middle` lies strictly above the chord from `from` to `to`, or there is no chord yet. */
function isTurnDown(from: Point | undefined, middle: Point | undefined, to: Point): boolean {
  if (from === undefined || middle === undefined) return true
  const rise = (middle.quality - from.quality) * (to.costUsd - from.costUsd)
  return rise > (to.quality - from.quality) * (middle.costUsd - from.costUsd)
}

/**
 * The quality that the best fixed mix reaches at a mean cost per request: linear between hull points, flat to the right
 * of the last one, null to the left of the first one (no mix is that cheap) and for an empty hull.
 */
export function qualityOnHull(hull: readonly Point[], costUsd: number): number | null {
  const first = hull[0]
  if (first === undefined || !(costUsd >= first.costUsd * (1 - SAME_COST))) return null
  let left = first
  for (const right of hull) {
    if (right.costUsd > costUsd) return between(left, right, costUsd)
    left = right
  }
  return left.quality
}

function between(left: Point, right: Point, costUsd: number): number {
  const width = right.costUsd - left.costUsd
  if (!(width > 0)) return left.quality
  const share = Math.max(0, (costUsd - left.costUsd) / width)
  return left.quality + share * (right.quality - left.quality)
}
