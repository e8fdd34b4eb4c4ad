import { draw } from '../core/random.js'

export interface Arrivals {
  /** Positions in the input, in order of arrival. */
  readonly order: Int32Array
  /** Ids and times by row. */
  readonly ids: readonly string[]
  readonly at: Float64Array
  /** Rows whose time is made up. */
  readonly synthetic: number
  /** By row, which arrival of the trace it got; -1 where it has a time of its own. Undefined without a trace. */
  readonly fromTrace: Int32Array | undefined
}

/** How rows without a time follow each other: one a second (null), at a rate per second, or as a trace's times do. */
export type Pattern = number | null | readonly number[]

/** Monday, so that daily and weekly windows start clean. */
const EPOCH: number = Date.UTC(2026, 0, 5)

/**
 * Rows by time, then id. Rows without a time (NaN) get one: in an order drawn by lot, since the order of a benchmark's
 * file puts one task after the other, as `pattern` says. They start with the first time the log has; a trace keeps its own
 * times where the log has none, and begins again where it is too short. Each draw depends on the seed and the id alone.
 */
export function arrivalOrder(
  ids: readonly string[],
  times: readonly number[],
  pattern: Pattern,
  seed: number,
): Arrivals {
  const at = Float64Array.from(times)
  const untimed = drawnOrder(ids, at, seed)
  fillTimes(ids, at, untimed, { pattern, seed })
  const order = Int32Array.from(ids.keys())
  order.sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1))
  return {
    order,
    ids: Array.from(order, (source) => ids[source] ?? ''),
    at: order.length === 0 ? at : Float64Array.from(order, (source) => at[source] ?? 0),
    synthetic: untimed.length,
    fromTrace:
      typeof pattern === 'object' && pattern !== null ? traceRows(order, untimed, pattern.length) : undefined,
  }
}

/** The rows without a time, in an order drawn by lot. */
function drawnOrder(ids: readonly string[], at: Float64Array, seed: number): number[] {
  const unknown = [...at.keys()].filter((i) => Number.isNaN(at[i]))
  const lot = new Float64Array(at.length)
  for (const i of unknown) lot[i] = draw(seed, ids[i] ?? '', 'arrivalOrder')
  return unknown.sort((a, b) => (lot[a] ?? 0) - (lot[b] ?? 0) || ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1))
}

function fillTimes(
  ids: readonly string[],
  at: Float64Array,
  untimed: readonly number[],
  { pattern, seed }: { readonly pattern: Pattern; readonly seed: number },
): void {
  const first = at.reduce((least, time) => (time < least ? time : least), Infinity)
  if (typeof pattern === 'object' && pattern !== null) return layTrace(at, untimed, pattern, first)
  let time = first === Infinity ? EPOCH : first
  for (const i of untimed) {
    at[i] = Math.round(time)
    time += pattern === null ? 1000 : (-Math.log(1 - draw(seed, ids[i] ?? '', 'arrivalGap')) * 1000) / pattern
  }
}

/** Between two runs of a trace lies its mean gap. */
function layTrace(
  at: Float64Array,
  untimed: readonly number[],
  trace: readonly number[],
  first: number,
): void {
  const [start = 0, end = 0] = [trace[0], trace.at(-1)]
  const span = (end - start) * (trace.length / Math.max(1, trace.length - 1))
  const offset = first === Infinity ? 0 : first - start
  untimed.forEach((row, i) => {
    const turn = Math.floor(i / trace.length)
    at[row] = (trace[i % trace.length] ?? 0) + offset + turn * span
  })
}

function traceRows(order: Int32Array, untimed: readonly number[], length: number): Int32Array {
  const arrivalOf = new Int32Array(order.length).fill(-1)
  untimed.forEach((source, i) => (arrivalOf[source] = i % length))
  return order.map((source) => arrivalOf[source] ?? -1)
}
