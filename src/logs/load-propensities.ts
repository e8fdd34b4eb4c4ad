import type { LogTable } from '../core/log-table.js'
import type { RowOrder } from './load-rows.js'
import type { LogStore } from './store.js'

/**
 * The chances that a router wrote down of every model that it might have called (`run.propensities`). A model that such a
 * record leaves out had none. Undefined where no request has them.
 */
export function readPropensities(store: LogStore, { size, rowOf }: RowOrder): LogTable['propensities'] {
  const query = store.db
    .prepare<[], [number, string]>(
      `select key, run -> 'propensities' from requests where run is not null and run -> 'propensities' is not null`,
    )
    .raw()
  const columns = new Map<string, Float64Array>()
  const told: number[] = []
  for (const [key, json] of query.iterate()) {
    const row = rowOf[key] ?? -1
    told.push(row)
    for (const [model, chance] of Object.entries(JSON.parse(json) as Record<string, number>)) {
      const column = columns.get(model) ?? new Float64Array(size).fill(NaN)
      columns.set(model, column)
      column[row] = chance
    }
  }
  if (columns.size === 0) return undefined
  for (const column of columns.values())
    for (const row of told) if (Number.isNaN(column[row])) column[row] = 0
  return Object.fromEntries(columns)
}
