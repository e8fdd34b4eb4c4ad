import type { Interval } from '../result.js'

/** Quantiles of the normal distribution: two-sided 95 %, and a power of 80 %. */
const SURE = 1.96
const POWER = 0.8416

/**
 * How many requests (or sessions, users: what intervals are drawn from) a gain needs so that 80 % of such logs show it
 * above 0 at 95 %: units x ((1.96 + 0.84) x standard error / gain)^2, the standard error read from the 95 % interval of
 * `units`. Source: https://en.wikipedia.org/wiki/Power_of_a_test (z test). Infinity for a gain of 0.
 */
export function neededRequests(gain: number, ci: Interval, units: number): number {
  const error = (ci[1] - ci[0]) / (2 * SURE)
  return gain === 0 ? Infinity : Math.ceil(units * (((SURE + POWER) * error) / gain) ** 2)
}
