import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import type { LogRecord } from '../core/log-record.js'
import { InputError } from '../core/errors.js'
import {
  Rejection,
  type LogCard,
  type LogFormat,
  type ReadOptions,
  type Row,
  type RowReader,
  type Skipped,
} from './formats/format.js'
import { jsonObject, type JsonObject } from './formats/json-line.js'
import { JsonValues } from './formats/json-values.js'
import { wrongWidth } from './formats/matrix.js'
import type { Writing } from './formats/sample.js'
import { chunks, lines, texts, type LogFile } from './store-files.js'
import { parquetRows } from './store-parquet.js'

/** Where the rows of a file go, one call a row; `line` is where the row ends in the file. */
export interface RowSink {
  record(record: LogRecord, line: number): void
  card(card: LogCard): void
  skip(skipped: Skipped): void
  reject(rejection: Rejection, line: number, raw: string): void
}

/** A file with how it is written, and the format that reads it. */
export interface RowSource {
  readonly file: LogFile
  readonly writing: Writing | 'parquet'
  readonly format: LogFormat
  readonly options: ReadOptions
}

/** Streams a file's rows through its format. Gives the reader, which knows what it did not read. */
export async function readRows(
  source: RowSource,
  sink: RowSink,
  onBytes: (count: number) => void,
): Promise<RowReader> {
  const { file, writing, format } = source
  if (writing === 'parquet') return readParquet(source, sink)
  if (format.encoding === 'csv' || (writing === 'csv' && format.encoding === 'objects')) {
    return readCsv(source, sink, onBytes)
  }
  const reader = format.open([], source.options)
  const readText = format.encoding === 'jsonl' ? readRow : readValue
  if (writing !== 'json') await readLines(file, onBytes, (text, line) => readText(reader, text, line, sink))
  else await readValues(file, onBytes, (text, line) => readText(reader, text, line, sink))
  return reader
}

type OnText = (text: string, line: number) => void

async function readLines(file: LogFile, onBytes: (count: number) => void, onText: OnText): Promise<void> {
  let line = 0
  for await (const batch of lines(file, onBytes)) {
    for (const text of batch) {
      line++
      if (text.trim() !== '') onText(text, line)
    }
  }
}

/** What one JSON value may hold: JavaScript's longest text is twice as long. */
const LONGEST_VALUE = 256 * 1024 * 1024

async function readValues(file: LogFile, onBytes: (count: number) => void, onText: OnText): Promise<void> {
  const values = new JsonValues()
  for await (const text of texts(file, onBytes)) {
    for (const value of values.add(text)) onText(value.text, value.line)
    if (values.held > LONGEST_VALUE) {
      throw new InputError(
        `${file.name} is one JSON value of more than 256 MB: write it as one value a line (JSONL)`,
      )
    }
  }
  const open = values.end()
  if (open !== undefined) onText(open.text, open.line)
}

/**
 * Rows as arrays from the parser's stream. A `cast` function would cost fifteen times as much, and `on_record` or
 * `info` half as much again, so cells are converted by the format and lines are counted here.
 */
async function readCsv(
  source: RowSource,
  sink: RowSink,
  onBytes: (count: number) => void,
): Promise<RowReader> {
  const { file } = source
  let rows: CsvRows | undefined
  let count = 0
  let line = 0
  // Stray quotes are text: refusing them would let one swallow the rows up to the next quote.
  const parser = parse({ bom: true, relax_column_count: true, relax_quotes: true })
  const readAll = (): void => {
    let cells: string[] | null
    // As many lines as records: no cell so far holds a line break, and none need be looked for.
    const flat = parser.info.lines <= parser.info.records + 1
    while ((cells = parser.read() as string[] | null) !== null) {
      count++
      line += flat ? 1 : 1 + lineBreaks(cells)
      if (cells.length === 1 && cells[0] === '') continue
      if (rows === undefined) rows = csvRows(source, cells)
      else rows.read(cells, line, sink)
    }
  }
  // An error of ours goes through the stream, so that the file is closed and the pipeline ends.
  parser.on('readable', () => {
    try {
      readAll()
    } catch (error) {
      parser.destroy(error as Error)
    }
  })
  try {
    await pipeline(chunks(file, onBytes), parser)
  } catch (error) {
    if (error instanceof CsvError) throw new InputError(csvProblem(file.name, error, count))
    throw error
  }
  if (rows === undefined) throw new InputError(`${file.name} has no header`)
  return (rows as CsvRows).reader
}

