import type { Clusters } from '../clusters.js'
import type { Contribution } from './estimator-figure.js'

/**
 * As how many units of normal spread the clusters count for when an interval needs Student's quantile: 1 + 2 m / (kurtosis - 1) for
 * m clusters, which gives the estimated variance the degrees of freedom of its own spread (Box 1953,
 * https://doi.org/10.1093/biomet/40.3-4.318). A few large costs, or a few large weights, then count as few. The spread is that of
 * each cluster's share in the estimate, top - estimate x bottom.
 */
export function unitsOfSpread(
  { top, bottom }: Contribution,
  { units, of }: Pick<Clusters, 'units' | 'of'>,
): number {
  const estimate = sum(top) / sum(bottom)
  const shares = new Float64Array(units)
  for (let row = 0; row < of.length; row++) {
    const cluster = of[row] ?? 0
    shares[cluster] = (shares[cluster] ?? 0) + (top[row] ?? 0) - estimate * (bottom[row] ?? 0)
  }
  let [second, fourth] = [0, 0]
  for (const share of shares) {
    const square = share * share
    second += square
    fourth += square * square
  }
  const excess = (units * fourth) / (second * second) - 1
  return excess > 0 ? 1 + (2 * units) / excess : units
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
