import type { LogRecord } from '../../core/log-record.js'
import type { JsonObject } from './json-line.js'
import type { QualityOf } from './quality-rules.js'
import type { Sample } from './sample.js'

/**
 * A log format is pure: it says whether the beginning of a file is its own, and turns one row into one record. Several
 * rows may speak of one request: the store merges records by id.
 */
export interface LogFormat {
  readonly name: string
  /** What a person should look for in the file, for the message that no format fits. */
  readonly describe: string
  /**
   * What `read` is given: the cells of a CSV row, the text of one JSON value, or an object whatever the file is written
   * in (CSV, one JSON value a line, a JSON array or document). The hot formats take cells; exports of tools come in
   * several writings and take objects.
   */
  readonly encoding: 'csv' | 'jsonl' | 'objects'
  recognises(sample: Sample): boolean
  /**
   * A reader for one file. `header` names the columns of a CSV and is empty for JSON.
   * @throws InputError when the header itself cannot be read (a column missing or misspelt).
   */
  open(header: readonly string[], options?: ReadOptions): RowReader
}

/** What a reader may be told beside the rows. */
export interface ReadOptions {
  /** The file's name without its folder and endings: part of the ids where rows have none of their own. */
  readonly source: string
  /** What makes a quality of the signals of a row; without it only formats with a quality of their own give one. */
  readonly quality: QualityOf
  /** US dollars for one unit of each currency, by its ISO code. */
  readonly rates?: ReadonlyMap<string, number>
}

export interface RowReader {
  /** Columns or fields of the file that say nothing to this format, for a warning. */
  readonly ignored: readonly string[]
  /** What a person should know of how this file was read, for warnings. */
  readonly notes?: readonly string[]
  /** The rows inside one JSON value, where a file wraps them (spans of a trace export, records of a result file). */
  unfold?(value: JsonObject): Iterable<unknown>
  /**
   * One row as a record, a card that speaks of the whole log, or the word that no request is in it.
   * @throws Rejection when the row cannot be taken: nothing is guessed.
   */
  read(row: Row): LogRecord | LogCard | Skipped
}

/** The cells of a CSV row, the text of a JSON value, or an object. */
export type Row = readonly string[] | string | JsonObject

/** A row that is in order and holds no model call: a span of a database, a user's turn. Counted by its reason. */
export interface Skipped {
  readonly skipped: string
}

export function skip(reason: string): Skipped {
  return { skipped: reason }
}

/** A line `{"tollgateLog":1,...}` of a canonical JSONL: facts of the whole log (first line), or a change of policy. */
export interface LogCard {
  readonly tollgateLog: 1
  /** The data are generated, and every result says so. */
  readonly synthetic?: boolean
  /** Requests a day that the log stands for at full scale. */
  readonly requestsPerDay?: number
  readonly description?: string
  /** The router was given another policy here: a replay as recorded changes it at the same place. */
  readonly policyChange?: PolicyChange
}

export interface PolicyChange {
  /** The router that was given it; '' where the line does not say. */
  readonly life: string
  readonly policyHash: string
  readonly seq: number
  readonly at: number
}

/** Why a row was not taken: a reason code people can count and a message they can act on. */
export class Rejection extends Error {
  override readonly name: string = 'Rejection'
  readonly reason: string

  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}
