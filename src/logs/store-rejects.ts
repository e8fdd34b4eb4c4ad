import type Database from 'better-sqlite3'
import { InputError, type Issue } from '../core/errors.js'
import type { Rejection } from './formats/format.js'
import { sumOf, type FileCounts } from './import-counts.js'

/** Keeps the rejected rows of one file with line and reason; the text of the row only where texts may be kept. */
export function rejectKeeper(
  db: Database.Database,
  file: string,
  redact: boolean,
): (rejection: Rejection, line: number, raw: string) => void {
  const insert = db.prepare('insert into rejects values (?, ?, ?, ?, ?)')
  return ({ reason, message }, line, raw) =>
    void insert.run(file, line, reason, redact ? reason : message, redact ? '' : raw.slice(0, 10_000))
}

/** Rejected rows are fatal under `strict`, and when nothing but rejects was found: then it was the wrong file or format. */
export function refuseRejects(db: Database.Database, files: readonly FileCounts[], strict: boolean): void {
  const bad = files.filter(
    ({ rejected, read }) => sumOf(rejected) > 0 && (strict || sumOf(rejected) === read),
  )
  if (bad.length === 0) return
  const issues = bad.flatMap(({ file }) => firstRejects(db, file))
  const count = bad.reduce((all, { rejected }) => all + sumOf(rejected), 0)
  const why = strict ? '--strict' : 'no row could be read'
  throw new InputError(
    `${count} ${count === 1 ? 'row was' : 'rows were'} rejected (${why}); nothing was imported`,
    issues,
  )
}

const SHOWN = 5

/** The first rejected rows of these files: `file:line` and why. */
export function shownRejects(db: Database.Database, files: readonly FileCounts[]): Issue[] {
  return files
    .filter(({ rejected }) => sumOf(rejected) > 0)
    .flatMap(({ file }) => firstRejects(db, file))
    .slice(0, SHOWN)
}

function firstRejects(db: Database.Database, file: string): Issue[] {
  const rows = db
    .prepare<[string], [number, string, string]>(
      'select line, reason, message from rejects where file = ? limit 10',
    )
    .raw()
    .all(file)
  return rows.map(([line, reason, message]) => ({
    path: `${file}:${line}`,
    message: message === reason ? reason : `${reason}: ${message}`,
  }))
}
