import { areaUnder } from './area-under.js'
import { gapShare } from './gap-share.js'
import { fullCurve, type CurvePoint, type ModelPair } from './two-model-curve.js'

/**
 * Performance gap recovered: how much of the way from the weak model's quality to the strong one's a router goes,
 *
 *     PGR = (r - weak) / (strong - weak)
 *
 * 0 is the weak model alone, 1 the strong one; above 1 it beats the strong one, below 0 it is worse than the weak one.
 * Null where the strong model is no better, so that there is no gap.
 *
 * RouteLLM (https://arxiv.org/abs/2406.18665, metrics).
 */
export function pgr(quality: number, { weak, strong }: ModelPair): number | null {
  return gapShare(quality - weak.quality, strong.quality - weak.quality)
}

/**
 * Average performance gap recovered: PGR averaged over the share of strong calls from 0 to 1,
 *
 *     APGR = integral from 0 to 1 of PGR(share) d share
 *
 * linear between the router's points, with the models alone at both ends. A router that tosses coins has 0.5, whatever
 * the models. Null where the strong model is no better than the weak one.
 *
 * RouteLLM (https://arxiv.org/abs/2406.18665, equation 7; equation 8 approximates it by ten shares). Its code
 * (`evaluate.py` in https://github.com/lm-sys/RouteLLM) integrates over the shares that its thresholds happen to reach.
 */
export function apgr(points: readonly CurvePoint[], pair: ModelPair): number | null {
  const corners = fullCurve(points, pair).map(({ strongShare, quality }) => ({ x: strongShare, y: quality }))
  return pgr(areaUnder(corners), pair)
}
