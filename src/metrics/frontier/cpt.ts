import { min } from 'simple-statistics'
import { pgr } from './apgr.js'
import { fullCurve, whereReached, type CurvePoint, type ModelPair } from './two-model-curve.js'

/**
 * Call-performance threshold, CPT(x %): the smallest share of strong calls, in [0, 1], at which the router recovers x
 * percent of the gap between the two models (`pgr`). Linear between the router's points, with the models alone at both
 * ends; where the curve falls again, its first crossing counts. A router that tosses coins has x / 100. Null where the
 * strong model is no better than the weak one.
 *
 * RouteLLM (https://arxiv.org/abs/2406.18665, metrics).
 */
export function cpt(points: readonly CurvePoint[], pair: ModelPair, percent: number): number | null {
  const curve = fullCurve(points, pair)
  const quality = recoveredQuality(pair, percent)
  return quality === null ? null : min(whereReached(curve, quality).map(({ strongShare }) => strongShare))
}

/** The quality that recovers a percentage of the gap between two models; null where there is no gap. */
export function recoveredQuality(pair: ModelPair, percent: number): number | null {
  if (!(percent > 0 && percent <= 100)) throw new RangeError(`percent must be in (0, 100], got ${percent}`)
  const { weak, strong } = pair
  if (pgr(strong.quality, pair) === null) return null
  // At 100 % the sum could end in another last bit than the strong model's own quality, which no point would reach.
  return percent === 100 ? strong.quality : weak.quality + (percent / 100) * (strong.quality - weak.quality)
}
