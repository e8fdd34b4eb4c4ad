import { convexHull, qualityOnHull } from '../hull.js'
import type { Point } from '../result.js'
import { gapShare } from './gap-share.js'

export interface OracleGap {
  /** Quality minus that of the best fixed mix at the same cost. */
  readonly gain: number
  /** Quality of the oracle at the same cost minus quality: what is left to win. */
  readonly gap: number
  /** gain / (gain + gap): 0 on the hull, 1 at the oracle; null where the oracle is no better than the hull. */
  readonly recovered: number | null
}

/**
 * Where a policy stands between chance and hindsight at its own cost,
 *
 *     recovered = (q - hull(c)) / (oracle(c) - hull(c))
 *
 * hull(c) is the best fixed mix of the single models, oracle(c) the best mix of them and the oracle: from the oracle's
 * cost on that is the oracle itself, below it a mix that hindsight can reach for certain (it could do better still, so
 * there the share is an upper bound). Qualities in [0, 1]. Null where the policy is cheaper than every single model.
 *
 * The oracle is that of RouterBench (https://arxiv.org/abs/2403.12031, section 4.2), the baseline its zero router.
 */
export function oracleGap(policy: Point, singles: readonly Point[], oracle: Point): OracleGap | null {
  const onHull = qualityOnHull(convexHull(singles), policy.costUsd)
  const best = qualityOnHull(convexHull([...singles, oracle]), policy.costUsd)
  if (onHull === null || best === null) return null
  const gain = policy.quality - onHull
  return { gain, gap: best - policy.quality, recovered: gapShare(gain, best - onHull) }
}
