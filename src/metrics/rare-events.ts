import { clopperPearson } from './clopper-pearson.js'
import type { Interval } from './result.js'

/** Under this many deviations from the common value a bootstrap knows too little of them. */
const RARE = 20

/** The values that an observation can take. */
export interface Range {
  readonly low: number
  readonly high: number
}

/**
 * What the mean can be when all of `units` observations were the same: values never seen have at most the exact
 * binomial chance, and may be as far away as the range allows. For 0/1 values this is Clopper-Pearson.
 */
export function identicalInterval(value: number, units: number, range: Range, level = 0.95): Interval {
  const unseen = clopperPearson(0, units, level)[1]
  return [value - unseen * (value - range.low), value + unseen * (range.high - value)]
}

/**
 * An interval for a mean most of whose observations share one value (no errors at all, hardly a difference): the exact
 * binomial chance of a deviation up and down, times its observed size, or the range where none was seen. Undefined when
 * deviations are frequent enough for the bootstrap.
 */
export function rareEventInterval(values: Float64Array, range: Range): Interval | undefined {
  if (values.length === 0) return undefined
  const common = majority(values)
  const up = deviations(values, (value) => value - common)
  const down = deviations(values, (value) => common - value)
  if (up.count + down.count >= RARE) return undefined
  const twoSided = range.high > common && range.low < common
  const level = twoSided && up.count + down.count > 0 ? 0.975 : 0.95
  const rise = meanDeviation(up, values.length, range.high - common, level)
  const fall = meanDeviation(down, values.length, common - range.low, level)
  return [common + rise[0] - fall[1], common + rise[1] - fall[0]]
}

interface Deviations {
  readonly count: number
  readonly least: number
  readonly most: number
}

function deviations(values: Float64Array, distance: (value: number) => number): Deviations {
  let count = 0
  let least = Infinity
  let most = 0
  for (const value of values) {
    const size = distance(value)
    if (!(size > 1e-12)) continue
    count++
    least = Math.min(least, size)
    most = Math.max(most, size)
  }
  return { count, least: count === 0 ? 0 : least, most }
}

function meanDeviation(found: Deviations, units: number, furthest: number, level: number): Interval {
  if (furthest <= 0) return [0, 0]
  const chance = clopperPearson(found.count, units, level)
  return [chance[0] * found.least, chance[1] * (found.count === 0 ? furthest : found.most)]
}

/** The value of more than half of the observations, if any: https://www.cs.utexas.edu/~moore/best-ideas/mjrty/ */
function majority(values: Float64Array): number {
  let candidate = values[0] ?? 0
  let votes = 0
  for (const value of values) {
    if (votes === 0) candidate = value
    votes += Math.abs(value - candidate) <= 1e-12 ? 1 : -1
  }
  return candidate
}
