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
 * Rows as arrays from the parser's stream. A `cast` function would cost fifteen times as much, and `on_record` or
 * `info` half as much again, so cells are converted by the format and lines are counted here.
 */
async function readCsv(
  file: LogFile,
  format: LogFormat,
  sink: RowSink,
  onBytes: (count: number) => void,
): Promise<{ ignored: readonly string[] }> {
  let reader: RowReader | undefined
  const lineCount = lineCounter()
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_records_with_error: true,
    on_skip(error) {
      const line = Number(error?.['lines'] ?? 0)
      const cells = Array.isArray(error?.['record']) ? (error['record'] as string[]) : []
      lineCount.skipped(Number(error?.['records'] ?? 0), line)
      sink.reject(new Rejection('bad-csv', error?.message ?? 'not CSV'), line, cells.join(','))
    },
  })
  const readAll = (): void => {
    let cells: string[] | null
    while ((cells = parser.read() as string[] | null) !== null) {
      const line = lineCount.next(cells)
      if (cells.length === 1 && cells[0] === '') continue
      if (reader === undefined) reader = format.open(cells)
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
    if (error instanceof CsvError)
      throw new InputError(`${file.path} is not readable as CSV: ${error.message}`)
    throw error
  }
  if (reader === undefined) throw new InputError(`${file.path} has no header`)
  return { ignored: (reader as RowReader).ignored }
}

/** The line on which each row ends: one more a row, plus the line breaks inside its cells and the lines skipped. */
function lineCounter(): {
  next(cells: readonly string[]): number
  skipped(afterRows: number, line: number): void
} {
  const skips: { afterRows: number; line: number }[] = []
  let rows = 0
  let line = 0
  return {
    next(cells) {
      while (skips.length > 0 && rows >= (skips[0]?.afterRows ?? 0)) line = skips.shift()?.line ?? line
      rows++
      line++
      for (let i = 0; i < cells.length; i++)
        if (cells[i]?.includes('\n') === true) line += breaks(cells[i] ?? '')
      return line
    },
    // The parser is ahead of the reader: the skip counts once the rows before it have been read.
    skipped: (afterRows, at) => void skips.push({ afterRows, line: at }),
  }

  function breaks(cell: string): number {
    return cell.split('\n').length - 1
  }
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
