/** Empty bins count as half a value in a thousand, or their logarithm would be infinite. */
const LEAST_SHARE = 0.0005

/**
 * Population stability index of two distributions over the same bins: the sum of (p - q) ln(p / q), which is Kullback and
 * Leibler's divergence both ways. Siddiqi (Credit Risk Scorecards, 2006) calls below 0.1 stable and above 0.25 a shift.
 */
export function populationStability(expected: readonly number[], seen: readonly number[]): number {
  return expected.reduce((sum, share, bin) => {
    const [p, q] = [Math.max(LEAST_SHARE, seen[bin] ?? 0), Math.max(LEAST_SHARE, share)]
    return sum + (p - q) * Math.log(p / q)
  }, 0)
}
