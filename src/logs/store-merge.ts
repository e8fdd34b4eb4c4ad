import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { LogRecord, OutcomeRecord } from '../core/log-record.js'
import { BASES } from '../core/log-table.js'
import { SIGNS } from '../core/score/answer-signs.js'
import { PRIORITIES } from '../core/request.js'
import { measure } from '../core/measure.js'
import { contentOf, messagesOf } from './stored-text.js'
import { RecentMap } from './recent-map.js'
import { furtherRun } from './recorded-run.js'
import { sparseInsert, type Insert } from './store-insert.js'
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
  readonly #insertRequest: Insert
  readonly #insertOutcome: Insert
  readonly #redact: boolean

  /** With `redact` no text is kept: what is measured of it is, and its hash. */
  constructor(db: Database.Database, { counter, extractor, redact = false }: WriterOptions) {
    this.#db = db
    this.#counter = counter
    this.#extractor = extractor
    this.#redact = redact
    this.#statements = prepareStatements(db)
    this.#insertRequest = sparseInsert(db, 'requests', ['id'], REQUEST_COLUMNS)
    this.#insertOutcome = sparseInsert(db, 'outcomes', ['request', 'model'], OUTCOME_COLUMNS)
    for (const [key, id] of db.prepare<[], [number, string]>('select key, id from models').raw().iterate()) {
      this.#models.set(id, key)
    }
  }

  /** True when the record added or changed something; false when the store held all of it already. */
  put(record: LogRecord, place: Place): boolean {
    const isNames = namesOnly(record)
    const seen = isNames ? this.#seen.get(record.id) : undefined
    let changed = false
    let key: number
    if (seen !== undefined && seen.task === record.task && seen.split === record.split) {
      key = seen.key
    } else {
      const merged = this.#putRequest(record, place)
      key = merged.key
      changed = merged.changed
      if (isNames) this.#seen.set(record.id, { key, task: record.task, split: record.split })
    }
    const outcomes = record.outcomes
    if (outcomes !== undefined) {
      for (const outcome of outcomes) changed = this.#putOutcome(record.id, key, outcome, place) || changed
    }
    return changed
  }

  #putRequest(record: LogRecord, place: Place): { key: number; changed: boolean } {
    const told = this.#requestCells(record)
    const inserted = this.#insertRequest([record.id], told)
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

  #requestCells(record: LogRecord): Cell[] {
    return [
      record.at ?? null,
      record.scope === undefined || Object.keys(record.scope).length === 0 ? null : sortedJson(record.scope),
      record.priority === undefined ? null : PRIORITIES.indexOf(record.priority),
      record.inputTokensEstimate ?? null,
      record.inputTokensBound ?? null,
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
    if (earlier === undefined) {
      insertText.run(key, content, measured.inputTokensEstimate, measured.inputTokensBound ?? null)
    } else {
      this.#conflict({ id: record.id, model: null }, 'messages', String(earlier), content, place)
      replaceText.run(content, measured.inputTokensEstimate, measured.inputTokensBound ?? null, key)
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
    fillTokens.run(bound, bound, measured.inputTokensEstimate, key)
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

  #putOutcome(id: string, request: number, outcome: OutcomeRecord, place: Place): boolean {
    const model = this.#modelKey(outcome.model)
    const basis = outcome.basis === undefined ? null : BASES.indexOf(outcome.basis)
    const cells = outcomeCells(outcome, basis)
    if (this.#insertOutcome([request, model], cells).changes === 1) return true
    const { selectOutcome, updateOutcome } = this.#statements
    const earlier = selectOutcome.get(request, model) as Cell[]
    const changed = this.#mergeRow({ id, model: outcome.model }, OUTCOME_COLUMNS, earlier, cells, place)
    if (changed) updateOutcome.run(...later(earlier, cells), request, model)
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
    record.maxOutputTokens === undefined &&
    record.needs === undefined &&
    record.features === undefined &&
    record.propensity === undefined &&
    record.policyHash === undefined &&
    record.assessment === undefined &&
    record.run === undefined
  )
}

function outcomeCells(outcome: OutcomeRecord, basis: number | null): Cell[] {
  return [
    outcome.costUsd ?? null,
    outcome.quality ?? null,
    outcome.inputTokens ?? null,
    outcome.outputTokens ?? null,
    outcome.cachedInputTokens ?? null,
    outcome.cacheWriteTokens ?? null,
    outcome.reasoningTokens ?? null,
    outcome.latencyMs ?? null,
    basis,
    outcome.score ?? null,
    outcome.agreement ?? null,
    signsOf(outcome),
    outcome.qualitySource ?? null,
  ]
}

function signsOf({ finish, refused }: OutcomeRecord): number | null {
  const ended = finish === undefined ? 0 : SIGNS[finish]
  const read = refused === undefined ? 0 : refused ? SIGNS.refused : SIGNS.notRefused
  return ended + read === 0 ? null : ended + read
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
