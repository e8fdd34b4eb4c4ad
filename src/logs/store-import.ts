import type Database from 'better-sqlite3'
import { InputError, nearMiss, type Issue } from '../core/errors.js'
import type { LogCard, LogFormat } from './formats/format.js'
import { detectFormat, formatByName } from './formats/registry.js'
import type { LintWarning } from './lint.js'
import {
  asInputError,
  ensureSchema,
  openOrCreateLog,
  readMeta,
  removeLog,
  writeMeta,
  type LogStore,
} from './store.js'
import { fileHash, firstLines, statFile, type LogFile } from './store-files.js'
import { forgetHash } from './store-hash.js'
import { computeCosts, refuseUnpriced, type PricedLog } from './store-prices.js'
import type { ChosenBook } from './prices/chosen-book.js'
import { LogWriter, type Counter, type Extractor } from './store-merge.js'
import { readRows, type RowSink } from './store-rows.js'

export interface ImportOptions {
  /** The log store; made when it does not exist. */
  readonly log: string
  readonly files: readonly string[]
  /** `queries.jsonl` files of the matrix form; read first. */
  readonly queries?: readonly string[]
  /** A format's name for `files`, or `auto`. */
  readonly format?: string
  /** For logs without times: requests per second and the seed of the Poisson process. */
  readonly arrivals?: { readonly perSecond: number; readonly seed: number } | undefined
  /** A price book: what every outcome's usage costs, beside what was recorded. */
  readonly prices?: ChosenBook | undefined
  /** US dollars for one unit of each currency, for costs in another than dollars. */
  readonly rates?: ReadonlyMap<string, number>
  /** Any rejected row makes the import fail and leaves the store as it was. */
  readonly strict?: boolean
  readonly counter: Counter
  readonly extractor: Extractor
  /** Called now and then with bytes as they lie on disk. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void
}

export interface ImportCounts {
  /** Rows of all files; read = stored + duplicates + rejected. */
  readonly read: number
  /** Rows that added or changed something. */
  readonly stored: number
  /** Rows of which the store held everything already. */
  readonly duplicates: number
  readonly rejected: Readonly<Record<string, number>>
}

export interface ImportResult extends ImportCounts {
  /** What the store holds now. */
  readonly requests: number
  readonly outcomes: number
  readonly models: number
  readonly files: readonly (ImportCounts & { readonly file: string; readonly format: string })[]
  readonly warnings: readonly LintWarning[]
  /** What the price book made of the log's usage. */
  readonly prices: PricedLog | undefined
  /** The first rows that were rejected, at most five: `file:line` and why. */
  readonly firstRejects: readonly Issue[]
}

interface PlannedFile {
  readonly file: LogFile
  readonly format: LogFormat
}

/**
 * Files into a log store, in one transaction: an import that fails or is killed leaves the store as it was, and can be
 * run again to the same store. A file that was imported before adds nothing.
 * @throws InputError for files that cannot be read, a store that cannot be written, and (`strict`) rejected rows.
 */
export async function importFiles(options: ImportOptions): Promise<ImportResult> {
  const planned = await planFiles(options)
  const { store, created } = openOrCreateLog(options.log)
  let committed = false
  try {
    store.db.exec('begin immediate')
    ensureSchema(store.db)
    const result = await importPlanned(store, planned, options)
    store.db.exec('commit')
    committed = true
    return result
  } catch (error) {
    if (store.db.inTransaction) store.db.exec('rollback')
    throw asInputError(options.log, error)
  } finally {
    if (created && !committed) removeLog(store)
    else store.close()
  }
}

async function planFiles(options: ImportOptions): Promise<PlannedFile[]> {
  const planned: PlannedFile[] = []
  for (const path of options.queries ?? []) {
    planned.push({ file: statFile(path), format: formatByName('queries') })
  }
  for (const path of options.files) {
    const file = statFile(path)
    const named = options.format !== undefined && options.format !== 'auto'
    planned.push({
      file,
      format: named ? formatByName(options.format) : detectFormat(path, await firstLines(file)),
    })
  }
  return planned
}

