import type { LogTable, OutcomeColumns, TextColumn } from '../core/log-table.js'
import { NO_OUTCOME } from '../core/log-table.js'

/** Pure transforms of a log: each gives a new table, the given one stays as it is. The hash stays that of the log. */

/** The given rows only, in the given order (keep it ascending: tables are ordered by time). */
export function selectRows(table: LogTable, rows: ArrayLike<number>): LogTable {
  const pick = picker(Int32Array.from(rows))
  return {
    ...table,
    size: rows.length,
    ids: Array.from(rows, (row) => table.ids[row] ?? ''),
    at: pick.floats(table.at),
    labels: Object.fromEntries(
      Object.entries(table.labels).map(([name, column]) => [name, pick.texts(column)]),
    ),
    priority: pick.bytes(table.priority),
    inputTokensEstimate: pick.integers(table.inputTokensEstimate),
    inputTokensBound: pick.integers(table.inputTokensBound),
    sharedPrefixTokens: table.sharedPrefixTokens && pick.integers(table.sharedPrefixTokens),
    maxOutputTokens: pick.integers(table.maxOutputTokens),
    needs: pick.texts(table.needs),
    task: pick.texts(table.task),
    split: pick.texts(table.split),
    features: table.features.map(pick.floats),
    assessedDifficulty: pick.floats(table.assessedDifficulty),
    serviceAssessments: table.serviceAssessments && {
      by: pick.texts(table.serviceAssessments.by),
      difficulty: pick.floats(table.serviceAssessments.difficulty),
    },
    assessedSuccess: table.assessedSuccess && pick.byModel(table.assessedSuccess),
    assessmentNanoUsd: table.assessmentNanoUsd && pick.floats(table.assessmentNanoUsd),
    assessmentMs: table.assessmentMs && pick.floats(table.assessmentMs),
    rejected: table.rejected && pick.bytes(table.rejected),
    chosen: pick.integers(table.chosen),
    propensity: pick.floats(table.propensity),
    propensities: table.propensities && pick.byModel(table.propensities),
    sampled: table.sampled && {
      models: table.sampled.models,
      probability: pick.floats(table.sampled.probability),
    },
    sessionsOpen: table.sessionsOpen && pick.bytes(table.sessionsOpen),
    sessionQuality: table.sessionQuality && pick.floats(table.sessionQuality),
    outcomes: table.outcomes.map((outcome) => pickOutcome(outcome, pick)),
  }
}

/** The rows for which `keep` holds. */
export function filterRows(table: LogTable, keep: (table: LogTable, row: number) => boolean): LogTable {
  const rows: number[] = []
  for (let row = 0; row < table.size; row++) if (keep(table, row)) rows.push(row)
  return selectRows(table, rows)
}

/**
 * Requests for which the quality of every named model is known; without names, of every model with an outcome
 * here. Comparisons of models are fair on these rows only: elsewhere each model answers other questions.
 */
export function completeCases(table: LogTable, models?: readonly string[]): LogTable {
  const wanted = table.outcomes.filter(({ model, basis }) =>
    models === undefined ? basis.some((one) => one !== NO_OUTCOME) : models.includes(model),
  )
  const unknown = models?.filter((model) => !wanted.some((outcome) => outcome.model === model)) ?? []
  if (unknown.length > 0) throw new RangeError(`the log has no model ${unknown.join(', ')}`)
  return filterRows(table, (_, row) => wanted.every(({ quality }) => !Number.isNaN(quality[row])))
}

/** Complete cases of as many models as leave most of the requests. */
export interface SharedCases {
  readonly table: LogTable
  /** Models that were taken out, since too few requests have their quality as well. */
  readonly leftOut: readonly string[]
}

/** Share of the requests that are left at least. */
const MOST = 0.9

/**
 * Complete cases where no request may have all models: these are taken in by how many requests know them, the most first,
 * and of equals in the log's order; one that would leave less than 90 % of the requests of the first is left out, its
 * outcomes unknown in the table that is given.
 */
export function sharedCases(table: LogTable): SharedCases {
  const isKnown = ({ quality }: OutcomeColumns, row: number): boolean => !Number.isNaN(quality[row] ?? NaN)
  const rowsOf = (outcome: OutcomeColumns): number[] =>
    table.ids.flatMap((_, row) => (isKnown(outcome, row) ? [row] : []))
  const ranked = table.outcomes
    .filter(({ basis }) => basis.some((one) => one !== NO_OUTCOME))
    .map((outcome) => ({ outcome, rows: rowsOf(outcome) }))
    .sort((a, b) => b.rows.length - a.rows.length)
  let rows = ranked[0]?.rows ?? []
  const least = MOST * rows.length
  const leftOut: string[] = []
  for (const { outcome } of ranked) {
    const shared = rows.filter((row) => isKnown(outcome, row))
    if (shared.length > 0 && shared.length >= least) rows = shared
    else leftOut.push(outcome.model)
  }
  const outcomes = table.outcomes.map((outcome) =>
    leftOut.includes(outcome.model) ? unknown(outcome) : outcome,
  )
  return { table: selectRows({ ...table, outcomes }, rows), leftOut }
}

