import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { LogRecord } from '../core/log-record.js'
import { PRIORITIES } from '../core/request.js'
import { measure, type Measured } from '../core/measure.js'
import { contentOf, messagesOf } from './stored-text.js'
import { InsertQueue } from './insert-queue.js'
import { outcomeCells } from './outcome-cells.js'
import { RecentMap } from './recent-map.js'
import { furtherRun } from './recorded-run.js'
import { SparseInsert, type NewRow } from './store-insert.js'
import { hasLabel, isLabelOnly, LabelWriter } from './store-labels.js'
import { OUTCOME_COLUMNS, prepareStatements, REQUEST_COLUMNS, type Cell } from './store-statements.js'

export type Counter = Parameters<typeof measure>[1]
export type Extractor = Parameters<typeof measure>[2]

export interface WriterOptions {
  readonly counter: Counter
  readonly extractor: Extractor
  readonly redact?: boolean
}

/** Where a record comes from, for the table of conflicts. */
export interface Place {
  readonly file: string
  line: number
}

/** How many records added or changed something, and of how many the store held all already. */
export interface Tally {
  stored: number
  duplicates: number
}

interface Put {
  readonly record: LogRecord
  readonly place: Place
  readonly tally: Tally
}

interface RequestRow extends Put, NewRow {}

interface OutcomeRow extends NewRow {
  readonly of: { readonly id: string; readonly model: string }
  readonly place: Place
  /** Present where the request changed nothing: then the outcomes say whether the record did. */
  readonly open: OpenRecord | undefined
}

interface OpenRecord {
  left: number
  changed: boolean
  readonly tally: Tally
}

/** What a request was last said to be by a row of a matrix. */
interface Seen {
  readonly key: number
  readonly task: string | undefined
  readonly split: string | undefined
}

/** Requests that are remembered, at most twice as many; the rows of one mostly stand near each other. */
const SEEN = 1 << 16

/**
 * Writes records into the store by the merge rule: requests by id, outcomes by (request, model), a known value wins
 * over an unknown one, the later over the earlier, and what lost is kept in `conflicts`.
 * Ids of models and of the latest requests are interned: an outcome of a request seen before is one statement.
 */
export class LogWriter {
  readonly #db: Database.Database
  readonly #counter: Counter
  readonly #extractor: Extractor
  readonly #seen = new RecentMap<string, Seen>(SEEN)
  readonly #models = new Map<string, number>()
  readonly #extractors = new Map<string, number>()
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #insertRequest: SparseInsert
  readonly #insertOutcome: SparseInsert
  readonly #newRequests: InsertQueue<RequestRow>
  readonly #newOutcomes: InsertQueue<OutcomeRow>
  readonly #redact: boolean
  readonly #labels: LabelWriter

