import type { OutcomeColumns, LogTable } from '../core/log-table.js'
import { NO_OUTCOME } from '../core/log-table.js'
import { nanoUsd } from '../core/money.js'
import { PRIORITIES } from '../core/request.js'
import { InputError } from '../core/errors.js'
import { arrivalOrder, type Arrivals } from './arrivals.js'
import { inputErrors, isEmpty, readMeta, type LogStore } from './store.js'
import { fillFeatures } from './store-features.js'
import { contentHash } from './store-hash.js'
import type { Extractor } from './store-merge.js'
import { textColumn, type TextColumnBuilder } from './text-column.js'

const NORMAL = PRIORITIES.indexOf('normal')
const LOGGED = 0
const MATRIX = 1

/**
 * The whole log as columns, rows ordered by time, then id. Rows come raw and go straight into typed arrays.
 * Features that were stored by another extractor are computed again from the stored text and kept.
 * @throws InputError when the store holds nothing.
 */
export function loadTable(store: LogStore, extractor: Extractor): LogTable {
  return inputErrors(store.path, () => load(store, extractor))
}

function load(store: LogStore, extractor: Extractor): LogTable {
  const meta = readMeta(store.db)
  const rows = isEmpty(store.db) ? undefined : readRowOrder(store, meta.get('arrivals'))
  if (rows === undefined || rows.size === 0) {
    throw new InputError(
      `${store.path} holds no requests yet; fill it with: tollgate import FILE --log ${store.path}`,
    )
  }
  const models = readModels(store)
  const outcomes = readOutcomes(store, rows, models)
  const requests = readRequests(store, rows, models)
  inferChosen(requests.chosen, outcomes)
  settleBases(requests.chosen, outcomes)
  tokensFromUsage(requests, outcomes)
  const requestsPerDay = Number(meta.get('requestsPerDay') ?? NaN)
  return {
    path: store.path,
    hash: contentHash(store),
    size: rows.size,
    arrivals: rows.synthetic > 0 ? 'synthetic' : 'logged',
    ids: rows.ids,
    at: rows.at,
    ...requests,
    features: fillFeatures(store, extractor, rows.rowOf, rows.size),
    outcomes,
    syntheticData: meta.get('synthetic') === 'true',
    ...(requestsPerDay > 0 && { requestsPerDay }),
  }
}

interface RowOrder extends Arrivals {
  readonly size: number
  /** Row of a request's key, -1 for keys that are not used. */
  readonly rowOf: Int32Array
}

function readRowOrder(store: LogStore, arrivals: string | undefined): RowOrder {
  const keys: number[] = []
  const ids: string[] = []
  const at: number[] = []
  const query = store.db
    .prepare<[], [number, string, number | null]>('select key, id, at from requests')
    .raw()
  for (const [key, id, time] of query.iterate()) {
    keys.push(key)
    ids.push(id)
    at.push(time ?? NaN)
  }
  const [perSecond, seed] = arrivals === undefined ? [null, 0] : (JSON.parse(arrivals) as [number, number])
  const ordered = arrivalOrder(ids, at, perSecond, seed)
  const rowOf = new Int32Array(keys.reduce((max, key) => Math.max(max, key), 0) + 1).fill(-1)
  ordered.order.forEach((source, row) => (rowOf[keys[source] ?? 0] = row))
  return { ...ordered, size: ids.length, rowOf }
}

/** Models by id, so that the order of imports leaves no trace: index of each stored key, and the ids. */
function readModels(store: LogStore): { ids: string[]; indexOf: Int32Array } {
  const rows = store.db
    .prepare<[], [number, string]>(
      'select key, id from models where key in (select model from outcomes union select chosen from requests) order by id',
    )
    .raw()
    .all()
  const indexOf = new Int32Array(rows.reduce((max, [key]) => Math.max(max, key), 0) + 1).fill(-1)
  rows.forEach(([key], index) => (indexOf[key] = index))
  return { ids: rows.map(([, id]) => id), indexOf }
}

type Nullable = number | null
type OutcomeRow = [
  number,
  number,
  Nullable,
  Nullable,
  Nullable,
  Nullable,
  Nullable,
  Nullable,
  Nullable,
  Nullable,
]
type MutableOutcome = { -readonly [K in keyof OutcomeColumns]: OutcomeColumns[K] }

function readOutcomes(
  store: LogStore,
  rows: RowOrder,
  models: { ids: string[]; indexOf: Int32Array },
): MutableOutcome[] {
  const { size, rowOf } = rows
  const outcomes = models.ids.map((model) => emptyOutcome(model, size))
  const query = store.db
    .prepare<[], OutcomeRow>(
      `select request, model, basis, cost_usd, quality, input_tokens, output_tokens, latency_ms, cached_input_tokens,
         cache_write_tokens from outcomes`,
    )
    .raw()
  for (const [
    request,
    model,
    basis,
    cost,
    quality,
    input,
    output,
    latency,
    cached,
    written,
  ] of query.iterate()) {
    const column = outcomes[models.indexOf[model] ?? -1]
    const row = rowOf[request] ?? -1
    if (column === undefined || row < 0) continue
    column.basis[row] = basis ?? UNSAID
    if (cost !== null) column.costNanoUsd[row] = nanoUsd(cost)
    if (quality !== null) column.quality[row] = quality
    if (input !== null) column.inputTokens[row] = input
    if (output !== null) column.outputTokens[row] = output
    if (latency !== null) column.latencyMs[row] = latency
    if (cached !== null) (column.cachedInputTokens ??= unknownIntegers(size))[row] = cached
    if (written !== null) (column.cacheWriteTokens ??= unknownIntegers(size))[row] = written
  }
  return outcomes
}