function unknown(outcome: OutcomeColumns): OutcomeColumns {
  return {
    ...outcome,
    basis: outcome.basis.map(() => NO_OUTCOME),
    costNanoUsd: outcome.costNanoUsd.map(() => NaN),
    quality: outcome.quality.map(() => NaN),
    inputTokens: outcome.inputTokens.map(() => -1),
    outputTokens: outcome.outputTokens.map(() => -1),
    latencyMs: outcome.latencyMs.map(() => NaN),
  }
}

/**
 * Unknown costs, and costs of exactly 0, replaced by the mean of that model's known costs above 0. For statistics on
 * logs whose zeros mean "not recorded"; never the default. A model without any known cost stays unknown.
 */
export function imputeModelMeanCost(table: LogTable): LogTable {
  return { ...table, outcomes: table.outcomes.map(imputeOutcome) }
}

/** The log as a team without a matrix has it: of each request only the outcome of the model that was called. */
export function loggedOnly(table: LogTable): LogTable {
  const outcomes = table.outcomes.map((outcome, model) => ({
    ...outcome,
    basis: outcome.basis.map((basis, row) => (table.chosen[row] === model ? basis : NO_OUTCOME)),
    costNanoUsd: outcome.costNanoUsd.map((cost, row) => (table.chosen[row] === model ? cost : NaN)),
    quality: outcome.quality.map((quality, row) => (table.chosen[row] === model ? quality : NaN)),
    latencyMs: outcome.latencyMs.map((latency, row) => (table.chosen[row] === model ? latency : NaN)),
    inputTokens: outcome.inputTokens.map((tokens, row) => (table.chosen[row] === model ? tokens : -1)),
    outputTokens: outcome.outputTokens.map((tokens, row) => (table.chosen[row] === model ? tokens : -1)),
  }))
  return { ...table, outcomes }
}

function imputeOutcome(outcome: OutcomeColumns): OutcomeColumns {
  const { basis, costNanoUsd } = outcome
  let sum = 0
  let known = 0
  for (let row = 0; row < costNanoUsd.length; row++) {
    const cost = costNanoUsd[row] ?? NaN
    if (!(cost > 0)) continue
    sum += cost
    known++
  }
  const mean = known === 0 ? NaN : Math.round(sum / known)
  return {
    ...outcome,
    costNanoUsd: costNanoUsd.map((cost, row) => (cost > 0 || basis[row] === NO_OUTCOME ? cost : mean)),
  }
}

/** Of each row what the given row of the outcome says. */
export function pickOutcomeRows(outcome: OutcomeColumns, rows: Int32Array): OutcomeColumns {
  return pickOutcome(outcome, picker(rows))
}

interface Picker {
  floats(column: Float64Array): Float64Array
  integers(column: Int32Array): Int32Array
  bytes(column: Uint8Array): Uint8Array
  texts(column: TextColumn): TextColumn
  byModel(columns: ByModel): ByModel
}

type ByModel = Readonly<Record<string, Float64Array>>

function picker(rows: Int32Array): Picker {
  const fill = <T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T => {
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i] ?? 0] ?? 0
    return to
  }
  const integers = (column: Int32Array): Int32Array => fill(column, new Int32Array(rows.length))
  const floats = (column: Float64Array): Float64Array => fill(column, new Float64Array(rows.length))
  return {
    integers,
    floats,
    byModel: (columns) =>
      Object.fromEntries(Object.entries(columns).map(([model, column]) => [model, floats(column)])),
    bytes: (column) => fill(column, new Uint8Array(rows.length)),
    texts: ({ values, codes }) => ({ values, codes: integers(codes) }),
  }
}

function pickOutcome(outcome: OutcomeColumns, pick: Picker): OutcomeColumns {
  const { cachedInputTokens, cacheWriteTokens, score, agreement, signs } = outcome
  return {
    model: outcome.model,
    basis: pick.bytes(outcome.basis),
    costNanoUsd: pick.floats(outcome.costNanoUsd),
    quality: pick.floats(outcome.quality),
    inputTokens: pick.integers(outcome.inputTokens),
    outputTokens: pick.integers(outcome.outputTokens),
    cachedInputTokens: cachedInputTokens === undefined ? undefined : pick.integers(cachedInputTokens),
    cacheWriteTokens: cacheWriteTokens === undefined ? undefined : pick.integers(cacheWriteTokens),
    latencyMs: pick.floats(outcome.latencyMs),
    score: score && pick.floats(score),
    agreement: agreement && pick.floats(agreement),
    signs: signs && pick.bytes(signs),
  }
}
