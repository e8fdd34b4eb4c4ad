import { draw } from '../core/random.js'

export interface Arrivals {
  /** Positions in the input, in order of arrival. */
  readonly order: Int32Array
  /** Ids and times by row. */
  readonly ids: readonly string[]
  readonly at: Float64Array
  /** Rows whose time is made up. */
  readonly synthetic: number
}

/** Monday, so that daily and weekly windows start clean. */
const EPOCH: number = Date.UTC(2026, 0, 5)

/**
 * Rows by time, then id. Rows without a time (NaN) get one: in an order drawn by lot, since the order of a benchmark's
 * file puts one task after the other, at Poisson arrivals of `perSecond`, or one a second when that is null. They start
 * with the first time the log has. Each draw depends on the seed and the id alone.
 */
export function arrivalOrder(
  ids: readonly string[],
  times: readonly number[],
  perSecond: number | null,
  seed: number,
): Arrivals {
  const at = Float64Array.from(times)
  const synthetic = fillTimes(ids, at, perSecond, seed)
  const order = Int32Array.from(ids.keys())
  order.sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1))
  return {
    order,
    ids: Array.from(order, (source) => ids[source] ?? ''),
    at: order.length === 0 ? at : Float64Array.from(order, (source) => at[source] ?? 0),
    synthetic,
  }
}

function fillTimes(ids: readonly string[], at: Float64Array, perSecond: number | null, seed: number): number {
  const unknown: number[] = []
  let first = Infinity
  for (let i = 0; i < at.length; i++) {
    if (Number.isNaN(at[i])) unknown.push(i)
    else first = Math.min(first, at[i] ?? Infinity)
  }
  const lot = new Float64Array(at.length)
  for (const i of unknown) lot[i] = draw(seed, ids[i] ?? '', 'arrivalOrder')
  unknown.sort((a, b) => (lot[a] ?? 0) - (lot[b] ?? 0) || ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1))
  let time = first === Infinity ? EPOCH : first
  for (const i of unknown) {
    at[i] = Math.round(time)
    time +=
      perSecond === null ? 1000 : (-Math.log(1 - draw(seed, ids[i] ?? '', 'arrivalGap')) * 1000) / perSecond
  }
  return unknown.length
}