/** The file named no basis: settled once it is known which model was called. */
const UNSAID = 254

function emptyOutcome(model: string, size: number): MutableOutcome {
  return {
    model,
    basis: new Uint8Array(size).fill(NO_OUTCOME),
    costNanoUsd: new Float64Array(size).fill(NaN),
    quality: new Float64Array(size).fill(NaN),
    inputTokens: unknownIntegers(size),
    outputTokens: unknownIntegers(size),
    cachedInputTokens: undefined,
    cacheWriteTokens: undefined,
    latencyMs: new Float64Array(size).fill(NaN),
  }
}

type RequestColumns = Pick<
  LogTable,
  | 'labels'
  | 'priority'
  | 'inputTokensEstimate'
  | 'inputTokensBound'
  | 'maxOutputTokens'
  | 'needs'
  | 'task'
  | 'split'
  | 'assessedDifficulty'
  | 'chosen'
  | 'propensity'
>
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
]

function readRequests(store: LogStore, rows: RowOrder, models: { indexOf: Int32Array }): RequestColumns {
  const { size, rowOf } = rows
  const columns = {
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
  const query = store.db
    .prepare<[], RequestRow>(
      `select key, scope, priority, coalesce(input_tokens_estimate, tokens), max_output_tokens,
         case when input_tokens_bound is not null then input_tokens_bound
              when tokens_bound < input_tokens_estimate then input_tokens_estimate else tokens_bound end,
         needs, task, split, chosen, propensity, assessment ->> 'difficulty'
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
    ] = row
    const at = rowOf[key] ?? -1
    if (scope !== null) labels.put(at, scope)
    if (priority !== null) columns.priority[at] = priority
    if (estimate !== null) columns.inputTokensEstimate[at] = estimate
    if (bound !== null) columns.inputTokensBound[at] = bound
    if (longest !== null) columns.maxOutputTokens[at] = longest
    needs.put(at, need)
    task.put(at, taskText)
    split.put(at, splitText)
    if (chosen !== null) columns.chosen[at] = models.indexOf[chosen] ?? -1
    if (propensity !== null) columns.propensity[at] = propensity
    if (difficulty !== null) columns.assessedDifficulty[at] = difficulty
  }
  return { ...columns, needs: needs.column, task: task.column, split: split.column, labels: labels.columns }
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

/** A request that names no model but has exactly one outcome of a real call was sent to that model. */
function inferChosen(chosen: Int32Array, outcomes: readonly OutcomeColumns[]): void {
  const SEVERAL = -2
  const only = new Int32Array(chosen.length).fill(-1)
  outcomes.forEach(({ basis }, model) => {
    for (let row = 0; row < basis.length; row++) {
      if (basis[row] === UNSAID || basis[row] === LOGGED) only[row] = only[row] === -1 ? model : SEVERAL
      else if (basis[row] !== NO_OUTCOME) only[row] = SEVERAL
    }
  })
  for (let row = 0; row < chosen.length; row++) {
    if (chosen[row] === -1 && (only[row] ?? -1) >= 0) chosen[row] = only[row] ?? -1
  }
}

function settleBases(chosen: Int32Array, outcomes: readonly OutcomeColumns[]): void {
  outcomes.forEach(({ basis }, model) => {
    for (let row = 0; row < basis.length; row++) {
      if (basis[row] === UNSAID) basis[row] = chosen[row] === model ? LOGGED : MATRIX
    }
  })
}

/** Where the text is missing (`inputBasis: "usage"`): the tokens of the call made, bounded by the most of any model. */
function tokensFromUsage(requests: RequestColumns, outcomes: readonly OutcomeColumns[]): void {
  const { inputTokensEstimate, inputTokensBound, chosen } = requests
  for (let row = 0; row < inputTokensEstimate.length; row++) {
    if (inputTokensEstimate[row] !== -1) continue
    let most = -1
    for (const { inputTokens } of outcomes) most = Math.max(most, inputTokens[row] ?? -1)
    if (most < 0) continue
    const called = outcomes[chosen[row] ?? -1]?.inputTokens[row] ?? -1
    inputTokensEstimate[row] = called >= 0 ? called : most
    if (inputTokensBound[row] === -1) inputTokensBound[row] = most
  }
}

function unknownIntegers(size: number): Int32Array {
  return new Int32Array(size).fill(-1)
}
