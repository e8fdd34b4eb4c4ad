import type { Point } from '../../../src/metrics/result.js'
import { hullOf, overHull } from './model-hull.js'
import { route, type Predictions, type WeightRule } from './router.js'
import type { RouterSet } from './router-set.js'

/**
 * The slopes of the hull of the training rows, at most five: for calibrated values the best weight on a segment is its
 * slope. A gain counts by the quality that its segment spans, so that folds do not choose different ends of the hull.
 */
export const segmentSlopes: WeightRule = {
  weights: (hull) => segmentsOf(hull).map(({ slope }) => slope),
  worth: (gain, weight, hull) =>
    Math.max(0, gain) * (segmentsOf(hull).find(({ slope }) => slope === weight)?.span ?? 0),
}

const GRID_POINTS = 41

/** For values that are not calibrated: a call of the dearest model on the hull costs 0.001 to 10 of quality, in even steps of log. */
export const weightGrid: WeightRule = {
  weights: (hull) =>
    Array.from(
      { length: GRID_POINTS },
      (_, i) => 10 ** ((4 * i) / (GRID_POINTS - 1) - 3) / hull.at(-1)!.costUsd,
    ),
  worth: (gain) => gain,
}

/** The weight that is worth most on the training rows, the first of equals. */
export function chooseWeight(
  set: RouterSet,
  rows: readonly number[],
  { train, rule }: { readonly train: Predictions; readonly rule: WeightRule },
): number {
  const hull = hullOf(set, rows)
  let [best, most] = [0, -Infinity]
  for (const weight of rule.weights(hull)) {
    let [quality, costUsd] = [0, 0]
    rows.forEach((row, at) => {
      const model = set.models[route(train, weight, at)]!
      quality += model.quality[row]!
      costUsd += model.costUsd[row]!
    })
    const worth = rule.worth(overHull(hull, quality / rows.length, costUsd / rows.length), weight, hull)
    if (worth > most) [best, most] = [weight, worth]
  }
  return best
}

function segmentsOf(hull: readonly Point[]): { readonly slope: number; readonly span: number }[] {
  return hull.slice(1).map((to, index) => {
    const span = to.quality - hull[index]!.quality
    return { slope: span / (to.costUsd - hull[index]!.costUsd), span }
  })
}
