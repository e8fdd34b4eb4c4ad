import { NO_OUTCOME, type LogTable, type OutcomeColumns, type TextColumn } from '../../core/log-table.js'
import { NANO_PER_USD } from '../../core/money.js'
import type { Policy } from '../../core/policy.js'
import { ENDS, type Steps } from '../../replay/steps.js'
import { labelClusters } from '../clusters.js'
import { costColumn } from '../outcome-cost.js'

/** What happened to requests, one entry each, or of a log that does not say what was called, one entry an outcome. */
export interface Observations {
  readonly size: number
  /** Entries that may depend on each other have one number. */
  readonly cluster: Int32Array
  /** Index into `models`, -1 where the request got no answer. */
  readonly model: Int32Array
  readonly models: readonly string[]
  readonly task: TextColumn
  /** Whether models were chosen: else their shares say nothing. */
  readonly isChosen: boolean
  /** 1 where the request was refused for good; undefined where the log does not tell. */
  readonly rejected: Uint8Array | undefined
  /** NaN where unknown. */
  readonly costUsd: Float64Array
  readonly quality: Float64Array
  readonly difficulty: Float64Array
  readonly inputTokens: Float64Array
  readonly outputTokens: Float64Array
}

/** What a replay of the policy gave. */
export function replayedObservations(table: LogTable, steps: Steps): Observations {
  const served = ENDS.indexOf('served')
  const rejected = ENDS.indexOf('rejected')
  const isServed = (row: number): boolean => steps.end[row] === served
  const models = steps.models.map(({ id }) => id)
  const columns = models.map((id) => table.outcomes.find(({ model }) => model === id))
  const outcomeOf = (row: number): OutcomeColumns | undefined => columns[steps.model[row] ?? -1]
  return {
    size: table.size,
    cluster: labelClusters(table).of,
    model: Int32Array.from({ length: table.size }, (_, row) =>
      isServed(row) ? (steps.model[row] ?? -1) : -1,
    ),
    models,
    task: table.task,
    isChosen: true,
    rejected: Uint8Array.from({ length: table.size }, (_, row) => (steps.end[row] === rejected ? 1 : 0)),
    costUsd: steps.costNanoUsd.map((cost) => cost / NANO_PER_USD),
    quality: steps.quality.map((quality, row) => (isServed(row) ? quality : NaN)),
    difficulty: steps.difficulty,
    inputTokens: Float64Array.from(table.inputTokensEstimate, count),
    outputTokens: Float64Array.from({ length: table.size }, (_, row) =>
      isServed(row) ? count(outcomeOf(row)?.outputTokens[row]) : NaN,
    ),
  }
}

/** What a log says was called; of a log that does not say, every outcome that it holds. */
export function loggedObservations(table: LogTable, policy: Policy): Observations {
  const isChosen = table.chosen.some((model) => model >= 0)
  const entries = isChosen ? chosenEntries(table) : outcomeEntries(table)
  const of = <Value>(read: (entry: Entry) => Value): Value[] => entries.map(read)
  const clusters = labelClusters(table).of
  const difficulty = difficultiesOf(table, policy)
  return {
    size: entries.length,
    cluster: Int32Array.from(of(({ row }) => clusters[row] ?? row)),
    model: Int32Array.from(of(({ model }) => model)),
    models: table.outcomes.map(({ model }) => model),
    task: { values: table.task.values, codes: Int32Array.from(of(({ row }) => table.task.codes[row] ?? -1)) },
    isChosen,
    rejected: table.rejected && Uint8Array.from(of(({ row }) => table.rejected?.[row] ?? 0)),
    costUsd: Float64Array.from(of(costReader(table, policy))),
    quality: Float64Array.from(of(({ row, model }) => table.outcomes[model]?.quality[row] ?? NaN)),
    difficulty: Float64Array.from(of(({ row }) => difficulty[row] ?? NaN)),
    inputTokens: Float64Array.from(of(({ row }) => count(table.inputTokensEstimate[row]))),
    outputTokens: Float64Array.from(of(({ row, model }) => count(table.outcomes[model]?.outputTokens[row]))),
  }
}

interface Entry {
  readonly row: number
  /** Index into the table's outcomes, -1 for none. */
  readonly model: number
}

function chosenEntries({ size, chosen }: LogTable): Entry[] {
  return Array.from({ length: size }, (_, row) => ({ row, model: chosen[row] ?? -1 }))
}

function outcomeEntries({ size, outcomes }: LogTable): Entry[] {
  return Array.from({ length: size }, (_, row) => row).flatMap((row) =>
    outcomes.flatMap(({ basis }, model) => (basis[row] === NO_OUTCOME ? [] : [{ row, model }])),
  )
}

/** A request without an answer cost nothing, as far as the log knows. */
function costReader({ outcomes, rejected }: LogTable, { models }: Policy): (entry: Entry) => number {
  const columns = outcomes.map((outcome) =>
    costColumn(outcome, models.find(({ id }) => id === outcome.model)?.prices),
  )
  return ({ row, model }) => {
    if (model < 0) return rejected?.[row] === 1 ? 0 : NaN
    return (columns[model]?.[row] ?? NaN) / NANO_PER_USD
  }
}

/** As the policy's classifier sees the requests of a log, or as it was told; NaN where it has nothing to go by. */
function difficultiesOf(table: LogTable, { classifier }: Policy): Float64Array {
  const { assessedDifficulty, serviceAssessments, features, size } = table
  const own = classifier.difficulties(features, size)
  return own.map((difficulty, row) => {
    const told = assessedDifficulty[row] ?? NaN
    if (!Number.isNaN(told)) return told
    const answered = serviceAssessments?.difficulty[row] ?? NaN
    if (!Number.isNaN(answered)) return answered
    return features.some((column) => !Number.isNaN(column[row])) ? difficulty : NaN
  })
}

/** Integer columns have -1 where nothing is known. */
function count(value: number | undefined): number {
  return value === undefined || value < 0 ? NaN : value
}