  /** With `redact` no text is kept: what is measured of it is, and its hash. */
  constructor(db: Database.Database, { counter, extractor, redact = false }: WriterOptions) {
    this.#db = db
    this.#counter = counter
    this.#extractor = extractor
    this.#redact = redact
    this.#labels = new LabelWriter(db)
    this.#statements = prepareStatements(db)
    this.#insertRequest = new SparseInsert(db, 'requests', ['id'], REQUEST_COLUMNS)
    this.#insertOutcome = new SparseInsert(db, 'outcomes', ['request', 'model'], OUTCOME_COLUMNS)
    this.#newRequests = new InsertQueue(this.#insertRequest, {
      inserted: (rows, last) =>
        rows.forEach((row, i) => this.#putOutcomes(row, last - rows.length + 1 + i, true)),
      alone: (row) => this.#putAlone(row),
    })
    this.#newOutcomes = new InsertQueue(this.#insertOutcome, {
      inserted: (rows) => rows.forEach(({ open }) => settle(open, true)),
      alone: (row) => settle(row.open, this.#putOutcome(row)),
    })
    for (const [key, id] of db.prepare<[], [number, string]>('select key, id from models').raw().iterate()) {
      this.#models.set(id, key)
    }
  }

  /**
   * Takes a record, and counts it as stored when it adds or changes something, else as a duplicate. Both are true of
   * the store only after `flush`, since new rows are inserted many at a time.
   */
  put(record: LogRecord, { file, line }: Place, tally: Tally): void {
    const place = { file, line }
    if (hasLabel(record)) {
      const isNew = this.#labels.put(record, place)
      if (isLabelOnly(record)) return void tally[isNew ? 'stored' : 'duplicates']++
    }
    if (namesOnly(record)) return this.#putNames({ record, place, tally })
    const request = this.#requestRow(record, place, tally)
    const isTwice = this.#newRequests.last?.record.id === record.id
    if (isTwice || hasContent(record)) this.#newRequests.flush()
    if (hasContent(record)) this.#putAlone(request)
    else this.#newRequests.push(request)
  }

  /** Late labels that were added or changed, which `put` counts by themselves only where a record holds nothing else. */
  get labelChanges(): number {
    return this.#labels.changes
  }

  /** Writes what was put: at the end of every file, before anything reads the store. */
  flush(): void {
    this.#newRequests.flush()
    this.#newOutcomes.flush()
  }

  #requestRow(record: LogRecord, place: Place, tally: Tally): RequestRow {
    return { record, place, tally, key: [record.id], cells: this.#requestCells(record) }
  }

  /** A row of a matrix: mostly one more outcome of a request that was seen just before. */
  #putNames(row: Put): void {
    this.#newRequests.flush()
    const { record, place, tally } = row
    const { id, task, split } = record
    const seen = this.#seen.get(id)
    if (seen !== undefined && seen.task === task && seen.split === split) {
      return this.#putOutcomes(row, seen.key, false)
    }
    const { key, changed } = this.#putRequest(this.#requestRow(record, place, tally))
    this.#seen.set(id, { key, task, split })
    this.#putOutcomes(row, key, changed)
  }

  #putAlone(row: RequestRow): void {
    const { key, changed } = this.#putRequest(row)
    this.#putOutcomes(row, key, changed)
  }

  #putRequest(row: RequestRow): { key: number; changed: boolean } {
    const { record, place, cells: told } = row
    const inserted = this.#insertRequest.one(row)
    if (inserted.changes === 1) {
      const key = Number(inserted.lastInsertRowid)
      this.#putContent(record, key, place)
      return { key, changed: true }
    }
    const [key, ...stored] = this.#statements.selectRequest.get(record.id) as [number, ...Cell[]]
    const { earlier, cells } = furtherRun(stored, told)
    const changed = this.#mergeRow({ id: record.id, model: null }, REQUEST_COLUMNS, earlier, cells, place)
    if (changed) this.#statements.updateRequest.run(...later(stored, cells), key)
    return { key, changed: this.#putContent(record, key, place) || changed }
  }

  #putOutcomes({ record, place, tally }: Put, request: number, changed: boolean): void {
    const outcomes = record.outcomes ?? []
    if (changed) tally.stored++
    else if (outcomes.length === 0) tally.duplicates++
    const open = changed ? undefined : { left: outcomes.length, changed, tally }
    for (const outcome of outcomes) {
      const key = [request, this.#modelKey(outcome.model)]
      const of = { id: record.id, model: outcome.model }
      this.#newOutcomes.push({ key, cells: outcomeCells(outcome), of, place, open })
    }
  }

  #requestCells(record: LogRecord): Cell[] {
    return [
      record.at ?? null,
      record.scope === undefined || Object.keys(record.scope).length === 0 ? null : sortedJson(record.scope),
      record.priority === undefined ? null : PRIORITIES.indexOf(record.priority),
      record.inputTokensEstimate ?? null,
      record.inputTokensBound ?? null,
      record.sharedPrefixTokens ?? null,
      record.maxOutputTokens ?? null,
      record.needs === undefined || record.needs.length === 0
        ? null
        : JSON.stringify([...record.needs].sort()),
      record.task ?? null,
      record.split ?? null,
      record.chosen === undefined ? null : this.#modelKey(record.chosen),
      record.propensity ?? null,
      record.policyHash ?? null,
      record.assessment === undefined ? null : JSON.stringify(record.assessment),
      record.run === undefined ? null : JSON.stringify(record.run),
    ]
  }

  /** The prompt and what is measured of it; else the features that the log brings along. */
  #putContent(record: LogRecord, key: number, place: Place): boolean {
    const content = contentOf(record)
    if (content === undefined) return this.#putLoggedFeatures(record, key)
    return this.#redact
      ? this.#putHash(record, content, key, place)
      : this.#putText(record, content, key, place)
  }

  #putText(record: LogRecord, content: string, key: number, place: Place): boolean {
    const { insertText, selectText, replaceText, deleteFeatures } = this.#statements
    const earlier = selectText.get(key)?.[0]
    if (earlier === content) return false
    const measured = measure(messagesOf(content), this.#counter, this.#extractor, record.task)
    const shared = sharedIn(content, measured)
    if (earlier === undefined) {
      insertText.run(key, content, measured.inputTokensEstimate, measured.inputTokensBound ?? null, shared)
    } else {
      this.#conflict({ id: record.id, model: null }, 'messages', String(earlier), content, place)
      replaceText.run(content, measured.inputTokensEstimate, measured.inputTokensBound ?? null, shared, key)
      deleteFeatures.run(key)
    }
    this.#putFeatures(this.#extractor.key, key, measured.features)
    return true
  }

  /** What is measured stands where files may say it themselves: a count that a file gives is kept. */
  #putHash(record: LogRecord, content: string, key: number, place: Place): boolean {
    const { selectHash, putHash, fillTokens, deleteFeatures } = this.#statements
    const sha256 = createHash('sha256').update(content).digest('hex')
    const earlier = selectHash.get(key)?.[0]
    if (earlier === sha256) return false
    const measured = measure(messagesOf(content), this.#counter, this.#extractor, record.task)
    if (earlier !== undefined) {
      this.#conflict({ id: record.id, model: null }, 'messages', String(earlier), sha256, place)
      deleteFeatures.run(key)
    }
    putHash.run(key, sha256)
    const bound = measured.inputTokensBound ?? null
    fillTokens.run(bound, bound, measured.inputTokensEstimate, sharedIn(content, measured), key)
    this.#putFeatures(this.#extractor.key, key, measured.features)
    return true
  }

  #putLoggedFeatures(record: LogRecord, key: number): boolean {
    if (record.features === undefined) return false
    return this.#putFeatures(record.features.key, key, Float64Array.from(record.features.values))
  }

  #putFeatures(extractor: string, request: number, values: Float64Array): boolean {
    const blob = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
    return this.#statements.putFeatures.run(this.#extractorKey(extractor), request, blob).changes > 0
  }

  #putOutcome(row: OutcomeRow): boolean {
    if (this.#insertOutcome.one(row).changes === 1) return true
    const { key, cells, of, place } = row
    const { selectOutcome, updateOutcome } = this.#statements
    const earlier = selectOutcome.get(...key) as Cell[]
    const changed = this.#mergeRow(of, OUTCOME_COLUMNS, earlier, cells, place)
    if (changed) updateOutcome.run(...later(earlier, cells), ...key)
    return changed
  }

  /** Notes every known value that a different one replaces. True when anything changes. */
  #mergeRow(
    of: { id: string; model: string | null },
    columns: readonly string[],
    earlier: readonly Cell[],
    cells: readonly Cell[],
    place: Place,
  ): boolean {
    let changed = false
    for (let i = 0; i < cells.length; i++) {
      const [before, after] = [earlier[i] ?? null, cells[i] ?? null]
      if (after === null || after === before) continue
      changed = true
      if (before !== null) this.#conflict(of, columns[i] ?? '', String(before), String(after), place)
    }
    return changed
  }

  #conflict(
    of: { id: string; model: string | null },
    field: string,
    before: string,
    after: string,
    place: Place,
  ): void {
    this.#statements.insertConflict.run(of.id, of.model, field, before, after, place.file, place.line)
  }

  #modelKey(id: string): number {
    const known = this.#models.get(id)
    if (known !== undefined) return known
    const key = Number(this.#statements.insertModel.run(id).lastInsertRowid)
    this.#models.set(id, key)
    return key
  }

  #extractorKey(id: string): number {
    const known = this.#extractors.get(id)
    if (known !== undefined) return known
    const key = extractorKey(this.#db, id)
    this.#extractors.set(id, key)
    return key
  }
}

