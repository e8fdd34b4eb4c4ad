import { nanoUsd } from '../core/money.js'
import type { LogTable, ServiceAssessments } from '../core/log-table.js'
import { PRIORITIES } from '../core/request.js'
import type { RowOrder } from './load-rows.js'
import type { LogStore } from './store.js'
import { textColumn, unknownIntegers, type TextColumnBuilder } from './text-column.js'

const NORMAL = PRIORITIES.indexOf('normal')

export type RequestColumns = Pick<
  LogTable,
  | 'labels'
  | 'priority'
  | 'inputTokensEstimate'
  | 'inputTokensBound'
  | 'sharedPrefixTokens'
  | 'maxOutputTokens'
  | 'needs'
  | 'task'
  | 'split'
  | 'assessedDifficulty'
  | 'serviceAssessments'
  | 'assessedSuccess'
  | 'assessmentNanoUsd'
  | 'assessmentMs'
  | 'rejected'
  | 'chosen'
  | 'propensity'
>
type Nullable = number | null
type RequestRow = [
  number,
  string | null,
  Nullable,
  Nullable,
  Nullable,
  Nullable,
  string | null,
  string | null,
  string | null,
  Nullable,
  Nullable,
  Nullable,
  Nullable,
  Nullable,
  string | null,
  string | null,
  number,
  number,
  Nullable,
]

interface MutableColumns {
  readonly priority: Uint8Array
  readonly inputTokensEstimate: Int32Array
  readonly inputTokensBound: Int32Array
  readonly maxOutputTokens: Int32Array
  readonly assessedDifficulty: Float64Array
  readonly chosen: Int32Array
  readonly propensity: Float64Array
  sharedPrefixTokens?: Int32Array
  assessmentNanoUsd?: Float64Array
  assessmentMs?: Float64Array
  rejected?: Uint8Array
}

/** What the store holds of the requests themselves. */
export function readRequests(
  store: LogStore,
  rows: RowOrder,
  models: { indexOf: Int32Array },
): RequestColumns {
  const { size, rowOf } = rows
  const columns: MutableColumns = {
    priority: new Uint8Array(size).fill(NORMAL),
    inputTokensEstimate: unknownIntegers(size),
    inputTokensBound: unknownIntegers(size),
    maxOutputTokens: unknownIntegers(size),
    assessedDifficulty: new Float64Array(size).fill(NaN),
    chosen: unknownIntegers(size),
    propensity: new Float64Array(size).fill(NaN),
  }
  const [needs, task, split] = [textColumn(size), textColumn(size), textColumn(size)]
  const labels = labelColumns(size)
  const [assessed, likely] = [serviceColumns(size), successColumns(size)]
  const query = store.db
    .prepare<[], RequestRow>(
      `select key, scope, priority, coalesce(input_tokens_estimate, tokens), max_output_tokens,
         case when input_tokens_bound is not null then input_tokens_bound
              when tokens_bound < input_tokens_estimate then input_tokens_estimate else tokens_bound end,
         needs, task, split, chosen, propensity, assessment ->> 'difficulty',
         assessment ->> 'costUsd', assessment ->> 'latencyMs', assessment ->> 'by',
         assessment ->> 'successProbability', run is not null, run -> '$.rejected' is not null,
         coalesce(requests.shared_prefix_tokens, texts.shared_prefix_tokens)
       from requests left join texts on request = key`,
    )
    .raw()
  for (const row of query.iterate()) {
    const [
      key,
      scope,
      priority,
      estimate,
      longest,
      bound,
      need,
      taskText,
      splitText,
      chosen,
      propensity,
      difficulty,
      assessmentUsd,
      assessmentMs,
      by,
      success,
      isDecided,
      isRejected,
      shared,
    ] = row
    const at = rowOf[key] ?? -1
    if (scope !== null) labels.put(at, scope)
    if (priority !== null) columns.priority[at] = priority
    if (estimate !== null) columns.inputTokensEstimate[at] = estimate
    if (bound !== null) columns.inputTokensBound[at] = bound
    if (shared !== null) (columns.sharedPrefixTokens ??= unknownIntegers(size))[at] = shared
    if (longest !== null) columns.maxOutputTokens[at] = longest
    needs.put(at, need)
    task.put(at, taskText)
    split.put(at, splitText)
    if (chosen !== null) columns.chosen[at] = models.indexOf[chosen] ?? -1
    if (propensity !== null) columns.propensity[at] = propensity
    if (difficulty !== null) {
      if (by === null) columns.assessedDifficulty[at] = difficulty
      else assessed.put(at, by, difficulty)
    }
    if (success !== null) likely.put(at, success)
    if (isDecided === 1) (columns.rejected ??= new Uint8Array(size))[at] = isRejected
    if (assessmentUsd !== null)
      (columns.assessmentNanoUsd ??= unknownFloats(size))[at] = nanoUsd(assessmentUsd)
    if (assessmentMs !== null) (columns.assessmentMs ??= unknownFloats(size))[at] = assessmentMs
  }
  return {
    ...columns,
    serviceAssessments: assessed.columns(),
    assessedSuccess: likely.columns(),
    needs: needs.column,
    task: task.column,
    split: split.column,
    labels: labels.columns,
  }
}

/** Of a log that names no service there is nothing. */
function serviceColumns(size: number): {
  put(row: number, by: string, difficulty: number): void
  columns(): ServiceAssessments | undefined
} {
  let found: { readonly by: TextColumnBuilder; readonly difficulty: Float64Array } | undefined
  return {
    put(row, by, difficulty) {
      found ??= { by: textColumn(size), difficulty: unknownFloats(size) }
      found.by.put(row, by)
      found.difficulty[row] = difficulty
    },
    columns: () => found && { by: found.by.column, difficulty: found.difficulty },
  }
}

function successColumns(size: number): {
  put(row: number, successProbability: string): void
  columns(): LogTable['assessedSuccess']
} {
  const columns = new Map<string, Float64Array>()
  return {
    put(row, successProbability) {
      for (const [model, share] of Object.entries(JSON.parse(successProbability) as Record<string, number>)) {
        const column = columns.get(model) ?? unknownFloats(size)
        column[row] = share
        columns.set(model, column)
      }
    },
    columns: () => (columns.size === 0 ? undefined : Object.fromEntries(columns)),
  }
}

function labelColumns(size: number): { put(row: number, scope: string): void; columns: LogTable['labels'] } {
  const builders = new Map<string, TextColumnBuilder>()
  const columns: Record<string, TextColumnBuilder['column']> = {}
  const builderOf = (name: string): TextColumnBuilder => {
    let builder = builders.get(name)
    if (builder === undefined) {
      builders.set(name, (builder = textColumn(size)))
      columns[name] = builder.column
    }
    return builder
  }
  return {
    put(row, scope) {
      const labels = JSON.parse(scope) as Record<string, string>
      for (const name in labels) builderOf(name).put(row, labels[name] ?? null)
    },
    columns,
  }
}

function unknownFloats(size: number): Float64Array {
  return new Float64Array(size).fill(NaN)
}
