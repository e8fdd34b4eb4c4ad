import { InputError } from '../../core/errors.js'
import type { LogTable, OutcomeColumns } from '../../core/log-table.js'
import { usd } from '../../core/money.js'
import { convexHull } from '../../metrics/hull.js'
import type { Point } from '../../metrics/result.js'
import { shuffledRows } from '../../metrics/shuffled-rows.js'
import { selectRows } from '../../replay/rows.js'
import { splitLog } from '../split.js'
import { comparedModels } from './compared-models.js'

/** Requests with the quality and cost of every compared model, in two parts. */
export interface OutcomeMatrix {
  readonly table: LogTable
  /** By index of the compared models. */
  readonly models: readonly OutcomeColumns[]
  /** What is learned and chosen comes from these, the figures from `testRows`. */
  readonly learnRows: readonly number[]
  readonly testRows: readonly number[]
  /** Row of the whole log by row of `table`. */
  readonly logRows: readonly number[]
  /** Requests of either part without an outcome of some model. */
  readonly leftOut: number
  readonly splitRule: string
  readonly modelsBecause: string
}

export function outcomeMatrix(
  log: LogTable,
  named: readonly string[] | undefined,
  seed: number,
): OutcomeMatrix {
  const { rows, rule } = splitLog(log, seed)
  const learn = new Set([...rows.tune, ...rows.validate])
  const test = new Set(rows.test)
  const { ids, because } = comparedModels(log, [...learn], named)
  const isComplete = (row: number): boolean =>
    pick(log, ids).every(
      ({ quality, costNanoUsd }) => !Number.isNaN((quality[row] ?? NaN) + (costNanoUsd[row] ?? NaN)),
    )
  const logRows = log.ids.flatMap((_, row) =>
    (learn.has(row) || test.has(row)) && isComplete(row) ? [row] : [],
  )
  const table = selectRows(log, logRows)
  const rowsOf = (part: ReadonlySet<number>): readonly number[] =>
    logRows.flatMap((logRow, row) => (part.has(logRow) ? [row] : []))
  const [learnRows, testRows] = [rowsOf(learn), rowsOf(test)]
  if (learnRows.length < FEWEST_ROWS || testRows.length < FEWEST_ROWS)
    throw new InputError(
      `a frontier needs at least ${FEWEST_ROWS} requests to learn from and ${FEWEST_ROWS} to judge on with the quality and cost of all of ${ids.join(', ')}; there are ${learnRows.length} and ${testRows.length} (${rule})`,
    )
  return {
    table,
    models: pick(table, ids),
    learnRows,
    testRows,
    logRows,
    leftOut: learn.size + test.size - logRows.length,
    splitRule: rule,
    modelsBecause: because,
  }
}

/** Below this even the interval is no guide. */
const FEWEST_ROWS = 30

/** The same requests with the outcomes of others: no classifier can have skill there. */
export function shuffledMatrix(matrix: OutcomeMatrix, seed: number): OutcomeMatrix {
  const table = shuffledRows(matrix.table, seed)
  return {
    ...matrix,
    table,
    models: pick(
      table,
      matrix.models.map(({ model }) => model),
    ),
  }
}

/** Each model alone on some of the rows, means per request. */
export function singleModels({ models }: OutcomeMatrix, rows: readonly number[]): readonly Point[] {
  return models.map(({ model, costNanoUsd, quality }) => ({
    label: model,
    costUsd: usd(meanOver(costNanoUsd, rows)),
    quality: meanOver(quality, rows),
  }))
}

export function meanOver(values: Float64Array, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + (values[row] ?? NaN), 0) / Math.max(1, rows.length)
}

/** A step of the hull that is learned from. */
export interface HullSegment {
  /** Quality per US dollar. */
  readonly slope: number
  /** Quality from one end to the other, a fraction. */
  readonly span: number
}

export function hullSegments(singles: readonly Point[]): readonly HullSegment[] {
  const hull = convexHull(singles)
  return hull.slice(1).map((to, index) => {
    const from = hull[index] ?? to
    const span = to.quality - from.quality
    return { slope: span / (to.costUsd - from.costUsd), span }
  })
}

function pick({ outcomes }: LogTable, ids: readonly string[]): readonly OutcomeColumns[] {
  return ids.flatMap((id) => outcomes.filter(({ model }) => model === id))
}
