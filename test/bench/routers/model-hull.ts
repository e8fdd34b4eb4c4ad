import { convexHull, qualityOnHull } from '../../../src/metrics/hull.js'
import type { Point } from '../../../src/metrics/result.js'
import { meanOf, type RouterSet } from './router-set.js'

/** Fixed mixes of the single models on these requests. */
export function hullOf({ models }: RouterSet, rows: readonly number[]): readonly Point[] {
  return convexHull(
    models.map(({ id, quality, costUsd }) => ({
      label: id,
      costUsd: meanOf(costUsd, rows),
      quality: meanOf(quality, rows),
    })),
  )
}

/** A gain; what is cheaper than any mix is held against the cheapest one. */
export function overHull(hull: readonly Point[], quality: number, costUsd: number): number {
  return quality - (qualityOnHull(hull, Math.max(costUsd, hull[0]!.costUsd)) ?? NaN)
}
