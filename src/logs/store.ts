import { existsSync, rmSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { InputError } from '../core/errors.js'
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './store-schema.js'

/** An open log store: one SQLite file. Close it when done. */
export interface LogStore {
  readonly path: string
  readonly db: Database.Database
  /** True when the file or its folder may not be written: features of a new extractor are then not kept. */
  readonly readonly: boolean
  close(): void
}

/** Opens an existing log store. @throws InputError when it is missing, not ours, or from a newer version. */
export function openLog(path: string): LogStore {
  if (!existsSync(path)) {
    throw new InputError(
      `there is no log store at ${path}; make one with: tollgate import FILE --log ${path}`,
    )
  }
  if (statSync(path).isDirectory()) throw new InputError(`${path} is a folder, not a log store`)
  return inputErrors(path, () => openChecked(path))
}

/** Opens a log store, making it when it does not exist; `created` says which. Not yet on disk before the first write. */
export function openOrCreateLog(path: string): { store: LogStore; created: boolean } {
  if (existsSync(path)) return { store: openLog(path), created: false }
  return inputErrors(path, () => ({ store: asStore(path, new Database(path), false), created: true }))
}

/** Removes what a failed import of a new store left behind. */
export function removeLog(store: LogStore): void {
  store.close()
  for (const suffix of ['', '-journal']) rmSync(store.path + suffix, { force: true })
}

/** Makes the tables; part of the first import's transaction, so that a killed import leaves an empty file. */
export function ensureSchema(db: Database.Database): void {
  if (isEmpty(db)) db.exec(SCHEMA)
}

export function readMeta(db: Database.Database): ReadonlyMap<string, string> {
  if (isEmpty(db)) return new Map()
  return new Map(db.prepare<[], [string, string]>('select key, value from meta').raw().all())
}

export function writeMeta(db: Database.Database, key: string, value: string | null): void {
  if (value === null) db.prepare('delete from meta where key = ?').run(key)
  else
    db.prepare('insert into meta values (?, ?) on conflict do update set value = excluded.value').run(
      key,
      value,
    )
}

/** Runs `action`, turning failures of the disk or the file into InputErrors that say what to do. */
export function inputErrors<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw asInputError(path, error)
  }
}

export function asInputError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = MESSAGES.find(([prefix]) => code.startsWith(prefix))?.[1]
  if (message !== undefined) return new InputError(`${path}: ${message}`)
  // The driver's own check of the folder comes as a TypeError without a code.
  if (error instanceof TypeError && error.message.includes('directory does not exist')) {
    return new InputError(`${path}: the folder does not exist`)
  }
  return error
}

const MESSAGES: readonly (readonly [string, string])[] = [
  ['SQLITE_FULL', 'the disk is full; nothing was changed'],
  ['SQLITE_READONLY', 'the log store or its folder is read-only; nothing was changed'],
  ['SQLITE_CANTOPEN', 'the log store cannot be opened or made (is the folder writable?)'],
  ['SQLITE_NOTADB', 'is not a log store (not an SQLite database)'],
  ['SQLITE_CORRUPT', 'the log store is damaged; make it again with tollgate import'],
  ['SQLITE_BUSY', 'the log store is in use by another import'],
  ['SQLITE_IOERR', 'the disk failed while reading or writing; nothing was changed'],
]

function openChecked(path: string): LogStore {
  const { db, readonly } = openWritable(path)
  try {
    checkVersion(path, db)
    return asStore(path, db, readonly)
  } catch (error) {
    db.close()
    throw error
  }
}

/** A killed import leaves a journal that only a writer can roll back; without the right to write, read what is there. */
function openWritable(path: string): { db: Database.Database; readonly: boolean } {
  try {
    const db = new Database(path, { fileMustExist: true })
    db.pragma('user_version')
    return { db, readonly: db.readonly }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('SQLITE_READONLY') && !code.startsWith('SQLITE_CANTOPEN')) throw error
    return { db: new Database(path, { readonly: true }), readonly: true }
  }
}

function checkVersion(path: string, db: Database.Database): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  if (isEmpty(db) && version === 0) return
  if (Number(db.pragma('application_id', { simple: true })) !== APPLICATION_ID) {
    throw new InputError(`${path} is an SQLite database, but not a log store of Tollgate`)
  }
  if (version < SCHEMA_VERSION) {
    throw new InputError(
      `${path} was written by an older Tollgate (schema ${version}; this one reads ${SCHEMA_VERSION}): make it again with tollgate import`,
    )
  }
  if (version > SCHEMA_VERSION) {
    throw new InputError(
      `${path} was written by a newer Tollgate (schema ${version}; this one reads ${SCHEMA_VERSION}): update Tollgate`,
    )
  }
}

/** A file without tables: what a killed first import leaves. */
export function isEmpty(db: Database.Database): boolean {
  return db.prepare('select 1 from sqlite_master').get() === undefined
}

function asStore(path: string, db: Database.Database, readonly: boolean): LogStore {
  // Takes effect when the file is made: large pages make long imports a tenth faster.
  db.pragma('page_size = 16384')
  db.pragma('cache_size = -65536')
  db.pragma('temp_store = memory')
  // Keys are made by one writer that looks each of them up; checking them again doubles the time of an insert.
  db.pragma('foreign_keys = off')
  return { path, db, readonly, close: () => void db.close() }
}
