import { arrivalOrder, type Arrivals } from './arrivals.js'
import type { LogStore } from './store.js'

/** The rows of a table: which request stands where, and when it arrived. */
export interface RowOrder extends Arrivals {
  readonly size: number
  /** Row of a request's key, -1 for keys that are not used. */
  readonly rowOf: Int32Array
}

export function readRowOrder(store: LogStore, arrivals: string | undefined): RowOrder {
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
