import type Database from 'better-sqlite3'
import type { Issue } from '../core/errors.js'
import type { LogRecord } from '../core/log-record.js'
import { Rejection, type LogCard, type LogFormat } from './formats/format.js'
import { NO_QUALITY_RULES, type QualityRules } from './formats/quality-rules.js'
import { countReason, sumOf, totalCounts, type FileCounts, type ImportCounts } from './import-counts.js'
import { fileWarnings, passedOverWarnings } from './import-warnings.js'
import type { LintWarning } from './lint/lint.js'
import { RowOrderReader } from './lint/row-order.js'
import { asInputError, ensureSchema, openOrCreateLog, removeLog, writeMeta, type LogStore } from './store.js'
import { putArrivals, untimedWarning, type ArrivalOptions } from './store-arrivals.js'
import { fileHash } from './store-files.js'
import { forgetHash } from './store-hash.js'
import { openInputs, type Inputs } from './store-inputs.js'
import { layFeedback, waitingLabels } from './store-labels.js'
import { LogWriter, type Counter, type Extractor } from './store-merge.js'
import { planFile } from './store-plan.js'
import { noteQualityRules } from './store-quality.js'
import { refuseRejects, rejectKeeper, shownRejects } from './store-rejects.js'
import { computeCosts, refuseUnpriced, type PricedLog } from './store-prices.js'
import type { ChosenBook } from './prices/chosen-book.js'
import { answerReader, attachSample, missingAnswers, type Sample } from './store-sample.js'
import { judgeRetries } from './store-retries.js'
import { readRows, type RowSink, type RowSource } from './store-rows.js'

export interface ImportOptions {
  /** The log store; made when it does not exist. */
  readonly log: string
  /** Files, folders, patterns such as `logs/*.jsonl.gz`, or `-` for stdin. */
  readonly files: readonly string[]
  /** `queries.jsonl` files of the matrix form; read first. */
  readonly queries?: readonly string[]
  /** A format's name for `files`, or `auto`. */
  readonly format?: string
  /** A format made from a mapping file, for `files`. */
  readonly mapped?: LogFormat | undefined
  /** For logs without times: a rate of arrivals, or a file whose times are taken. */
  readonly arrivals?: ArrivalOptions | undefined
  /** A price book: what every outcome's usage costs, beside what was recorded. */
  readonly prices?: ChosenBook | undefined
  /** US dollars for one unit of each currency, for costs in another than dollars. */
  readonly rates?: ReadonlyMap<string, number>
  /** What makes a quality of scores, thumbs and failures; nothing does when it is not named. */
  readonly quality?: QualityRules
  /** The answers are those of a sample that was drawn from this log. */
  readonly attach?: Sample | undefined
  /** Keeps features, token counts and hashes of texts, and no text. */
  readonly redact?: boolean
  /** Any rejected row makes the import fail and leaves the store as it was. */
  readonly strict?: boolean
  readonly counter: Counter
  readonly extractor: Extractor
  readonly stdin?: NodeJS.ReadableStream
  /** Called now and then with bytes as they lie on disk. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void
}

export interface ImportResult extends ImportCounts {
  /** What the store holds now. */
  readonly requests: number
  readonly outcomes: number
  readonly models: number
  readonly files: readonly (ImportCounts & { readonly file: string; readonly format: string })[]
  readonly warnings: readonly LintWarning[]
  /** The first rows that were rejected, at most five: `file:line` and why. */
  readonly firstRejects: readonly Issue[]
  /** What the price book made of the log's usage. */
  readonly prices: PricedLog | undefined
}

/**
 * Files into a log store, in one transaction: an import that fails or is killed leaves the store as it was, and can be
 * run again to the same store. A file that was imported before adds nothing.
 * @throws InputError for files that cannot be read, a store that cannot be written, and (`strict`) rejected rows.
 */
export async function importFiles(options: ImportOptions): Promise<ImportResult> {
  const inputs = await openInputs(options.files, options.stdin ?? process.stdin)
  try {
    return await importInputs(await planInputs(inputs, options), inputs, options)
  } finally {
    inputs.dispose()
  }
}

/** Every file with its format, before anything is written: a file that no format fits spoils nothing. */
async function planInputs(inputs: Inputs, options: ImportOptions): Promise<RowSource[]> {
  const queries = await openInputs(options.queries ?? [], process.stdin)
  const quality = (options.quality ?? NO_QUALITY_RULES).qualityOf
  const planned: RowSource[] = []
  for (const file of queries.files) planned.push(await planFile(file, { format: 'queries', quality }))
  for (const file of inputs.files) {
    planned.push(
      await planFile(file, { format: options.format, mapped: options.mapped, quality, rates: options.rates }),
    )
  }
  return planned
}

async function importInputs(
  planned: readonly RowSource[],
  inputs: Inputs,
  options: ImportOptions,
): Promise<ImportResult> {
  const { store, created } = openOrCreateLog(options.log)
  let committed = false
  try {
    store.db.exec('begin immediate')
    ensureSchema(store.db)
    const result = await importPlanned(store, planned, options)
    store.db.exec('commit')
    committed = true
    return { ...result, warnings: [...passedOverWarnings(inputs.passedOver), ...result.warnings] }
  } catch (error) {
    if (store.db.inTransaction) store.db.exec('rollback')
    throw asInputError(options.log, error)
  } finally {
    if (created && !committed) removeLog(store)
    else store.close()
  }
}

