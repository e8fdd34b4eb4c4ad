/** Below this no point estimate is given: limits of 95 % from so few outcomes are about a tenth of the range to either side. */
export const MIN_EFFECTIVE = 100

/**
 * As how many equally weighted outcomes weighted ones count: (sum of weights)^2 / sum of their squares (Kish 1965, Survey
 * Sampling, section 11.7). 0 without any weight.
 */
export function effectiveSampleSize(weights: Float64Array): number {
  let sum = 0
  let squares = 0
  for (const weight of weights) {
    sum += weight
    squares += weight * weight
  }
  return squares === 0 ? 0 : (sum * sum) / squares
}
