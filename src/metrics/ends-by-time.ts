import { usd } from '../core/money.js'
import { ENDS, FLAG_DEFERRED, FLAG_DOWNGRADED, type Steps } from '../replay/steps.js'
import type { RunCharts } from './result.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const BIN_SIZES = [
  ...[1000, 10_000, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY],
]
const MAX_BINS = 84

const SERVED = ENDS.indexOf('served')
const REJECTED = ENDS.indexOf('rejected')

/** What happened to the requests that arrived in each bin of time; bins begin at round times (UTC), at most 84 of them. */
export function endsByTime(steps: Steps, at: Float64Array): RunCharts['endsByTime'] {
  const from = at[0]
  const to = at[at.length - 1]
  if (from === undefined || to === undefined) return []
  const size = binSize(from, to)
  const first = Math.floor(from / size)
  const bins = Array.from({ length: Math.floor(to / size) - first + 1 }, (_, index) => ({
    at: (first + index) * size,
    served: 0,
    downgraded: 0,
    deferred: 0,
    rejected: 0,
    nano: 0,
  }))
  at.forEach((time, row) => {
    const bin = bins[Math.floor(time / size) - first]
    if (bin === undefined) return
    const flags = steps.flags[row] ?? 0
    const cost = steps.costNanoUsd[row] ?? NaN
    bin.served += steps.end[row] === SERVED ? 1 : 0
    bin.rejected += steps.end[row] === REJECTED ? 1 : 0
    bin.downgraded += (flags & FLAG_DOWNGRADED) === 0 ? 0 : 1
    bin.deferred += (flags & FLAG_DEFERRED) === 0 ? 0 : 1
    bin.nano += Number.isNaN(cost) ? 0 : cost
  })
  return bins.map(({ nano, ...counts }) => ({ ...counts, costUsd: usd(nano) }))
}

function binSize(from: number, to: number): number {
  const fits = (size: number): boolean => Math.floor(to / size) - Math.floor(from / size) < MAX_BINS
  return BIN_SIZES.find(fits) ?? Math.ceil((to - from + 1) / (MAX_BINS - 1))
}
