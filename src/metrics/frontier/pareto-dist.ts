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
  const place = ({ costUsd, quality }: Point): Place => ({ x: x(Math.log(costUsd)), y: y(quality) })
  const front = frontOf(all).map(place)
  const distance = (a: Place, b: Place): number => Math.abs(a.x - b.x) + Math.abs(a.y - b.y)
  return mean(router.map(place).map((point) => min(front.map((other) => distance(point, other)))))
}

interface Place {
  readonly x: number
  readonly y: number
}

/** Points that no other is as cheap as and as good as, without being the same; of the same ones, one. */
function frontOf(points: readonly Point[]): readonly Point[] {
  let best = -Infinity
  return [...points]
    .sort((a, b) => a.costUsd - b.costUsd || b.quality - a.quality)
    .filter(({ quality }) => {
      if (quality <= best) return false
      best = quality
      return true
    })
}

function scale(values: number[]): (value: number) => number {
  const [low, high] = extent(values)
  return (value) => (high > low ? (value - low) / (high - low) : 0)
}
