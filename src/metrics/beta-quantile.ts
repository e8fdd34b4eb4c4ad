import { gammaln } from 'simple-statistics'

/**
 * The regularised incomplete beta function I_x(a, b): the chance that a Beta(a, b) variable is at most x.
 * Continued fraction by Lentz's method: Press et al., Numerical Recipes, 3rd ed., section 6.4;
 * https://dlmf.nist.gov/8.17.E22. About 1e-10 relative.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  return (Math.exp(logFront) * continuedFraction(x, a, b)) / a
}

/** The x with I_x(a, b) = probability, by bisection to the last bits. */
export function betaQuantile(probability: number, a: number, b: number): number {
  let low = 0
  let high = 1
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (incompleteBeta(middle, a, b) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The t that a Student variable with these degrees of freedom exceeds in absolute value with chance `alpha`. */
export function studentQuantile(alpha: number, degrees: number): number {
  const x = betaQuantile(alpha, degrees / 2, 0.5)
  return Math.sqrt((degrees * (1 - x)) / x)
}

const TINY = 1e-300

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    result *= d * c
    if (Math.abs(d * c - 1) < 1e-14) break
  }
  return result
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

/** Stirling's series needs a large argument: shift up by the recurrence first. */
function logGamma(value: number): number {
  let shift = 0
  let x = value
  for (; x < 15; x++) shift += Math.log(x)
  return gammaln(x) - shift
}
