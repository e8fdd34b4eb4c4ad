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

const GRID_POINTS = 40

/** For values that are not calibrated: even steps of log weight from a tenth of the flattest slope to ten times the steepest. */
export const weightGrid: WeightRule = {
  weights: (hull) => {
    const slopes = segmentsOf(hull).map(({ slope }) => slope)
    const [low, high] = [Math.log(Math.min(...slopes) / 10), Math.log(Math.max(...slopes) * 10)]
    return Array.from({ length: GRID_POINTS }, (_, i) =>
      Math.exp(low + ((high - low) * i) / (GRID_POINTS - 1)),
    )
  },
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
