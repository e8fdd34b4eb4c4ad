import { convexHull, qualityOnHull } from '../../metrics/hull.js'
import type { Point } from '../../metrics/result.js'
import { cell } from './cells.js'

/** By model, one column each; rows are those where all is known. Costs in US dollars. */
export interface WeighedModels {
  readonly quality: readonly Float64Array[]
  readonly costUsd: readonly Float64Array[]
  /** Predicted by those that had not seen the request. */
  readonly success: readonly Float64Array[]
  readonly expectedUsd: readonly Float64Array[]
}

/**
 * The cost weight (chance of success a dollar) for `utility`, of the slopes of the hull of single models: for calibrated chances
 * each is the weight that is best at its segment's price of quality. Of them the one with the largest gain over the hull times what
 * its segment spans of quality, so that a large gain between two models that hardly differ is not preferred. Null with one model.
 */
export function chooseCostWeight(models: WeighedModels): number | null {
  const rows = models.quality[0]?.length ?? 0
  const hull = convexHull(
    models.quality.map((quality, model) => ({
      label: String(model),
      quality: mean(quality),
      costUsd: mean(models.costUsd[model] as Float64Array),
    })),
  )
  let best: { weight: number; worth: number } | null = null
  for (let i = 1; i < hull.length && rows > 0; i++) {
    const [low, high] = [hull[i - 1] as Point, hull[i] as Point]
    const span = high.quality - low.quality
    const weight = span / (high.costUsd - low.costUsd)
    const worth = Math.max(0, gainAt(models, weight, hull, rows)) * span
    if (best === null || worth > best.worth) best = { weight, worth }
  }
  return best === null ? null : Number(best.weight.toPrecision(6))
}

function gainAt(models: WeighedModels, weight: number, hull: readonly Point[], rows: number): number {
  let [quality, costUsd] = [0, 0]
  for (let row = 0; row < rows; row++) {
    const chosen = mostUseful(models, weight, row)
    quality += cell(models.quality, chosen, row) / rows
    costUsd += cell(models.costUsd, chosen, row) / rows
  }
  return quality - (qualityOnHull(hull, Math.max(costUsd, hull[0]?.costUsd ?? 0)) ?? quality)
}

function mostUseful({ success, expectedUsd }: WeighedModels, weight: number, row: number): number {
  let [best, most] = [0, -Infinity]
  success.forEach((chances, model) => {
    const utility = (chances[row] as number) - weight * cell(expectedUsd, model, row)
    if (utility > most) [best, most] = [model, utility]
  })
  return best
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
