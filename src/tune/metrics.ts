import type { LogTable } from '../core/log-table.js'
import { usd } from '../core/money.js'
import { contributions, KNOWN_ENOUGH } from '../metrics/contributions.js'
import { inRowOrder } from '../metrics/row-order.js'
import { sessionContributions } from '../metrics/session-quality.js'
import type { Sessions } from '../metrics/sessions.js'
import {
  ENDS,
  FLAG_DEFERRED,
  FLAG_DOWNGRADED,
  FLAG_TRUNCATED,
  type ReplayResult,
  type Steps,
} from '../replay/steps.js'
import { sampledValues } from './sampled-values.js'
import { tailOf, type Tail } from './tail.js'

/** Metrics that are means over offered requests. Money is in US dollars per request. */
export const MEAN_METRICS = [
  'quality',
  'costUsd',
  'servedShare',
  'rejectShare',
  'downgradedShare',
  'deferredShare',
  'truncatedShare',
  'overspendUsd',
] as const
export type MeanMetric = (typeof MEAN_METRICS)[number]

/** 95th percentiles, over the requests that were answered, and over those of them that had been deferred. */
export const TAIL_METRICS = ['latencyP95Ms', 'deferDelayP95Ms'] as const
export type TailMetric = (typeof TAIL_METRICS)[number]

export const METRICS = [...MEAN_METRICS, ...TAIL_METRICS] as const
export type Metric = (typeof METRICS)[number]

/** A metric of one run over the requests of a part, or of a segment of it. */
export interface Measured {
  /** NaN where unknown, or known for less than 95 % of the requests that it is of. */
  readonly value: number
  /**
   * One a request, whose mean is `value` and whose spread between requests is its luck; NaN outside the segment. Of a percentile
   * they are pseudo-values (see `tailOf`).
   */
  readonly values: Float64Array
}

/** `segment`: whether a row counts; undefined where all do. */
export interface MeasureOf {
  readonly metric: Metric
  readonly segment: Uint8Array | undefined
}

const SERVED = ENDS.indexOf('served')
const REJECTED = ENDS.indexOf('rejected')

/** A policy that was replayed on a log. */
export interface MeasuredRun {
  readonly table: LogTable
  readonly result: ReplayResult
  readonly unservedQuality: number
  /** Where quality is judged by session: its value stands on the first row of each, and is NaN elsewhere. */
  readonly sessions?: Sessions | undefined
}

/** @throws RangeError unless every row of the log has exactly one step. */
export function measure(run: MeasuredRun, { metric, segment }: MeasureOf): Measured {
  if (isTailMetric(metric)) return tailOf(tailFor(run.result, metric), segment)
  const whole = meanValues(run, metric)
  if (segment === undefined) return { values: whole, value: meanOfKnown(whole) }
  const values = whole.map((value, row) => (segment[row] === 1 ? value : NaN))
  return { values, value: meanOfKnown(values, sizeOf(segment)) }
}

function onFirstRows(
  sessions: Sessions,
  table: LogTable,
  run: { readonly steps: Steps; readonly unservedQuality: number },
): Float64Array {
  const { quality } = sessionContributions(table, sessions, run)
  const values = new Float64Array(table.size).fill(NaN)
  sessions.first.forEach((row, session) => (values[row] = quality[session] ?? NaN))
  return values
}

/** What each request adds to a mean, NaN where unknown. */
function meanValues(run: MeasuredRun, metric: MeanMetric): Float64Array {
  const { table, result, unservedQuality, sessions } = run
  const steps = inRowOrder(result.steps, result.steps.size)
  const flagged = (flag: number): Float64Array =>
    Float64Array.from(steps.flags, (flags) => ((flags & flag) === 0 ? 0 : 1))
  const ended = (as: number): Float64Array => Float64Array.from(steps.end, (end) => (end === as ? 1 : 0))
  switch (metric) {
    case 'quality':
      if (sessions !== undefined) return onFirstRows(sessions, table, { steps, unservedQuality })
      return sampledValues(table, steps, 'quality', contributions(steps, unservedQuality).quality)
    case 'costUsd':
      return sampledValues(table, steps, 'cost', steps.costNanoUsd).map(usd)
    case 'servedShare':
      return ended(SERVED)
    case 'rejectShare':
      return ended(REJECTED)
    case 'downgradedShare':
      return flagged(FLAG_DOWNGRADED)
    case 'deferredShare':
      return flagged(FLAG_DEFERRED)
    case 'truncatedShare':
      return flagged(FLAG_TRUNCATED)
    case 'overspendUsd':
      return (steps.overspendNanoUsd ?? new Float64Array(steps.size)).map(usd)
  }
}

/** What a percentile is of in this run. */
export function tailFor(result: ReplayResult, metric: TailMetric): Tail {
  const steps = inRowOrder(result.steps, result.steps.size)
  return metric === 'latencyP95Ms'
    ? { values: steps.latencyMs, rows: rowsWhere(steps, isServed) }
    : { values: steps.delayMs, rows: rowsWhere(steps, hasWaited) }
}

export function isTailMetric(metric: Metric): metric is TailMetric {
  return (TAIL_METRICS as readonly string[]).includes(metric)
}

function isServed({ end }: Steps, row: number): boolean {
  return end[row] === SERVED
}

/** How long those waited that were never answered nobody knows: they lack in `servedShare`. */
function hasWaited(steps: Steps, row: number): boolean {
  return isServed(steps, row) && ((steps.flags[row] ?? 0) & FLAG_DEFERRED) !== 0
}

function rowsWhere(steps: Steps, holds: (steps: Steps, row: number) => boolean): Uint8Array {
  return Uint8Array.from(steps.row, (_, row) => (holds(steps, row) ? 1 : 0))
}

/** How many rows of a segment count. */
export function sizeOf(segment: Uint8Array): number {
  return segment.reduce((sum, is) => sum + is, 0)
}

/** NaN where less than 95 % of `rows` are known. */
export function meanOfKnown(values: Float64Array, rows: number = values.length): number {
  let sum = 0
  let known = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    known++
  }
  return known === 0 || known < rows * KNOWN_ENOUGH ? NaN : sum / known
}