async function importPlanned(
  store: LogStore,
  planned: readonly PlannedFile[],
  options: ImportOptions,
): Promise<ImportResult> {
  const writer = new LogWriter(store.db, options.counter, options.extractor)
  const bytesTotal = planned.reduce((sum, { file }) => sum + file.bytes, 0)
  let bytesRead = 0
  const onBytes = (count: number): void => options.onProgress?.((bytesRead += count), bytesTotal)
  const files: FileCounts[] = []
  for (const { file, format } of planned)
    files.push(await importFile({ store, writer, file, format, onBytes, rates: options.rates }))
  refuseRejects(store.db, files, options.strict === true)
  writeArrivals(store.db, options.arrivals)
  const prices = options.prices === undefined ? undefined : computeCosts(store.db, options.prices)
  if (options.strict === true && prices !== undefined) refuseUnpriced(prices)
  const changed = files.some(({ stored }) => stored > 0) || prices !== undefined
  if (changed || options.arrivals !== undefined) forgetHash(store.db)
  return {
    ...total(files),
    ...storeCounts(store.db),
    files,
    warnings: [
      ...files.flatMap((counts) => counts.warnings),
      ...untimedWarning(store.db),
      ...(prices?.warnings ?? []),
    ],
    prices,
    firstRejects: files.flatMap((counts) => rejectsOf(store.db, counts)).slice(0, SHOWN_REJECTS),
  }
}

interface FileCounts extends ImportCounts {
  readonly file: string
  readonly format: string
  readonly warnings: readonly LintWarning[]
}

interface FileImport {
  readonly store: LogStore
  readonly writer: LogWriter
  readonly file: LogFile
  readonly format: LogFormat
  readonly onBytes: (count: number) => void
  readonly rates: ReadonlyMap<string, number> | undefined
}

async function importFile({ store, writer, file, format, onBytes, rates }: FileImport): Promise<FileCounts> {
  const sha256 = await fileHash(file)
  const before = importedBefore(store.db, sha256)
  if (before !== undefined) return { ...before, file: file.path, format: format.name }
  const rejected: Record<string, number> = {}
  const counts = { read: 0, stored: 0, duplicates: 0 }
  const insertReject = store.db.prepare('insert into rejects values (?, ?, ?, ?, ?)')
  const place = { file: file.path, line: 0 }
  const sink: RowSink = {
    record(record, line) {
      place.line = line
      counts.read++
      if (writer.put(record, place)) counts.stored++
      else counts.duplicates++
    },
    card: (card) => putCard(store.db, card),
    reject(rejection, line, raw) {
      counts.read++
      rejected[rejection.reason] = (rejected[rejection.reason] ?? 0) + 1
      insertReject.run(file.path, line, rejection.reason, rejection.message, raw.slice(0, 10_000))
    },
  }
  const { ignored } = await readRows(file, format, sink, onBytes, rates === undefined ? {} : { rates })
  store.db
    .prepare('insert into imports values (?, ?, ?, ?, ?, ?)')
    .run(sha256, file.path, format.name, counts.read, counts.stored, JSON.stringify(rejected))
  return {
    file: file.path,
    format: format.name,
    ...counts,
    rejected,
    warnings: ignoredWarning(file, ignored),
  }
}

function putCard(db: Database.Database, card: LogCard): void {
  if (card.synthetic === true) writeMeta(db, 'synthetic', 'true')
  if (card.requestsPerDay !== undefined) writeMeta(db, 'requestsPerDay', String(card.requestsPerDay))
  if (card.description !== undefined) writeMeta(db, 'description', card.description)
  const change = card.policyChange
  if (change === undefined) return
  db.prepare('insert or replace into policy_changes values (?, ?, ?, ?)').run(
    change.life,
    change.seq,
    change.policyHash,
    change.at,
  )
}