/** The stored integer of an extractor's key, made when new. */
export function extractorKey(db: Database.Database, id: string): number {
  db.prepare('insert into extractors (id) values (?) on conflict do nothing').run(id)
  return db.prepare<[string], [number]>('select key from extractors where id = ?').raw().get(id)?.[0] ?? -1
}

/** A prompt alone does not say where a conversation went on. */
function sharedIn(content: string, { sharedPrefixTokens }: Measured): number | null {
  return content.startsWith('[') ? sharedPrefixTokens : null
}

/** Notes of a record whether one more of its outcomes changed something, and counts it after the last of them. */
function settle(open: OpenRecord | undefined, changed: boolean): void {
  if (open === undefined) return
  open.changed ||= changed
  if (--open.left > 0) return
  if (open.changed) open.tally.stored++
  else open.tally.duplicates++
}

function hasContent({ prompt, messages, features }: LogRecord): boolean {
  return prompt !== undefined || messages !== undefined || features !== undefined
}

/** Nothing but id, task and split: the rows of a matrix, of which one request has dozens. */
function namesOnly(record: LogRecord): boolean {
  return (
    record.prompt === undefined &&
    record.messages === undefined &&
    record.at === undefined &&
    record.scope === undefined &&
    record.chosen === undefined &&
    record.priority === undefined &&
    record.inputTokensEstimate === undefined &&
    record.inputTokensBound === undefined &&
    record.sharedPrefixTokens === undefined &&
    record.maxOutputTokens === undefined &&
    record.needs === undefined &&
    record.features === undefined &&
    record.propensity === undefined &&
    record.policyHash === undefined &&
    record.assessment === undefined &&
    record.run === undefined
  )
}

function later(earlier: readonly Cell[], cells: readonly Cell[]): Cell[] {
  return cells.map((cell, i) => cell ?? earlier[i] ?? null)
}

/** Labels in order of their names. Formats that read many rows give them so. */
function sortedJson(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels)
  for (let i = 1; i < names.length; i++) {
    if ((names[i - 1] as string) > (names[i] as string)) return JSON.stringify(sorted(labels))
  }
  return JSON.stringify(labels)
}

function sorted(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}