interface CsvRows {
  readonly reader: RowReader
  read(cells: readonly string[], line: number, sink: RowSink): void
}

function csvRows({ format, options }: RowSource, header: readonly string[]): CsvRows {
  const reader = format.open(header, options)
  if (format.encoding === 'csv') {
    return { reader, read: (cells, line, sink) => readRow(reader, cells, line, sink) }
  }
  return {
    reader,
    read(cells, line, sink) {
      if (cells.length === header.length) readRow(reader, named(header, cells), line, sink)
      else sink.reject(wrongWidth(header.length, cells.length), line, cells.map(csvCell).join(','))
    },
  }
}

/** A blank cell is an absent field: blank is unknown. */
function named(header: readonly string[], cells: readonly string[]): JsonObject {
  const row: Record<string, string> = {}
  for (let i = 0; i < header.length; i++) {
    const cell = cells[i] ?? ''
    if (cell !== '') row[(header[i] ?? '').trim()] = cell
  }
  return row
}

/** Typed columns as a CSV would hold them, so that every format that reads CSV reads Parquet. */
async function readParquet(source: RowSource, sink: RowSink): Promise<RowReader> {
  if (source.format.encoding === 'jsonl') {
    throw new InputError(
      `${source.file.name} is Parquet, which the format ${source.format.name} is never written in`,
    )
  }
  let rows: CsvRows | undefined
  let line = 0
  for await (const cells of parquetRows(source.file)) {
    line++
    if (rows === undefined) rows = csvRows(source, cells)
    else rows.read(cells, line, sink)
  }
  if (rows === undefined) throw new InputError(`${source.file.name} has no columns`)
  return (rows as CsvRows).reader
}

function csvProblem(path: string, error: CsvError, rows: number): string {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return `${path} is not readable as CSV: a quote that opens after row ${rows} is not closed by the end of the file`
  }
  return `${path} is not readable as CSV: ${error.message}`
}

/** Cells may hold line breaks; the line of a reject is counted here, since the parser's own count costs too much. */
function lineBreaks(cells: readonly string[]): number {
  let breaks = 0
  for (let i = 0; i < cells.length; i++) {
    if (cells[i]?.includes('\n') === true) breaks += (cells[i]?.split('\n').length ?? 1) - 1
  }
  return breaks
}

/** A JSON value for a format that takes objects: parsed, and taken apart where it wraps several rows. */
function readValue(reader: RowReader, text: string, line: number, sink: RowSink): void {
  let value: JsonObject
  try {
    value = jsonObject(text)
  } catch (error) {
    if (!(error instanceof Rejection)) throw error
    sink.reject(error, line, text)
    return
  }
  if (reader.unfold === undefined) return readRow(reader, value, line, sink)
  for (const inner of reader.unfold(value)) {
    if (typeof inner === 'object' && inner !== null) readRow(reader, inner as JsonObject, line, sink)
    else sink.reject(new Rejection('bad-json', 'a row must be one JSON object'), line, JSON.stringify(inner))
  }
}

function readRow(reader: RowReader, row: Row, line: number, sink: RowSink): void {
  let read: LogRecord | LogCard | Skipped
  try {
    read = reader.read(row)
  } catch (error) {
    if (!(error instanceof Rejection)) throw error
    sink.reject(error, line, rawText(row))
    return
  }
  if ('id' in read) sink.record(read, line)
  else if ('tollgateLog' in read) sink.card(read)
  else sink.skip(read)
}

/** The row as it stood in the file, or as JSON where it was a part of a value. */
function rawText(row: Row): string {
  if (typeof row === 'string') return row
  return Array.isArray(row) ? row.map(csvCell).join(',') : JSON.stringify(row)
}

/** A cell as it would stand in a CSV: rejects keep the row's text. */
function csvCell(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
