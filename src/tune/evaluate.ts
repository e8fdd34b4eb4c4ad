import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import { labelClusters, type Clusters } from '../metrics/clusters.js'
import { KNOWN_ENOUGH } from '../metrics/contributions.js'
import { replay } from '../replay/replay.js'
import type { ReplayResult } from '../replay/steps.js'
import { isRunMetric, requestValues, runValue, type Metric } from './metrics.js'
import type { Constraint, Objective } from './objective.js'

/** A constraint without its segment, which an arena holds as rows. */
export type Bound = Omit<Constraint, 'segment'>

/** One part of the log and how the baseline fares on it: plain data. */
export interface Arena {
  readonly table: LogTable
  readonly clusters: Clusters
  readonly objective: Objective
  readonly constraints: readonly Bound[]
  /** Per constraint. */
  readonly baseline: readonly Measured[]
  /** Per constraint: whether a row counts; undefined where all do. */
  readonly segments: readonly (Uint8Array | undefined)[]
}

/** A metric of one run: per request where it is a mean. */
interface Measured {
  readonly values: Float64Array | undefined
  /** NaN where unknown, or known for less than 95 % of the requests. */
  readonly value: number
}

/** How far a constraint is kept: above 0 it holds. NaN where a metric is unknown. */
export interface Slack {
  readonly value: number
  /** Per request, NaN outside the segment; their mean is `value`. Undefined for metrics of a whole run. */
  readonly values: Float64Array | undefined
  /** What is kept is a bound of about this size: slacks of several metrics are compared as shares of it. */
  readonly scale: number
  /** Kept by every single request, so that no luck is in it and no room can be measured. */
  readonly firm: boolean
}

/** A policy replayed on an arena. */
export interface Trial {
  /** Less is better; NaN where unknown. */
  readonly loss: number
  readonly slacks: readonly Slack[]
  readonly costUsd: number
  readonly quality: number
  /** Per request; undefined for a metric of a whole run, or one that is nowhere known. */
  readonly values: Readonly<Record<'loss' | 'costUsd' | 'quality', Float64Array | undefined>>
}

/** Who competes with whom: the policy as given, uncapped or not as the caller has it. */
export interface BaselineRun {
  readonly policy: Policy
  /** The same rows as the policy's table, with features by the baseline's own extractor. */
  readonly table: LogTable
}

export function createArena(
  table: LogTable,
  baseline: BaselineRun,
  objective: Objective,
  constraints: readonly Constraint[],
): Arena {
  const result = constraints.some(({ ofBaseline }) => ofBaseline)
    ? replay(baseline.table, baseline.policy)
    : undefined
  const { unservedQuality } = baseline.policy.file
  const segments = constraints.map(({ segment }) =>
    segment === undefined
      ? undefined
      : Uint8Array.from(table.ids, (_, row) => (segment.holds(table, row) ? 1 : 0)),
  )
  return {
    table,
    clusters: labelClusters(table),
    objective,
    constraints: constraints.map(({ segment: _rows, ...bound }) => bound),
    segments,
    baseline: constraints.map(({ metric, ofBaseline }, index) =>
      ofBaseline && result !== undefined
        ? within(segments[index], measured(result, unservedQuality, metric))
        : { values: undefined, value: 1 },
    ),
  }
}

/** Replays a policy on the arena's part of the log, with its budgets. */
export function tryFile(arena: Arena, file: Readonly<Record<string, unknown>>): Trial {
  const policy = parsePolicy(file)
  const result = replay(arena.table, policy, { poolSeries: false })
  const { unservedQuality } = policy.file
  const { direction, metric } = arena.objective
  const sign = direction === 'min' ? 1 : -1
  const objective = measured(result, unservedQuality, metric)
  const [cost, quality] = [
    measured(result, unservedQuality, 'costUsd'),
    measured(result, unservedQuality, 'quality'),
  ]
  return {
    loss: sign * objective.value,
    slacks: arena.constraints.map((constraint, index) =>
      slackOf(
        constraint,
        within(arena.segments[index], measured(result, unservedQuality, constraint.metric)),
        arena.baseline[index],
        arena.segments[index],
      ),
    ),
    costUsd: cost.value,
    quality: quality.value,
    values: {
      loss: objective.values?.map((value) => sign * value),
      costUsd: cost.values,
      quality: quality.values,
    },
  }
}

/** Slack of the constraint that is kept worst, as a share of its bound; -Infinity where one is unknown. */
export function worstSlack(trial: Trial, luck: (slack: Slack) => number = () => 0): number {
  let worst = Infinity
  for (const slack of trial.slacks) {
    if (slack.firm) continue
    const share = (slack.value - luck(slack)) / slack.scale
    worst = Math.min(worst, Number.isNaN(share) ? -Infinity : share)
  }
  return worst
}

/** Cluster-robust standard error of a slack's mean; 0 for metrics of a whole run. */
export function standardError({ value, values }: Slack, { of, units }: Clusters): number {
  if (values === undefined || values.length === 0) return 0
  const sums = new Float64Array(units)
  let known = 0
  for (let row = 0; row < values.length; row++) {
    const excess = (values[row] ?? NaN) - value
    const cluster = of[row] ?? 0
    if (Number.isNaN(excess)) continue
    sums[cluster] = (sums[cluster] ?? 0) + excess
    known++
  }
  return Math.sqrt(sums.reduce((total, sum) => total + sum * sum, 0)) / Math.max(1, known)
}

function measured(result: ReplayResult, unservedQuality: number, metric: Metric): Measured {
  if (isRunMetric(metric)) return { values: undefined, value: runValue(result, metric) ?? NaN }
  const values = requestValues(result, unservedQuality, metric)
  return { values, value: values === undefined ? NaN : meanOfKnown(values) }
}

/** Of the rows of a segment alone; NaN elsewhere. */
function within(segment: Uint8Array | undefined, whole: Measured): Measured {
  if (segment === undefined || whole.values === undefined) return whole
  const values = whole.values.map((value, row) => (segment[row] === 1 ? value : NaN))
  return { values, value: meanOfKnown(values, sizeOf(segment)) }
}

function sizeOf(segment: Uint8Array): number {
  return segment.reduce((sum, is) => sum + is, 0)
}

/** Paired with the baseline request by request, so that what both share cancels. */
function slackOf(
  { op, limit, ofBaseline }: Bound,
  own: Measured,
  baseline: Measured | undefined,
  segment: Uint8Array | undefined,
): Slack {
  const sign = op === '>=' ? 1 : -1
  const bound = ofBaseline ? limit * (baseline?.value ?? NaN) : limit
  const scale = Math.max(Math.abs(bound), 1e-9)
  if (own.values === undefined) {
    const value = sign * (own.value - bound)
    return { value, values: undefined, scale, firm: value >= 0 }
  }
  const values = own.values.map((value, row) => {
    const other = ofBaseline ? limit * (baseline?.values?.[row] ?? NaN) : limit
    return sign * (value - other)
  })
  const rows = segment === undefined ? values.length : sizeOf(segment)
  const firm = values.every((value, row) => value >= 0 || segment?.[row] === 0)
  return { value: meanOfKnown(values, rows), values, scale, firm }
}

/** NaN where less than 95 % of `rows` are known. */
function meanOfKnown(values: Float64Array, rows: number = values.length): number {
  let sum = 0
  let known = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    known++
  }
  return known === 0 || known < rows * KNOWN_ENOUGH ? NaN : sum / known
}
