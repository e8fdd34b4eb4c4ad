import type { LogStore } from './store.js'
import { whenWritable } from './store-hash.js'
import { extractorKey, messagesOf, type Extractor } from './store-merge.js'

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
  const known = readStored(store, extractor, fill)
  computeMissing(store, extractor, known, fill)
  return columns
}

type Fill = (request: number, values: ArrayLike<number>) => void

function readStored(store: LogStore, extractor: Extractor, fill: Fill): Set<number> | 'all' {
  const known = new Set<number>()
  const query = store.db
    .prepare<[string], [number, Buffer]>(
      'select request, cells from features where extractor = (select key from extractors where id = ?)',
    )
    .raw()
  let stored = 0
  for (const [request, cells] of query.iterate(extractor.key)) {
    // A copy, since SQLite's bytes need not be aligned for doubles.
    fill(request, new Float64Array(new Uint8Array(cells).buffer))
    known.add(request)
    stored++
  }
  const [missing] = store.db
    .prepare<[string], [number]>(
      `select count(*) from texts where not exists (select 1 from features f where f.request = texts.request
         and f.extractor = (select key from extractors where id = ?))`,
    )
    .raw()
    .get(extractor.key) ?? [0]
  return missing === 0 && stored >= 0 ? 'all' : known
}

function computeMissing(store: LogStore, extractor: Extractor, known: Set<number> | 'all', fill: Fill): void {
  if (known === 'all') return
  const computed: [number, Float64Array][] = []
  const query = store.db
    .prepare<[], [number, string, number]>('select request, content, tokens from texts')
    .raw()
  for (const [request, content, tokens] of query.iterate()) {
    if (known.has(request)) continue
    const values = Float64Array.from(extractor.extract(messagesOf(content), tokens))
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
