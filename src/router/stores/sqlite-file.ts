import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { InputError } from '../../core/errors.js'
import { StoreError } from '../store.js'
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './sqlite-schema.js'

/** What is used of better-sqlite3. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement
  exec(sql: string): unknown
  pragma(sql: string, options?: { readonly simple: boolean }): unknown
  close(): unknown
}

export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly lastInsertRowid: number | bigint }
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): unknown[]
}

export type SqliteValue = number | string | null | Uint8Array

/**
 * Opens a ledger's file, making it and its folders where they are missing. Several processes may do so at once: one makes the
 * tables, the others find them. Waits for nobody: a file that is busy is for the caller to try again.
 * @throws InputError when it is something else, or from another version.
 */
export function openLedgerFile(path: string): SqliteDatabase {
  mkdirSync(dirname(path), { recursive: true })
  const db: SqliteDatabase = new Database(path, { timeout: 0 })
  try {
    prepareFile(path, db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** A commit is on the disk before it is answered: `kill -9` and a power cut lose nothing that was acknowledged. */
function prepareFile(path: string, db: SqliteDatabase): void {
  db.pragma('synchronous = FULL')
  const isNew = checkVersion(path, db)
  db.pragma('journal_mode = WAL')
  if (!isNew) return
  db.exec('begin immediate')
  if (checkVersion(path, db)) db.exec(SCHEMA)
  db.exec('commit')
}

/** Whether the file is still without tables. */
function checkVersion(path: string, db: SqliteDatabase): boolean {
  if (db.prepare('select 1 from sqlite_master').get() === undefined) return true
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID)
    throw new InputError(`${path} is an SQLite database, but not a ledger of Tollgate`)
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version !== SCHEMA_VERSION) {
    const age = version > SCHEMA_VERSION ? 'a newer' : 'an older'
    throw new InputError(
      `${path} was written by ${age} Tollgate (schema ${version}; this one reads ${SCHEMA_VERSION})`,
    )
  }
  return false
}

export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

/** A file that is none of ours is wrong input; whatever else SQLite or the file system says is the store's failure. */
export function asStoreError(path: string, error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'SQLITE_NOTADB') return new InputError(`${path} is not a ledger (not an SQLite database)`)
  if (code === '') return error
  const why = isBusy(error) ? 'other processes kept it busy for too long' : (error as Error).message
  return new StoreError(`${path}: ${why} (${code})`, { cause: error })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
