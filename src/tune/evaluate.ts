import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import { labelClusters, type Clusters } from '../metrics/clusters.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import { requireSessionOutcomes, type Sessions } from '../metrics/sessions.js'
import { replay } from '../replay/replay.js'
import type { Term } from './expression.js'
import {
  isTailMetric,
  meanOfKnown,
  measure,
  sizeOf,
  tailFor,
  type Measured,
  type MeasureOf,
} from './metrics.js'
import type { Constraint, Objective } from './objective.js'
import type { PartOfLog } from './parts.js'
import type { MetricOf } from './reader.js'
import { tailSlack } from './tail-slack.js'

/** A constraint, or a term of the objective, without its segment, which an arena holds as rows: undefined where all count. */
export type Bound = Omit<Constraint, 'segment'> & InSegment
export type GoalTerm = Omit<Term, 'segment'> & InSegment

interface InSegment {
  readonly segment: Uint8Array | undefined
}

export interface Goal extends Omit<Objective, 'terms'> {
  readonly terms: readonly GoalTerm[]
}

/** One part of the log and how the baseline fares on it: plain data. */
export interface Arena {
  readonly table: LogTable
  readonly clusters: Clusters
  readonly objective: Goal
  readonly constraints: readonly Bound[]
  /** Per constraint; undefined where it is not held against the baseline. */
  readonly baseline: readonly (Measured | undefined)[]
  /** Where quality is judged by session: its value stands on the first row of each. */
  readonly sessions: Sessions | undefined
}

/** How far a constraint is kept: above 0 it holds. NaN where a metric is unknown. */
export interface Slack {
  readonly value: number
  /** Per request, NaN outside the segment; their mean is `value`. */
  readonly values: Float64Array
  /** What is kept is a bound of about this size: slacks of several metrics are compared as shares of it. */
  readonly scale: number
  /** Kept by every single request, so that no luck is in it and no room can be measured. */
  readonly firm: boolean
  /** How far its mean may be off at least, whatever the spread of the values says. */
  readonly leastDoubt: number
}

/** A policy replayed on an arena. */
export interface Trial {
  /** Less is better; NaN where unknown. */
  readonly loss: number
  readonly slacks: readonly Slack[]
  readonly costUsd: number
  readonly quality: number
  /** Per request. */
  readonly values: Readonly<Record<'loss' | 'costUsd' | 'quality', Float64Array>>
}

/** Who competes with whom: the policy as given, uncapped or not as the caller has it. */
export interface BaselineRun {
  readonly policy: Policy
  /** The same rows as the policy's table, with features by the baseline's own extractor. */
  readonly table: LogTable
}

/** What is searched for. */
export interface Aim {
  readonly objective: Objective
  readonly constraints: readonly Constraint[]
  /** Requests' where it is left out. */
  readonly qualityUnit?: QualityUnit | undefined
}

/** @throws InputError when quality is asked for by session and this part of the log has no outcomes of sessions. */
export function createArena(
  { table, baseline }: PartOfLog,
  { objective, constraints, qualityUnit }: Aim,
): Arena {
  const result = constraints.some(({ ofBaseline }) => ofBaseline)
    ? replay(baseline.table, baseline.policy)
    : undefined
  const { unservedQuality } = baseline.policy.file
  const sessions = qualityUnit === 'session' ? requireSessionOutcomes(table) : undefined
  const rowsOf = (of: MetricOf): Uint8Array | undefined => countedRows(of, table, sessions)
  const bounds = constraints.map((constraint) => ({ ...constraint, segment: rowsOf(constraint) }))
  return {
    table,
    clusters: labelClusters(table),
    objective: {
      ...objective,
      terms: objective.terms.map((term) => ({ ...term, segment: rowsOf(term) })),
    },
    constraints: bounds,
    baseline: bounds.map((bound) =>
      bound.ofBaseline && result !== undefined
        ? measure({ table: baseline.table, result, unservedQuality, sessions }, bound)
        : undefined,
    ),
    sessions,
  }
}

