import { arrivalOrder, type Arrivals, type Pattern } from './arrivals.js'
import type { StoredArrivals } from './store-arrivals.js'
import type { LogStore } from './store.js'

/** The rows of a table: which request stands where, and when it arrived. */
export interface RowOrder extends Arrivals {
  readonly size: number
  /** Row of a request's key, -1 for keys that are not used. */
  readonly rowOf: Int32Array
}

export function readRowOrder(store: LogStore, arrivals: StoredArrivals | undefined): RowOrder {
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
  const { pattern, seed } = patternOf(store, arrivals)
  const ordered = arrivalOrder(ids, at, pattern, seed)
  const rowOf = new Int32Array(keys.reduce((max, key) => Math.max(max, key), 0) + 1).fill(-1)
  ordered.order.forEach((source, row) => (rowOf[keys[source] ?? 0] = row))
  return { ...ordered, size: ids.length, rowOf }
}

function patternOf(
  store: LogStore,
  arrivals: StoredArrivals | undefined,
): { pattern: Pattern; seed: number } {
  if (arrivals === undefined) return { pattern: null, seed: 0 }
  if (!('trace' in arrivals)) return { pattern: arrivals[0], seed: arrivals[1] }
  const times = store.db.prepare<[], number>('select at from arrival_trace order by at, position').pluck()
  return { pattern: times.all(), seed: arrivals.seed }
}
