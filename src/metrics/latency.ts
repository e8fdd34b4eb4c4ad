import { ENDS, FLAG_DEFERRED, type Steps } from '../replay/steps.js'
import { percentile } from './bootstrap.js'
import type { DelayMs } from './result.js'

const SERVED = ENDS.indexOf('served')

export interface Percentiles {
  readonly p50: number | null
  readonly p95: number | null
}

/** Median and 95th percentile of the known values, null without any. */
export function percentiles(values: Float64Array): Percentiles {
  const known = values.filter((value) => !Number.isNaN(value)).sort()
  if (known.length === 0) return { p50: null, p95: null }
  return { p50: percentile(known, 0.5), p95: percentile(known, 0.95) }
}

/** Time the model took, over answered requests, without the wait of a deferral. */
export function latency(steps: Steps): Percentiles {
  return percentiles(steps.latencyMs)
}

/** Of fewer delays not even one is expected above their 95th percentile: a figure would say little but the longest. */
const ENOUGH_FOR_P95 = 20

/** How long requests that were deferred and then served had waited; null where nobody was deferred. */
export function deferDelay({ delayMs, end, flags }: Steps): DelayMs | null {
  const isDeferred = (row: number): boolean => ((flags[row] ?? 0) & FLAG_DEFERRED) !== 0
  const deferred = delayMs.filter((_, row) => isDeferred(row))
  if (deferred.length === 0) return null
  const delays = delayMs.filter((_, row) => isDeferred(row) && end[row] === SERVED)
  const max = delays.reduce((most, delay) => Math.max(most, delay), -Infinity)
  const { p50, p95 } = percentiles(delays)
  return {
    count: delays.length,
    p50,
    p95: delays.length < ENOUGH_FOR_P95 ? null : p95,
    max: delays.length === 0 ? null : max,
  }
}
