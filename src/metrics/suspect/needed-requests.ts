import type { Interval } from '../result.js'

/** Quantiles of the normal distribution: two-sided and one-sided 95 %, and a power of 80 %. */
const SURE = 1.96
const ONE_SIDED = 1.6449
const POWER = 0.8416

/**
 * How many requests (or sessions, users: what intervals are drawn from) a gain needs so that 80 % of such logs show it
 * above 0 at 95 %: units x ((1.96 + 0.84) x standard error / gain)^2, the standard error read from the 95 % interval of
 * `units`. Source: https://en.wikipedia.org/wiki/Power_of_a_test (z test). Infinity for a gain of 0.
 */
export function neededRequests(gain: number, ci: Interval, units: number): number {
  return forPower(gain, (ci[1] - ci[0]) / (2 * SURE), units, SURE)
}

/**
 * How many requests put a one-sided 95 % limit on the right side of a bound in 80 % of such logs, where what was seen is
 * `distance` from the bound: the formula above with 1.64. A standard error between sessions or users brings their design
 * effect along. Infinity for a distance of 0.
 */
export function neededForLimit(distance: number, standardError: number, requests: number): number {
  return forPower(distance, standardError, requests, ONE_SIDED)
}

function forPower(effect: number, error: number, units: number, sure: number): number {
  return effect === 0 ? Infinity : Math.ceil(units * (((sure + POWER) * error) / effect) ** 2)
}
