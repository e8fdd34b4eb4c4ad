import type { LogRecord } from '../../core/log-record.js'

/**
 * A log format is pure: it says whether the first lines of a file are its own, and turns one row into one record.
 * CSV rows come as the cells of `csv-parse`, JSONL rows as the line's text. Several rows may speak of one request:
 * the store merges records by id.
 */
export interface LogFormat {
  readonly name: string
  /** What a person should look for in the file, for the message that no format fits. */
  readonly describe: string
  readonly encoding: 'csv' | 'jsonl'
  /** `lines` are the first lines of the file (at most a few dozen), the first one being a CSV's header. */
  recognises(lines: readonly string[]): boolean
  /**
   * A reader for one file; a CSV's header comes first.
   * @throws InputError when the header itself cannot be read (a column missing or misspelt).
   */
  open(header: readonly string[], options?: ReadOptions): RowReader
}

/** What a reader may be told beside the rows. */
export interface ReadOptions {
  /** US dollars for one unit of each currency, by its ISO code. */
  readonly rates?: ReadonlyMap<string, number>
}

export interface RowReader {
  /** Columns or fields of the file that say nothing to this format, for a warning. */
  readonly ignored: readonly string[]
  /**
   * One row as a record, or a card that speaks of the whole log.
   * @throws Rejection when the row cannot be taken: nothing is guessed.
   */
  read(row: Row): LogRecord | LogCard
}

/** The cells of a CSV row, or the text of a line. */
export type Row = readonly string[] | string

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
