import { NO_OUTCOME, type OutcomeColumns } from '../core/log-table.js'
import { nanoUsd } from '../core/money.js'
import type { RowOrder } from './load-rows.js'
import type { LogStore } from './store.js'
import { unknownIntegers } from './text-column.js'

export interface Models {
  readonly ids: readonly string[]
  /** Index into `ids` by the store's key. */
  readonly indexOf: Int32Array
}

/** Models by id, so that the order of imports leaves no trace: index of each stored key, and the ids. */
export function readModels(store: LogStore): Models {
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

/** One entry a model, with the basis still UNSAID where the files named none. */
export function readOutcomes(store: LogStore, rows: RowOrder, models: Models): MutableOutcome[] {
  const { size, rowOf } = rows
  const outcomes = models.ids.map((model) => emptyOutcome(model, size))
  const query = store.db
    .prepare<[], OutcomeRow>(
      `select request, model, basis, coalesce(cost_usd, computed_cost_usd), quality, input_tokens, output_tokens, latency_ms, cached_input_tokens,
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
export const UNSAID = 254

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
