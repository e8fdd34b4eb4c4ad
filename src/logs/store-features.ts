import type { LogStore } from './store.js'
import { whenWritable } from './store-hash.js'
import { extractorKey, type Extractor } from './store-merge.js'
import { messagesOf } from './stored-text.js'

/**
 * One column a feature, NaN where the text is unknown. What was stored by another extractor is computed again from the
 * stored text, by the very code the runtime uses, and kept under the new key.
 */
export function fillFeatures(
  store: LogStore,
  extractor: Extractor,
  rowOf: Int32Array,
  size: number,
): Float64Array[] {
  const columns = extractor.names.map(() => new Float64Array(size).fill(NaN))
  const fill = (request: number, values: ArrayLike<number>): void => {
    const row = rowOf[request] ?? -1
    for (let i = 0; i < columns.length; i++) (columns[i] as Float64Array)[row] = values[i] ?? NaN
  }
  const known = readStored(store, extractor, rowOf.length, fill)
  if (hasUnknown(store, known)) computeMissing(store, extractor, known.byRequest, fill)
  return columns
}

type Fill = (request: number, values: ArrayLike<number>) => void

interface Known {
  /** 1 where the request has features of this extractor. */
  readonly byRequest: Uint8Array
  readonly count: number
}

function readStored(store: LogStore, extractor: Extractor, keys: number, fill: Fill): Known {
  const byRequest = new Uint8Array(keys)
  let count = 0
  const query = store.db
    .prepare<[string], [number, Buffer]>(
      'select request, cells from features where extractor = (select key from extractors where id = ?)',
    )
    .raw()
  for (const [request, cells] of query.iterate(extractor.key)) {
    // A copy where SQLite's bytes are not aligned for doubles.
    const bytes = cells.byteOffset % 8 === 0 ? cells : new Uint8Array(cells)
    fill(request, new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 3))
    byRequest[request] = 1
    count++
  }
  return { byRequest, count }
}

/** Is there a text without features? Usually there are as many of one as of the other, which is cheap to see. */
function hasUnknown(store: LogStore, { byRequest, count }: Known): boolean {
  const [texts] = store.db.prepare<[], [number]>('select count(*) from texts').raw().get() ?? [0]
  const [all] = store.db.prepare<[], [number]>('select count(*) from requests').raw().get() ?? [0]
  if (texts === 0 || count === all) return false
  const query = store.db.prepare<[], number>('select request from texts').pluck()
  for (const request of query.iterate()) if (byRequest[request] !== 1) return true
  return false
}

function computeMissing(store: LogStore, extractor: Extractor, known: Uint8Array, fill: Fill): void {
  const computed: [number, Float64Array][] = []
  const query = store.db
    .prepare<[], [number, string, number, string | null]>(
      'select request, content, tokens, task from texts join requests on requests.key = request',
    )
    .raw()
  for (const [request, content, tokens, task] of query.iterate()) {
    if (known[request] === 1) continue
    const values = Float64Array.from(extractor.extract(messagesOf(content), tokens, task ?? undefined))
    fill(request, values)
    computed.push([request, values])
  }
  whenWritable(store, () => keep(store, extractor.key, computed))
}

function keep(store: LogStore, extractor: string, computed: readonly [number, Float64Array][]): void {
  const write = store.db.transaction(() => {
    const key = extractorKey(store.db, extractor)
    const insert = store.db.prepare('insert or ignore into features values (?, ?, ?)')
    for (const [request, values] of computed) {
      insert.run(key, request, Buffer.from(values.buffer, values.byteOffset, values.byteLength))
    }
  })
  write.immediate()
}