/** Rows of the segment, or, of quality by session, the first of each session. */
function countedRows(
  { metric, segment }: MetricOf,
  table: LogTable,
  sessions: Sessions | undefined,
): Uint8Array | undefined {
  if (metric === 'quality' && sessions !== undefined) return firstRows(sessions, table.size)
  if (segment === undefined) return undefined
  return Uint8Array.from(table.ids, (_, row) => (segment.holds(table, row) ? 1 : 0))
}

function firstRows({ first }: Sessions, size: number): Uint8Array {
  const rows = new Uint8Array(size)
  for (const row of first) rows[row] = 1
  return rows
}

/** Replays a policy on the arena's part of the log, with its budgets. `table`: the same rows, as its classifier reads them. */
export function tryFile(
  arena: Arena,
  file: Readonly<Record<string, unknown>>,
  table: LogTable = arena.table,
): Trial {
  const policy = parsePolicy(file)
  const result = replay(table, policy, { poolSeries: false })
  const { unservedQuality } = policy.file
  const { sessions } = arena
  const measured = (of: MeasureOf): Measured => measure({ table, result, unservedQuality, sessions }, of)
  const objective = combined(arena.objective, measured)
  const sign = arena.objective.direction === 'min' ? 1 : -1
  const [cost, quality] = [
    measured({ metric: 'costUsd', segment: undefined }),
    measured({ metric: 'quality', segment: sessions && firstRows(sessions, table.size) }),
  ]
  return {
    loss: sign * objective.value,
    slacks: arena.constraints.map((bound, index) => {
      const baseline = arena.baseline[index]
      return isTailMetric(bound.metric)
        ? tailSlack(bound, tailFor(result, bound.metric), baseline)
        : slackOf(bound, measured(bound), baseline)
    }),
    costUsd: cost.value,
    quality: quality.value,
    values: {
      loss: objective.values.map((value) => sign * value),
      costUsd: cost.values,
      quality: quality.values,
    },
  }
}

/** The objective's value, and what each request adds to it. */
function combined({ constant, terms }: Goal, measured: (of: MeasureOf) => Measured): Measured {
  const parts = terms.map((term) => ({ factor: term.factor, ...inWhole(measured(term), term.segment) }))
  const size = parts[0]?.values.length ?? 0
  const values = new Float64Array(size).fill(constant)
  for (const part of parts)
    for (let row = 0; row < size; row++)
      values[row] = (values[row] as number) + part.factor * (part.values[row] as number)
  return { value: parts.reduce((sum, { factor, value }) => sum + factor * value, constant), values }
}

/**
 * A segment's mean as one of all requests: those outside have the mean, the others differ from it by more, as they are fewer. Means
 * of these vary by session as the segment's own does.
 */
function inWhole({ value, values }: Measured, segment: Uint8Array | undefined): Measured {
  if (segment === undefined) return { value, values }
  const weight = segment.length / Math.max(1, sizeOf(segment))
  return {
    value,
    values: values.map((own, row) => (segment[row] === 1 ? value + weight * (own - value) : value)),
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

/** Cluster-robust standard error of a slack's mean. */
export function standardError({ value, values }: Slack, { of, units }: Clusters): number {
  if (values.length === 0) return 0
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

/** Paired with the baseline request by request, so that what both share cancels. */
function slackOf(
  { op, limit, ofBaseline, segment }: Bound,
  own: Measured,
  baseline: Measured | undefined,
): Slack {
  const sign = op === '>=' ? 1 : -1
  const bound = ofBaseline ? limit * (baseline?.value ?? NaN) : limit
  const values = own.values.map((value, row) => {
    const other = ofBaseline ? limit * (baseline?.values[row] ?? NaN) : limit
    return sign * (value - other)
  })
  const rows = segment === undefined ? values.length : sizeOf(segment)
  return {
    value: meanOfKnown(values, rows),
    values,
    scale: Math.max(Math.abs(bound), 1e-9),
    firm: values.every((value, row) => value >= 0 || segment?.[row] === 0),
    leastDoubt: 0,
  }
}
