import { describe, expect, it } from 'vitest'
import { unitsOfSpread } from '../../../src/metrics/estimators/degrees-of-freedom.js'
import { standAlone } from './known-matrix.js'

function unitsOf(values: Float64Array): number {
  return unitsOfSpread(
    { top: values, bottom: new Float64Array(values.length).fill(1) },
    standAlone(values.length),
  )
}

/** So many quantiles of a distribution, evenly spaced. */
function quantiles(count: number, quantile: (share: number) => number): Float64Array {
  return Float64Array.from({ length: count }, (_, place) => quantile((place + 0.5) / count))
}

/**
 * Percentiles of 95 % miss in proportion to 0.72 kurtosis + 0.37 skewness^2 + 3.35, which is 1.96 times the bracket in the source and
 * on the scale of table 1 of Hall 1988 (https://doi.org/10.1214/aos/1176350933).
 */
describe('as how many normal units skewed and heavy-tailed ones count', () => {
  const COUNT = 200_000
  const counted = (kurtosis: number, skewness2: number): number =>
    1 / (1 + (0.72 * kurtosis + 0.37 * skewness2) / 3.35)
  const exponential = (share: number): number => -Math.log(1 - share)

  it.each([
    ['uniform', (share: number) => share, -1.2, 0],
    ['exponential', exponential, 6, 4],
    [
      'Laplace',
      (share: number) => (share < 0.5 ? -exponential(1 - 2 * share) : exponential(2 * share - 1)),
      3,
      0,
    ],
    [
      'of 5 % successes',
      (share: number) => (share < 0.05 ? 1 : 0),
      1 / (0.05 * 0.95) - 6,
      0.9 ** 2 / (0.05 * 0.95),
    ],
  ] as const)('%s', (_, quantile, kurtosis, skewness2) => {
    const units = unitsOf(quantiles(COUNT, quantile)) / COUNT
    expect(Math.abs(units / counted(kurtosis, skewness2) - 1)).toBeLessThan(0.02)
  })

  it('all alike count as many as they are', () => {
    expect(unitsOf(new Float64Array(30).fill(2))).toBe(30)
  })

  it('what belongs together is one', () => {
    const values = quantiles(60, exponential)
    const twice = Float64Array.from({ length: 120 }, (_, row) => (values[row >> 1] ?? 0) / 2)
    const pairs = { units: 60, of: Int32Array.from(twice, (_, row) => row >> 1) }
    const bottom = new Float64Array(120).fill(0.5)
    expect(unitsOfSpread({ top: twice, bottom }, pairs)).toBeCloseTo(unitsOf(values), 9)
  })
})
