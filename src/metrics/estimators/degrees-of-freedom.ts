import type { Clusters } from '../clusters.js'
import type { Contribution } from './estimator-figure.js'

/** The square of the normal quantile of a 95 % interval. */
const Z2 = 1.959963984540054 ** 2

/**
 * As how many units of normal spread the clusters count for when percentiles of their bootstrap are expanded by Student's quantile. A
 * few large costs, or a few large weights, then count as few. The spread is that of each cluster's share in the estimate,
 * top - estimate x bottom.
 *
 * Of a mean of m units the percentiles at the normal quantile z hold the truth less often than they say, by 2 z phi(z) / m times
 * (z^2 + 3) / 4 + kurtosis (z^2 + 5) / 24 + skewness^2 (z^4 + 2 z^2 - 9) / 72, with the kurtosis in excess of the normal one (from the
 * Edgeworth expansions of Hall 1988, https://doi.org/10.1214/aos/1176350933; his "backwards" percentiles). Student's quantile for m normal
 * units repairs the first term, and all three if m is divided by 1 + (the others / the first): 1 + 0.215 kurtosis + 0.109 skewness^2.
 *
 * The degrees of freedom of the variance, 2 m / (kurtosis + 2), would be too few: where an estimate is large by a few large values its
 * variance is, too, and percentiles lean that way by themselves.
 */
export function unitsOfSpread(contribution: Contribution, clusters: Pick<Clusters, 'units' | 'of'>): number {
  const { units } = clusters
  let [second, third, fourth] = [0, 0, 0]
  for (const share of sharesOf(contribution, clusters)) {
    const square = share * share
    second += square
    third += square * share
    fourth += square * square
  }
  if (!(second > 0)) return units
  const skewness2 = (units * third * third) / second ** 3
  const kurtosis = (units * fourth) / second ** 2 - 3
  const excess = (kurtosis * (Z2 + 5)) / 6 + (skewness2 * (Z2 * Z2 + 2 * Z2 - 9)) / 18
  return units / (1 + excess / (Z2 + 3))
}

/** What each cluster adds to the estimate beyond its mean; together 0. */
function sharesOf(
  { top, bottom }: Contribution,
  { units, of }: Pick<Clusters, 'units' | 'of'>,
): Float64Array {
  const estimate = sum(top) / sum(bottom)
  const shares = new Float64Array(units)
  for (let row = 0; row < of.length; row++) {
    const cluster = of[row] ?? 0
    shares[cluster] = (shares[cluster] ?? 0) + (top[row] ?? 0) - estimate * (bottom[row] ?? 0)
  }
  return shares
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
