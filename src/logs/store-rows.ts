import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import type { LogRecord } from '../core/log-record.js'
import { InputError } from '../core/errors.js'
import { Rejection, type LogCard, type LogFormat, type Row, type RowReader } from './formats/format.js'
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
): Promise<{ ignored: readonly string[] }> {
  return format.encoding === 'csv'
    ? readCsv(file, format, sink, onBytes)
    : readLines(file, format, sink, onBytes)
}

async function readLines(
  file: LogFile,
  format: LogFormat,
  sink: RowSink,
  onBytes: (count: number) => void,
): Promise<{ ignored: readonly string[] }> {
  const reader = format.open([])
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
 * `on_record` keeps rows out of the stream's object queue, which costs more than parsing them. A `cast` function would
 * cost fifteen times as much, so cells are converted by the format.
 */
async function readCsv(
  file: LogFile,
  format: LogFormat,
  sink: RowSink,
  onBytes: (count: number) => void,
): Promise<{ ignored: readonly string[] }> {
  let reader: RowReader | undefined
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_record(cells: string[], { lines: line }) {
      if (reader === undefined) reader = format.open(cells)
      else readRow(reader, cells, line, sink)
      return null
    },
    on_skip(error) {
      const line = typeof error?.['lines'] === 'number' ? error['lines'] : 0
      const record = Array.isArray(error?.['record']) ? (error['record'] as string[]) : []
      sink.reject(new Rejection('bad-csv', error?.message ?? 'not CSV'), line, record.join(','))
    },
  })
  parser.resume()
  try {
    await pipeline(chunks(file, onBytes), parser)
  } catch (error) {
    if (error instanceof CsvError)
      throw new InputError(`${file.path} is not readable as CSV: ${error.message}`)
    throw error
  }
  if (reader === undefined) throw new InputError(`${file.path} has no header`)
  return { ignored: (reader as RowReader).ignored }
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
