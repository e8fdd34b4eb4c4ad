import { extent, mean, min } from 'simple-statistics'
import type { Point } from '../result.js'

/**
 * ParetoDist: how far a router's settings lie from the Pareto front of everything that was measured,
 *
 *     mean over the router's points of the least |dx| + |dy| to a point of the front
 *
 * with x = log cost and y = quality, each scaled to [0, 1] over all points, the router's and the others' (single models,
 * other routers). The front is the points that none matches or beats in both. Without unit, 0 (all on the front) to 2;
 * smaller is better. It sees points only, not the mixes between them, and a scale set by the worst point measured: one
 * more bad model makes every router look better. An axis on which all are equal counts 0. Null without points of the
 * router, and where a cost is 0, which has no logarithm.
 *
 * LLMRouterBench (https://arxiv.org/abs/2601.07206, section 6). Its repository
 * (https://github.com/ynulihao/LLMRouterBench) says "average distance to the Pareto frontier" and has no code for it; the
 * norm and the scaling are those that a public reimplementation gives as the paper's.
 */
export function paretoDist(router: readonly Point[], others: readonly Point[]): number | null {
  const all = [...router, ...others]
  if (router.length === 0 || all.some(({ costUsd }) => costUsd === 0)) return null
  const wrong = all.find(({ costUsd }) => !(costUsd > 0))
  if (wrong !== undefined) throw new RangeError(`costUsd must be at least 0, got ${wrong.costUsd}`)
  const x = scale(all.map(({ costUsd }) => Math.log(costUsd)))
  const y = scale(all.map(({ quality }) => quality))
  const front = all.filter((point) => !all.some((other) => isBetter(other, point)))
  const distance = (a: Point, b: Point): number =>
    Math.abs(x(Math.log(a.costUsd)) - x(Math.log(b.costUsd))) + Math.abs(y(a.quality) - y(b.quality))
  return mean(router.map((point) => min(front.map((other) => distance(point, other)))))
}

/** As cheap and as good, and not the same. */
function isBetter(other: Point, point: Point): boolean {
  return (
    other.costUsd <= point.costUsd &&
    other.quality >= point.quality &&
    (other.costUsd < point.costUsd || other.quality > point.quality)
  )
}

function scale(values: number[]): (value: number) => number {
  const [low, high] = extent(values)
  return (value) => (high > low ? (value - low) / (high - low) : 0)
}
