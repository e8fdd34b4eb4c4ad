import { InputError } from '../core/errors.js'
import type { LogFile } from './store-files.js'

/** What we use of `@duckdb/node-api`, which is loaded only when a Parquet file is read. */
interface DuckDb {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> }
  readonly JsonDuckDBValueConverter: unknown
}

interface Connection {
  stream(sql: string, values: readonly string[]): Promise<Result>
  closeSync(): void
}

interface Result {
  columnNames(): readonly string[]
  yieldConvertedRows(converter: unknown): AsyncIterableIterator<readonly (readonly unknown[])[]>
}

/** Not a literal, so that neither the compiler nor a bundler looks for a package that need not be there. */
const PACKAGE: string = '@duckdb/node-api'

/**
 * The rows of a Parquet file as cells of a CSV, its header first: scalars as text, lists and structs as JSON, unknown
 * values blank. Read in batches, in flat memory.
 * @throws InputError when the optional package is not installed, or the file is damaged.
 */
export async function* parquetRows({ path, name }: LogFile): AsyncGenerator<readonly string[]> {
  const duckdb = await loadDuckDb(name)
  const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect()
  try {
    const result = await connection.stream('select * from read_parquet($1)', [path])
    yield result.columnNames()
    for await (const rows of result.yieldConvertedRows(duckdb.JsonDuckDBValueConverter)) {
      for (const row of rows) yield row.map(cellOf)
    }
  } catch (error) {
    throw new InputError(
      `${name} cannot be read as Parquet: ${(error as Error).message.split('\n')[0] ?? ''}`,
    )
  } finally {
    connection.closeSync()
  }
}

async function loadDuckDb(name: string): Promise<DuckDb> {
  try {
    return (await import(PACKAGE)) as DuckDb
  } catch {
    throw new InputError(
      `${name} is Parquet, which needs an optional package: npm install ${PACKAGE}, then import again`,
    )
  }
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
