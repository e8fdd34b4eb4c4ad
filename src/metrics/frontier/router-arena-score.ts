import type { Point } from '../result.js'

/** Weight of cost beside accuracy. */
const BETA = 0.1
/** The ends of the cost scale, in dollars per 1,000 requests. */
const MAX_COST = 200
const MIN_COST = 0.0044

/**
 * RouterArena's score of accuracy and cost: a weighted harmonic mean, mostly of accuracy,
 *
 *     S = (1 + beta) * A * C / (beta * A + C),   beta = 0.1
 *     C = (log2 c_max - log2 c) / (log2 c_max - log2 c_min)
 *
 * A is the mean quality, c the cost in dollars per 1,000 requests, c_max = 200 and c_min = 0.0044. In [0, 1]; the
 * leaderboard prints it times 100. Quoted to be comparable with that leaderboard: its scale is fixed, its requests are
 * not those of any other log. Null off the cost scale (the published code gives values outside [0, 1] there).
 *
 * RouterArena (https://arxiv.org/abs/2510.00202); constants as in `compute_arena_score` of
 * https://github.com/RouteWorks/RouterArena.
 */
export function routerArenaScore({ costUsd, quality }: Point): number | null {
  if (!(quality >= 0 && quality <= 1)) throw new RangeError(`quality must be in [0, 1], got ${quality}`)
  const cost = costUsd * 1000
  if (!(cost >= MIN_COST && cost <= MAX_COST)) return null
  const cheapness = Math.log2(MAX_COST / cost) / Math.log2(MAX_COST / MIN_COST)
  if (quality === 0 || cheapness === 0) return 0
  return ((1 + BETA) * quality * cheapness) / (BETA * quality + cheapness)
}
