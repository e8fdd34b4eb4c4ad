import type { LogTable, TextColumn } from '../core/log-table.js'
import { usd } from '../core/money.js'
import { PRIORITIES } from '../core/request.js'
import { ENDS, FLAG_DEFERRED, FLAG_DOWNGRADED, FLAG_TRUNCATED, type Steps } from '../replay/steps.js'
import { KNOWN_ENOUGH } from './contributions.js'

/** What one policy did to the requests of each value of one label. */
export interface LabelRows {
  /** `priority`, or a label of the log such as org, team or user. */
  readonly label: string
  /** Distinct values among the requests, the absence of the label counted as one. */
  readonly values: number
  /** Dearest first: the values that cost most and those that were stopped most, then all others in one row. */
  readonly rows: readonly LabelRow[]
}

/** Requests by what became of them; deferred and downgraded ones are parts of others, as in a run's counts. */
export interface LabelRow {
  /** Null where the requests have no such label. */
  readonly value: string | null
  /** Values that this row adds up: 1, or more in the last row. */
  readonly values: number
  readonly offered: number
  readonly served: number
  readonly downgraded: number
  readonly truncated: number
  readonly deferred: number
  readonly rejected: number
  /** Total of the known costs. */
  readonly costUsd: number
  /** Mean over the answered requests; null where less than 95 % of it is known. */
  readonly quality: number | null
  /** Answered requests by model. */
  readonly models: Readonly<Record<string, number>>
}

/** Rows of a label that are kept for what they cost, and for how much of them was stopped. */
const KEPT = 20
/** Sessions are requests in a row, and as many as there are users times days. */
const LEFT_OUT = new Set(['session'])
const MAX_LABELS = 6

const SERVED = ENDS.indexOf('served')
const REJECTED = ENDS.indexOf('rejected')

/** Money and service by priority and by every label of the log but the session; steps are in row order. O(rows x labels). */
export function labelRows(table: Pick<LogTable, 'labels' | 'priority'>, steps: Steps): readonly LabelRows[] {
  const labels = Object.entries(table.labels)
    .filter(([label, { values }]) => !LEFT_OUT.has(label) && values.length > 0)
    .slice(0, MAX_LABELS)
  const priorities: TextColumn = { values: PRIORITIES, codes: Int32Array.from(table.priority) }
  return [...labels, ['priority', priorities] as const].map(([label, column]) => rowsOf(label, column, steps))
}

interface Sums {
  value: string | null
  values: number
  offered: number
  served: number
  downgraded: number
  truncated: number
  deferred: number
  rejected: number
  nano: number
  quality: number
  known: number
  readonly models: Float64Array
}

function rowsOf(label: string, { values, codes }: TextColumn, steps: Steps): LabelRows {
  const cells = Array.from({ length: values.length + 1 }, (_, at) =>
    noSums(values[at - 1] ?? null, steps.models.length),
  )
  for (let row = 0; row < steps.size; row++) add(cells[(codes[row] ?? -1) + 1] as Sums, steps, row)
  const used = cells.filter(({ offered }) => offered > 0)
  const kept = new Set([...most(used, ({ nano }) => nano), ...most(used, stopped)])
  const rest = used.filter((cell) => !kept.has(cell))
  const rows = [...kept].sort((a, b) => b.nano - a.nano || b.offered - a.offered)
  return {
    label,
    values: used.length,
    rows: [...rows, ...(rest.length === 0 ? [] : [together(rest)])].map((cell) => asRow(cell, steps)),
  }
}

function noSums(value: string | null, models: number): Sums {
  return {
    ...{ value, values: 1, offered: 0, served: 0, downgraded: 0, truncated: 0, deferred: 0, rejected: 0 },
    ...{ nano: 0, quality: 0, known: 0, models: new Float64Array(models) },
  }
}

function add(cell: Sums, { end, flags, model, costNanoUsd, quality }: Steps, row: number): void {
  const flag = flags[row] as number
  const cost = costNanoUsd[row] as number
  const value = quality[row] as number
  cell.offered++
  if (end[row] === SERVED) cell.served++
  if (end[row] === REJECTED) cell.rejected++
  if ((flag & FLAG_DOWNGRADED) !== 0) cell.downgraded++
  if ((flag & FLAG_TRUNCATED) !== 0) cell.truncated++
  if ((flag & FLAG_DEFERRED) !== 0) cell.deferred++
  if (!Number.isNaN(cost)) cell.nano += cost
  const served = model[row] as number
  if (served < 0) return
  cell.models[served] = (cell.models[served] as number) + 1
  if (Number.isNaN(value)) return
  cell.quality += value
  cell.known++
}

/** The largest, without those that have nothing of it. */
function most(cells: readonly Sums[], of: (cell: Sums) => number): Sums[] {
  const some = cells.filter((cell) => of(cell) > 0)
  return some.sort((a, b) => of(b) - of(a)).slice(0, KEPT)
}

function stopped({ downgraded, truncated, deferred, rejected }: Sums): number {
  return downgraded + truncated + deferred + rejected
}

function together(cells: readonly Sums[]): Sums {
  const sum = noSums(null, cells[0]?.models.length ?? 0)
  sum.values = cells.length
  for (const cell of cells) {
    for (const key of COUNTS) sum[key] += cell[key]
    cell.models.forEach((requests, model) => (sum.models[model] = (sum.models[model] as number) + requests))
  }
  return sum
}

const COUNTS = [
  ...(['offered', 'served', 'downgraded', 'truncated', 'deferred', 'rejected'] as const),
  ...(['nano', 'quality', 'known'] as const),
]

function asRow({ nano, quality, known, models, ...counts }: Sums, steps: Steps): LabelRow {
  const answered = models.reduce((sum, requests) => sum + requests, 0)
  return {
    ...counts,
    costUsd: usd(nano),
    quality: known === 0 || known < answered * KNOWN_ENOUGH ? null : quality / known,
    models: Object.fromEntries(
      steps.models
        .map(({ id }, model): [string, number] => [id, models[model] ?? 0])
        .filter(([, requests]) => requests > 0),
    ),
  }
}
