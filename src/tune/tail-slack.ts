import { clopperPearson } from '../metrics/clopper-pearson.js'
import { KNOWN_ENOUGH } from '../metrics/contributions.js'
import type { Bound, Slack } from './evaluate.js'
import type { Measured } from './metrics.js'
import { ABOVE, type Tail } from './tail.js'

/** Standard errors of the share to either side, between which the values' density is read. */
const SIDES = 1.96

/**
 * A bound on a 95th percentile says that at most 5 % of the requests are above it: a mean, whose luck is that of the order
 * statistics around the percentile (David and Nagaraja, Order Statistics, 2003, section 7.1), also where they are far apart.
 * Its doubt is at least that of Clopper and Pearson, so that few requests are not sure to keep it because none of them broke it.
 * Where the bound is a multiple of the baseline's percentile, that one's luck moves the share by the density of the values there.
 */
export function tailSlack(
  { op, limit, ofBaseline, segment }: Bound,
  { values, rows }: Tail,
  baseline: Measured | undefined,
): Slack {
  const sign = op === '<=' ? 1 : -1
  const bound = ofBaseline ? limit * (baseline?.value ?? NaN) : limit
  const isIn = (row: number): boolean => segment === undefined || segment[row] === 1
  const counts = (row: number): boolean => rows[row] === 1 && isIn(row)
  const of = values.filter((_, row) => counts(row))
  const known = of.filter((value) => !Number.isNaN(value))
  const above = known.filter((value) => value > bound).length
  const isKnown = !Number.isNaN(bound) && known.length >= of.length * KNOWN_ENOUGH
  const share = above / Math.max(1, known.length)
  const value = isKnown ? sign * (ABOVE - share) : NaN
  const size = values.reduce((sum, _, row) => sum + (isIn(row) ? 1 : 0), 0)
  const weight = size / Math.max(1, known.length)
  const steepness = ofBaseline ? limit * densityAt(known, bound, share) : 0
  const moved = (row: number): number =>
    steepness === 0 ? 0 : steepness * ((baseline?.values[row] ?? NaN) - (baseline?.value ?? NaN))
  const slacks = values.map((one, row) => {
    if (!isIn(row)) return NaN
    const own = counts(row) && !Number.isNaN(one) ? weight * (share - (one > bound ? 1 : 0)) : 0
    return value + sign * (own + moved(row))
  })
  const [low, high] = known.length === 0 ? [0, 0] : clopperPearson(above, known.length)
  const leastDoubt = op === '<=' ? high - share : share - low
  return {
    value,
    values: slacks,
    scale: ABOVE,
    firm: value - leastDoubt >= 0 && slacks.every((one, row) => one >= 0 || !isIn(row)),
    leastDoubt,
  }
}

/** Share of the values per unit around a bound, each side at least a thousandth of the bound wide. */
function densityAt(values: Float64Array, bound: number, above: number): number {
  const sorted = values.slice().sort()
  if (sorted.length === 0 || bound === 0) return 0
  const step = Math.max(1 / sorted.length, SIDES * Math.sqrt((above * (1 - above)) / sorted.length))
  const [low, high] = [Math.max(0, 1 - above - step), Math.min(1, 1 - above + step)]
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? bound
  return (high - low) / Math.max(Math.abs(bound) / 500, at(high) - at(low))
}
