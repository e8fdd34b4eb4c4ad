import { percentile } from '../metrics/bootstrap.js'
import { KNOWN_ENOUGH } from '../metrics/contributions.js'
import type { Measured } from './metrics.js'

/** Share of the requests that may be above a 95th percentile. */
export const ABOVE = 0.05
const SHARE = 1 - ABOVE
/** Standard errors of the share to either side, between which the values' density is read. */
const SIDES = 1.96

/** What a percentile is of. */
export interface Tail {
  /** One a request, NaN where unknown. */
  readonly values: Float64Array
  /** 1 where the request counts. */
  readonly rows: Uint8Array
}

/**
 * 95th percentile of the values of the requests that are in the segment, with pseudo-values: the percentile plus each request's
 * influence on it, share not above it less 1 where its own value is not above it, divided by the density there. Their mean is the
 * percentile, and means of them by session vary as it does where the density is smooth (Woodruff 1952, https://doi.org/10.1080/01621459.1952.10483443, for
 * the density from order statistics, here of the sparser side; Deville 1999 for influences in samples of clusters). So a
 * percentile is bootstrapped like a mean.
 *
 * 0 where no request counts, as nobody took any time; NaN where less than 95 % of them are known.
 */
export function tailOf({ values, rows }: Tail, segment: Uint8Array | undefined): Measured {
  const isIn = (row: number): boolean => segment === undefined || segment[row] === 1
  const counts = (row: number): boolean => rows[row] === 1 && isIn(row)
  const of = values.filter((_, row) => counts(row))
  const known = of.filter((value) => !Number.isNaN(value)).sort()
  const constant = (value: number): Float64Array => values.map((_, row) => (isIn(row) ? value : NaN))
  if (of.length === 0) return { value: 0, values: constant(0) }
  if (known.length === 0 || known.length < of.length * KNOWN_ENOUGH)
    return { value: NaN, values: constant(NaN) }
  const value = percentile(known, SHARE)
  const below = known.filter((one) => one <= value).length / known.length
  const size = values.reduce((sum, _, row) => sum + (isIn(row) ? 1 : 0), 0)
  const weight = (size / known.length) * sparsity(known, value)
  return {
    value,
    values: values.map((one, row) => {
      if (!isIn(row)) return NaN
      return counts(row) && !Number.isNaN(one) ? value + weight * (below - (one <= value ? 1 : 0)) : value
    }),
  }
}

/** One over the density of sorted values at their percentile: of either side the sparser one. */
function sparsity(sorted: Float64Array, value: number): number {
  const step = Math.min(SHARE, SIDES * Math.sqrt((SHARE * (1 - SHARE)) / sorted.length))
  const up = Math.min(step, 1 - SHARE)
  const above = percentile(sorted, SHARE + up) - value
  const below = value - percentile(sorted, SHARE - step)
  return Math.max(above / up, below / step)
}
