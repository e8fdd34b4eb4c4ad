import { BATCH, type NewRow, type SparseInsert } from './store-insert.js'

/** After a row that was there already: the file likely holds more of them, each of which spoils its batch. */
const REST = 64 * BATCH

interface Handlers<T> {
  /** These rows are new and in the table now, the last one under this rowid and those before it just below. */
  readonly inserted: (rows: readonly T[], lastRowid: number) => void
  /** This row is not in the table yet, or stood there before. */
  readonly alone: (row: T) => void
}

/** Rows that go into a table many at a time, in the order in which they came: one statement a row takes twice as long. */
export class InsertQueue<T extends NewRow> {
  readonly #insert: SparseInsert
  readonly #handlers: Handlers<T>
  #rows: T[] = []
  #rest = 0

  constructor(insert: SparseInsert, handlers: Handlers<T>) {
    this.#insert = insert
    this.#handlers = handlers
  }

  get last(): T | undefined {
    return this.#rows.at(-1)
  }

  push(row: T): void {
    this.#rows.push(row)
    if (this.#rows.length === BATCH) this.flush()
  }

  flush(): void {
    const rows = this.#rows
    if (rows.length === 0) return
    this.#rows = []
    const lastRowid = rows.length === BATCH && this.#rest <= 0 ? this.#insert.many(rows) : undefined
    if (typeof lastRowid === 'number') return this.#handlers.inserted(rows, lastRowid)
    this.#rest = lastRowid === false ? REST : this.#rest - rows.length
    for (const row of rows) this.#handlers.alone(row)
  }
}