/** The very same file again: nothing is read, since "later wins" must not bring old values back. */
function importedBefore(
  db: Database.Database,
  sha256: string,
): (ImportCounts & { warnings: readonly LintWarning[] }) | undefined {
  const row = db
    .prepare<[string], [string, number, string]>('select file, rows, rejected from imports where sha256 = ?')
    .raw()
    .get(sha256)
  if (row === undefined) return undefined
  const [file, rows] = row
  const rejected = JSON.parse(row[2]) as Record<string, number>
  const warning = {
    code: 'imported-before',
    message: `the same file was imported before (as ${file}): its rows are counted as duplicates and not read again`,
    count: rows,
  }
  return { read: rows, stored: 0, duplicates: rows - sum(rejected), rejected, warnings: [warning] }
}

function ignoredWarning(file: LogFile, ignored: readonly string[]): LintWarning[] {
  return ignored.map((name) => {
    const near = nearMiss(name, [
      'cost_usd',
      'input_tokens',
      'output_tokens',
      'latency_s',
      'task',
      'split',
      'quality',
    ])
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    return { code: 'ignored-column', message: `${file.path}: column "${name}" is not read${hint}`, count: 1 }
  })
}

/** Rejected rows are fatal under `strict`, and when nothing but rejects was found: then it was the wrong file or format. */
function refuseRejects(db: Database.Database, files: readonly FileCounts[], strict: boolean): void {
  const bad = files.filter(({ rejected, read }) => sum(rejected) > 0 && (strict || sum(rejected) === read))
  if (bad.length === 0) return
  const issues = bad.flatMap(({ file }) => firstRejects(db, file))
  const count = bad.reduce((all, { rejected }) => all + sum(rejected), 0)
  const why = strict ? '--strict' : 'no row could be read'
  throw new InputError(
    `${count} ${count === 1 ? 'row was' : 'rows were'} rejected (${why}); nothing was imported`,
    issues,
  )
}

const SHOWN_REJECTS = 5

function rejectsOf(db: Database.Database, { file, rejected }: FileCounts): Issue[] {
  return sum(rejected) === 0 ? [] : firstRejects(db, file)
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
    message: `${reason}: ${message}`,
  }))
}

function writeArrivals(db: Database.Database, arrivals: ImportOptions['arrivals']): void {
  if (arrivals !== undefined) writeMeta(db, 'arrivals', JSON.stringify([arrivals.perSecond, arrivals.seed]))
}

/** Without `--arrivals`, now or before, requests without a time come one a second: said, not done in silence. */
function untimedWarning(db: Database.Database): LintWarning[] {
  if (readMeta(db).has('arrivals')) return []
  const [count] = db.prepare<[], [number]>('select count(*) from requests where at is null').raw().get() ?? [
    0,
  ]
  const message = `${count} requests have no time and count as one a second, in an order drawn by lot; for Poisson arrivals: --arrivals 5/s --seed 1`
  return count === 0 ? [] : [{ code: 'synthetic-times', message, count }]
}

function total(files: readonly FileCounts[]): ImportCounts {
  const rejected: Record<string, number> = {}
  for (const file of files) {
    for (const [reason, n] of Object.entries(file.rejected)) rejected[reason] = (rejected[reason] ?? 0) + n
  }
  return {
    read: files.reduce((all, file) => all + file.read, 0),
    stored: files.reduce((all, file) => all + file.stored, 0),
    duplicates: files.reduce((all, file) => all + file.duplicates, 0),
    rejected,
  }
}

function storeCounts(db: Database.Database): { requests: number; outcomes: number; models: number } {
  const count = (table: string): number =>
    db.prepare<[], [number]>(`select count(*) from ${table}`).raw().get()?.[0] ?? 0
  return { requests: count('requests'), outcomes: count('outcomes'), models: count('models') }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, n) => all + n, 0)
}
