import type Database from 'better-sqlite3'
import type { Cell, Statement } from './store-statements.js'

/** A row's key and its other cells, in the order of the columns. */
export interface NewRow {
  readonly key: readonly (string | number)[]
  readonly cells: readonly Cell[]
}

/** How many rows one statement inserts. */
export const BATCH = 16

/**
 * Inserts into one table, of whose columns most are unknown. A statement is kept for each set of known columns, since a
 * NULL that is bound costs as much as a value and rows of a file mostly know the same.
 */
export class SparseInsert {
  readonly #db: Database.Database
  readonly #table: string
  readonly #keys: readonly string[]
  readonly #columns: readonly string[]
  readonly #one = new Map<number, Statement>()
  readonly #many = new Map<number, Statement>()

  constructor(db: Database.Database, table: string, keys: readonly string[], columns: readonly string[]) {
    this.#db = db
    this.#table = table
    this.#keys = keys
    this.#columns = columns
  }

  /** Changes nothing where the key is there already. */
  one(row: NewRow): Database.RunResult {
    const known = knownCells(row.cells)
    let statement = this.#one.get(known)
    if (statement === undefined) {
      statement = this.#prepare(known, 1, 'on conflict do nothing')
      this.#one.set(known, statement)
    }
    return statement.run(...values([row], known))
  }

  /** `BATCH` rows, all or none: false when a key was there already or occurs twice. Else the last row's rowid. */
  many(rows: readonly NewRow[]): number | false {
    const known = rows.reduce((all, { cells }) => all | knownCells(cells), 0)
    let statement = this.#many.get(known)
    if (statement === undefined) {
      statement = this.#prepare(known, BATCH, '')
      this.#many.set(known, statement)
    }
    try {
      return Number(statement.run(...values(rows, known)).lastInsertRowid)
    } catch (error) {
      if (isTaken(error)) return false
      throw error
    }
  }

  #prepare(known: number, rows: number, conflict: string): Statement {
    const columns = [...this.#keys, ...this.#columns.filter((_, i) => (known & (1 << i)) !== 0)]
    const marks = `(${columns.map(() => '?').join(', ')})`
    const all = Array.from({ length: rows }, () => marks).join(', ')
    return this.#db.prepare(`insert into ${this.#table} (${columns.join(', ')}) values ${all} ${conflict}`)
  }
}

/** A bit for each cell that is known. */
function knownCells(cells: readonly Cell[]): number {
  let known = 0
  for (let i = 0; i < cells.length; i++) if (cells[i] !== null) known |= 1 << i
  return known
}

function values(rows: readonly NewRow[], known: number): Cell[] {
  const bound: Cell[] = []
  for (const { key, cells } of rows) {
    for (let i = 0; i < key.length; i++) bound.push(key[i] ?? null)
    for (let i = 0; i < cells.length; i++) if ((known & (1 << i)) !== 0) bound.push(cells[i] ?? null)
  }
  return bound
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}
