import { usd } from '../core/money.js'
import { contributions } from '../metrics/contributions.js'
import { latency } from '../metrics/latency.js'
import { inRowOrder } from '../metrics/row-order.js'
import { FLAG_DEFERRED, FLAG_DOWNGRADED, FLAG_TRUNCATED, type ReplayResult } from '../replay/steps.js'

/** Metrics that are means over offered requests: they can be compared request by request. `costUsd` is per request. */
export const MEAN_METRICS = [
  'quality',
  'costUsd',
  'servedShare',
  'rejectShare',
  'downgradedShare',
  'deferredShare',
  'truncatedShare',
] as const
export type MeanMetric = (typeof MEAN_METRICS)[number]

/** Metrics of a whole run. */
export const RUN_METRICS = ['latencyP95Ms', 'overspendUsd'] as const
export type RunMetric = (typeof RUN_METRICS)[number]

export type Metric = MeanMetric | RunMetric

/** What each request adds to a mean metric, NaN where unknown; undefined for the metrics of a whole run. */
export function requestValues(
  result: ReplayResult,
  unservedQuality: number,
  metric: Metric,
): Float64Array | undefined {
  const steps = inRowOrder(result.steps, result.steps.size)
  const flagged = (flag: number): Float64Array =>
    Float64Array.from(steps.flags, (flags) => ((flags & flag) === 0 ? 0 : 1))
  switch (metric) {
    case 'quality':
      return contributions(steps, unservedQuality).quality
    case 'costUsd':
      return steps.costNanoUsd.map(usd)
    case 'servedShare':
      return Float64Array.from(steps.end, (end) => (end === 0 ? 1 : 0))
    case 'rejectShare':
      return Float64Array.from(steps.end, (end) => (end === 1 ? 1 : 0))
    case 'downgradedShare':
      return flagged(FLAG_DOWNGRADED)
    case 'deferredShare':
      return flagged(FLAG_DEFERRED)
    case 'truncatedShare':
      return flagged(FLAG_TRUNCATED)
    default:
      return undefined
  }
}

/** A metric of a whole run; null where unknown. */
export function runValue(result: ReplayResult, metric: RunMetric): number | null {
  if (metric === 'latencyP95Ms') return latency(result.steps).p95
  return usd(result.poolWindows.reduce((sum, pool) => sum + pool.overspendNanoUsd, 0))
}

export function isRunMetric(metric: Metric): metric is RunMetric {
  return (RUN_METRICS as readonly string[]).includes(metric)
}
