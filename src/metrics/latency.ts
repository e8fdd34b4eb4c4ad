import { FLAG_DEFERRED, type Steps } from '../replay/steps.js'
import { percentile } from './bootstrap.js'

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

/** How long deferred requests waited before they were admitted; those never admitted are in `unresolved`. */
export function deferDelay(steps: Steps): Percentiles {
  return percentiles(steps.delayMs.filter((_, row) => ((steps.flags[row] ?? 0) & FLAG_DEFERRED) !== 0))
}