async function importPlanned(
  store: LogStore,
  planned: readonly RowSource[],
  options: ImportOptions,
): Promise<ImportResult> {
  const { attach } = options
  if (attach !== undefined) attachSample(store, attach)
  const accept = attach === undefined ? undefined : answerReader(store, attach)
  const writer = new LogWriter(store.db, options)
  const bytesTotal = planned.reduce((sum, { file }) => sum + file.bytes, 0)
  let bytesRead = 0
  const onBytes = (count: number): void => options.onProgress?.((bytesRead += count), bytesTotal)
  const redact = options.redact === true
  const files: FileCounts[] = []
  for (const source of planned)
    files.push(await importFile({ store, writer, source, redact, accept, onBytes }))
  refuseRejects(store.db, files, options.strict === true)
  const laid = layFeedback(store.db)
  const retries = judge(store.db, options.quality ?? NO_QUALITY_RULES)
  const arrivals = await putArrivals(store.db, options.arrivals)
  const prices = options.prices === undefined ? undefined : computeCosts(store.db, options.prices)
  if (options.strict === true && prices !== undefined) refuseUnpriced(prices)
  const labels = laid + writer.labelChanges
  const changed = files.some(({ stored }) => stored > 0) || labels > 0 || retries > 0 || prices !== undefined
  if (changed || options.arrivals !== undefined) forgetHash(store.db)
  if (redact) writeMeta(store.db, 'redacted', 'true')
  return {
    ...totalCounts(files),
    ...storeCounts(store.db),
    files,
    warnings: [
      ...files.flatMap(({ warnings }) => warnings),
      ...arrivals,
      ...untimedWarning(store.db),
      ...waitingLabels(store.db),
      ...(attach === undefined ? [] : missingAnswers(store, attach)),
      ...(prices?.warnings ?? []),
    ],
    prices,
    firstRejects: shownRejects(store.db, files),
  }
}

/** Notes the rules in the store and applies those that look at several requests. Gives how many outcomes these judged. */
function judge(db: Database.Database, rules: QualityRules): number {
  if (rules.names.length > 0) noteQualityRules(db, rules.names)
  return rules.retry ? judgeRetries(db, rules.names) : 0
}

interface FileImport {
  readonly store: LogStore
  readonly writer: LogWriter
  readonly source: RowSource
  readonly redact: boolean
  /** What of a record is taken, or why nothing; undefined: all of it. */
  readonly accept: ((record: LogRecord) => LogRecord | Rejection) | undefined
  readonly onBytes: (count: number) => void
}

async function importFile({
  store,
  writer,
  source,
  redact,
  accept,
  onBytes,
}: FileImport): Promise<FileCounts> {
  const { file, format } = source
  const sha256 = await fileHash(file)
  const before = importedBefore(store.db, sha256)
  if (before !== undefined) return { ...before, file: file.name, format: format.name }
  const rejected: Record<string, number> = {}
  const skipped: Record<string, number> = {}
  const counts = { read: 0, stored: 0, duplicates: 0 }
  const keepReject = rejectKeeper(store.db, file.name, redact)
  const place = { file: file.name, line: 0 }
  const order = new RowOrderReader()
  const reject = (rejection: Rejection, line: number, raw: string): void => {
    countReason(rejected, rejection.reason)
    keepReject(rejection, line, raw)
  }
  const sink: RowSink = {
    record(record, line) {
      place.line = line
      counts.read++
      order.see(record)
      const accepted = accept?.(record) ?? record
      if (accepted instanceof Rejection) reject(accepted, line, JSON.stringify(record))
      else writer.put(accepted, place, counts)
    },
    card: (card) => putCard(store.db, card),
    skip: (row) => countReason(skipped, row.skipped),
    reject(rejection, line, raw) {
      counts.read++
      reject(rejection, line, raw)
    },
  }
  const reader = await readRows(source, sink, onBytes)
  writer.flush()
  store.db
    .prepare('insert into imports values (?, ?, ?, ?, ?, ?, ?)')
    .run(
      sha256,
      file.name,
      format.name,
      counts.read,
      counts.stored,
      JSON.stringify(rejected),
      JSON.stringify(order.order()),
    )
  const warnings = fileWarnings(file.name, reader, skipped, counts.read)
  return { file: file.name, format: format.name, ...counts, rejected, skipped, warnings }
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
  const duplicates = rows - sumOf(rejected)
  return { read: rows, stored: 0, duplicates, rejected, skipped: {}, warnings: [warning] }
}

function storeCounts(db: Database.Database): { requests: number; outcomes: number; models: number } {
  const count = (table: string): number =>
    db.prepare<[], [number]>(`select count(*) from ${table}`).raw().get()?.[0] ?? 0
  return { requests: count('requests'), outcomes: count('outcomes'), models: count('models') }
}
