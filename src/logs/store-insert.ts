import type Database from 'better-sqlite3'
import type { Cell, Statement } from './store-statements.js'

/** A row's key and its other cells, in the order of the columns. */
export type Insert = (key: readonly (string | number)[], cells: readonly Cell[]) => Database.RunResult

/**
 * Inserts rows of which most cells are unknown, and leaves those whose key is there already. A statement is kept for
 * each set of known columns, since a NULL that is bound costs as much as a value and rows of a file know the same.
 */
export function sparseInsert(
  db: Database.Database,
  table: string,
  keys: readonly string[],
  columns: readonly string[],
): Insert {
  const statements = new Map<number, Statement>()
  return (key, cells) => {
    const values: Cell[] = [...key]
    let known = 0
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] ?? null
      if (cell === null) continue
      known |= 1 << i
      values.push(cell)
    }
    let statement = statements.get(known)
    if (statement === undefined) {
      statement = prepare(db, table, [...keys, ...columns.filter((_, i) => (known & (1 << i)) !== 0)])
      statements.set(known, statement)
    }
    return statement.run(...values)
  }
}

function prepare(db: Database.Database, table: string, columns: readonly string[]): Statement {
  const marks = columns.map(() => '?').join(', ')
  return db.prepare(`insert into ${table} (${columns.join(', ')}) values (${marks}) on conflict do nothing`)
}
