import { createReadStream } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import Database from 'better-sqlite3'
import { parse } from 'csv-parse'
import type { LogRecord } from '../../src/core/log-record.js'
import { importFiles } from '../../src/logs/store-import.js'
import { extractor, wordCounter } from '../logs/measuring.js'
import { COLUMNS } from './a-canonical-file.js'

/** One contestant of the benchmark `import` in a process of its own: `import-worker KIND FILE DATABASE`. */
export type Kind = 'tollgate' | 'csv-parse' | 'csv-parse + SQLite' | 'JSON.parse + SQLite'

export interface Measured {
  readonly seconds: number
  /** Largest resident set of the process. */
  readonly peakMb: number
}

const RUNS: Readonly<Record<Kind, (file: string, database: string) => Promise<unknown>>> = {
  tollgate: (file, log) => importFiles({ log, files: [file], counter: wordCounter, extractor }),
  'csv-parse': (file) => eachCsvRow(file, () => {}),
  'csv-parse + SQLite': (file, database) => intoTable(database, (insert) => eachCsvRow(file, insert)),
  'JSON.parse + SQLite': (file, database) => intoTable(database, (insert) => eachJsonRow(file, insert)),
}

type OnRow = (cells: readonly unknown[]) => void

/** One table without a key, filled in one transaction by one statement. */
async function intoTable(path: string, read: (insert: OnRow) => Promise<void>): Promise<void> {
  const db = new Database(path)
  const types = COLUMNS.map((name, i) => `${name} ${i < 7 ? 'text' : 'real'}`)
  db.exec(`create table rows (${types.join(', ')}); begin`)
  const insert = db.prepare(`insert into rows values (${COLUMNS.map(() => '?').join(', ')})`)
  await read((cells) => void insert.run(...cells))
  db.exec('commit')
  db.close()
}

function eachCsvRow(file: string, onRow: OnRow): Promise<void> {
  return new Promise((done, failed) => {
    const parser = createReadStream(file, { highWaterMark: 1 << 18 }).pipe(parse({ from_line: 2 }))
    parser.on('readable', () => {
      let cells: string[] | null
      while ((cells = parser.read() as string[] | null) !== null) onRow(cells)
    })
    parser.on('error', failed)
    parser.on('end', () => done())
  })
}

async function eachJsonRow(file: string, onRow: OnRow): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(file, { highWaterMark: 1 << 18 }) })) {
    const { id, at, scope, task, outcomes } = JSON.parse(line) as LogRecord
    const outcome = outcomes?.[0]
    onRow([
      ...[id, at, scope?.['org'], scope?.['user'], scope?.['session'], task],
      ...[outcome?.model, outcome?.costUsd, outcome?.quality, outcome?.outputTokens],
    ])
  }
}

async function main(kind: string, file: string, database: string): Promise<void> {
  const run = RUNS[kind as Kind]
  const started = performance.now()
  await run(file, database)
  const seconds = (performance.now() - started) / 1000
  const measured: Measured = { seconds, peakMb: process.resourceUsage().maxRSS / 1024 }
  console.log(JSON.stringify(measured))
}

const [kind = '', file = '', database = ''] = process.argv.slice(2)
await main(kind, file, database)
