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
} from './formats/format.js'
import { chunks, lines, type LogFile } from './store-files.js'

/** Where the rows of a file go, one call a row; `line` is where the row ends in the file. */
export interface RowSink {
  record(record: LogRecord, line: number): void
  card(card: LogCard): void
  reject(rejection: Rejection, line: number, raw: string): void
}

/** Streams a file's rows through its format. Gives the columns that the format does not read. */
export async function readRows(
  file: LogFile,
  format: LogFormat,
  sink: RowSink,
  onBytes: (count: number) => void,
  options: ReadOptions = {},
): Promise<{ ignored: readonly string[] }> {
  return format.encoding === 'csv'
    ? readCsv(file, format, sink, onBytes, options)
    : readLines(file, format, sink, onBytes, options)
}

async function readLines(
  file: LogFile,
  format: LogFormat,
  sink: RowSink,
  onBytes: (count: number) => void,
  options: ReadOptions,
): Promise<{ ignored: readonly string[] }> {
  const reader = format.open([], options)
  let line = 0
  for await (const batch of lines(file, onBytes)) {
    for (const text of batch) {
      line++
      if (text.trim() !== '') readRow(reader, text, line, sink)
    }
  }
  return { ignored: reader.ignored }
}

/**
 * Rows as arrays from the parser's stream. A `cast` function would cost fifteen times as much, and `on_record` or
 * `info` half as much again, so cells are converted by the format and lines are counted here.
 */
async function readCsv(
  file: LogFile,
  format: LogFormat,
  sink: RowSink,
  onBytes: (count: number) => void,
  options: ReadOptions,
): Promise<{ ignored: readonly string[] }> {
  let reader: RowReader | undefined
  let rows = 0
  let line = 0
  // Stray quotes are text: refusing them would let one swallow the rows up to the next quote.
  const parser = parse({ bom: true, relax_column_count: true, relax_quotes: true })
  const readAll = (): void => {
    let cells: string[] | null
    // As many lines as records: no cell so far holds a line break, and none need be looked for.
    const flat = parser.info.lines <= parser.info.records + 1
    while ((cells = parser.read() as string[] | null) !== null) {
      rows++
      line += flat ? 1 : 1 + lineBreaks(cells)
      if (cells.length === 1 && cells[0] === '') continue
      if (reader === undefined) reader = format.open(cells, options)
      else readRow(reader, cells, line, sink)
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
    if (error instanceof CsvError) throw new InputError(csvProblem(file.path, error, rows))
    throw error
  }
  if (reader === undefined) throw new InputError(`${file.path} has no header`)
  return { ignored: (reader as RowReader).ignored }
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

function readRow(reader: RowReader, row: Row, line: number, sink: RowSink): void {
  let read: LogRecord | LogCard
  try {
    read = reader.read(row)
  } catch (error) {
    if (!(error instanceof Rejection)) throw error
    sink.reject(error, line, typeof row === 'string' ? row : row.map(csvCell).join(','))
    return
  }
  if ('tollgateLog' in read) sink.card(read)
  else sink.record(read, line)
}

/** A cell as it would stand in a CSV: rejects keep the row's text. */
function csvCell(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
