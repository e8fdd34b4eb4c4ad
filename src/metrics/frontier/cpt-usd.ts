import { min } from 'simple-statistics'
import { recoveredQuality } from './cpt.js'
import { fullCurve, whereReached, type CurvePoint, type ModelPair } from './two-model-curve.js'

/**
 * Call-performance threshold in money: the smallest mean cost per request, in dollars, at which the router recovers x
 * percent of the gap between the two models. `cpt` counts calls as if all cost the same; a router that sends the long
 * prompts to the strong model has a small share of calls and a large bill. Linear between the router's points in share,
 * cost and quality alike, with the models alone at both ends. Null where the strong model is no better than the weak one.
 *
 * After RouteLLM's CPT (https://arxiv.org/abs/2406.18665, metrics), with cost in place of the share of calls.
 */
export function cptUsd(points: readonly CurvePoint[], pair: ModelPair, percent: number): number | null {
  const curve = fullCurve(points, pair)
  const quality = recoveredQuality(pair, percent)
  return quality === null ? null : min(whereReached(curve, quality).map(({ costUsd }) => costUsd))
}
