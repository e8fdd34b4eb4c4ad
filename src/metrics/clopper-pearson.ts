import { betaQuantile } from './beta-quantile.js'
import type { Interval } from './result.js'

/**
 * The exact binomial interval for a share, from `successes` among `trials`: never too narrow, and never a single point,
 * so use it where a bootstrap sees no variation at all.
 * Clopper & Pearson 1934, https://doi.org/10.1093/biomet/26.4.404, in its beta form.
 */
export function clopperPearson(successes: number, trials: number, level = 0.95): Interval {
  if (trials <= 0) return [0, 1]
  const tail = (1 - level) / 2
  const low = successes <= 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1)
  const high = successes >= trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes)
  return [low, high]
}
