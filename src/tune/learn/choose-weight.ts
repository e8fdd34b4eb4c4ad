import { convexHull } from '../../metrics/hull.js'
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

/** A gain over fixed mixes that would not surprise: gains are pulled to 0 as if they were drawn with this deviation. */
const USUAL_GAIN = 0.01

/**
 * The cost weight (chance of success a dollar) for `utility`, of the slopes of the hull of single models: for calibrated chances
 * each is the weight that is best at its segment's price of quality. Of them the one that saves most dollars at equal quality: its
 * gain over the hull at that price (gain / slope), after each gain was pulled to 0 by what its standard error makes of it (empirical
 * Bayes: gain x t^2 / (t^2 + se^2) with t = one point), so that neither pennies nor noise are preferred. Null where no weight
 * gains anything, as with one model.
 */
export function chooseCostWeight(models: WeighedModels): number | null {
  const hull = hullOf(models)
  let best: { weight: number; worth: number } | null = null
  for (let i = 1; i < hull.length; i++) {
    const [low, high] = [hull[i - 1] as Point, hull[i] as Point]
    const weight = (high.quality - low.quality) / (high.costUsd - low.costUsd)
    const worth = steadyGain(outcomesUnder(models, weight), models, hull) / weight
    if (worth > (best?.worth ?? 0)) best = { weight, worth }
  }
  return best === null ? null : Number(best.weight.toPrecision(6))
}

/** What a router got, or what each model gave, by row. */
export interface Got {
  readonly quality: Float64Array
  readonly costUsd: Float64Array
}

/** By model, one column each. */
export type GotByModel = Pick<WeighedModels, 'quality' | 'costUsd'>

/** Of the single models, labelled by their place in the list. */
export function hullOf({ quality, costUsd }: GotByModel): readonly Point[] {
  return convexHull(
    quality.map((own, model) => ({
      label: String(model),
      quality: mean(own),
      costUsd: mean(costUsd[model] as Float64Array),
    })),
  )
}

/** The gain over the hull, pulled to 0 by what its standard error makes of it; quality, such as 0.01 for a point. */
export function steadyGain(got: Got, models: GotByModel, hull: readonly Point[]): number {
  const terms = gainTerms(got, models, hull)
  const gain = mean(terms)
  const squaredError = terms.reduce((sum, term) => sum + (term - gain) ** 2, 0) / terms.length ** 2
  return (gain * USUAL_GAIN ** 2) / (USUAL_GAIN ** 2 + squaredError)
}

function outcomesUnder(models: WeighedModels, weight: number): Got {
  const rows = models.quality[0]?.length ?? 0
  const chosen = Int32Array.from({ length: rows }, (_, row) => mostUseful(models, weight, row))
  return {
    quality: Float64Array.from(chosen, (model, row) => cell(models.quality, model, row)),
    costUsd: Float64Array.from(chosen, (model, row) => cell(models.costUsd, model, row)),
  }
}

/**
 * What each request adds to the gain, whose mean is exactly mean quality less the hull at the mean cost: its quality and cost
 * against the mix of the two models between which the mean cost lies, priced at their slope.
 */
function gainTerms({ quality, costUsd }: Got, models: GotByModel, hull: readonly Point[]): Float64Array {
  const { low, high, share, slope } = mixAt(hull, mean(costUsd))
  return quality.map((own, row) => {
    const mixed = (columns: readonly Float64Array[]): number =>
      (1 - share) * cell(columns, low, row) + share * cell(columns, high, row)
    return own - mixed(models.quality) - slope * ((costUsd[row] as number) - mixed(models.costUsd))
  })
}

interface Mix {
  readonly low: number
  readonly high: number
  /** Of the dearer model. */
  readonly share: number
  readonly slope: number
}

/** Beyond the ends of the hull the model there alone, at no price. */
function mixAt(hull: readonly Point[], costUsd: number): Mix {
  const right = hull.findIndex((point) => point.costUsd > costUsd)
  const [low, high] = [hull[right < 0 ? hull.length - 1 : Math.max(0, right - 1)] as Point, hull[right]]
  if (right <= 0 || high === undefined)
    return { low: Number(low.label), high: Number(low.label), share: 0, slope: 0 }
  const width = high.costUsd - low.costUsd
  return {
    low: Number(low.label),
    high: Number(high.label),
    share: (costUsd - low.costUsd) / width,
    slope: (high.quality - low.quality) / width,
  }
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
