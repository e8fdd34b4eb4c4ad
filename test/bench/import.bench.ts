import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { draw } from '../../src/core/random.js'
import { writeCanonical } from './a-canonical-file.js'
import type { Kind, Measured } from './import-worker.js'
import { median, perSecond } from './timing.js'

const MATRIX_ROWS = 300_000
const MODELS = 12
const ROWS = 1_000_000

/** One file, the bare way to read it, and what is asked of ours beside it. */
interface Race {
  readonly title: string
  readonly file: string
  readonly rows: number
  readonly rounds: number
  readonly bare: Kind
  readonly goal: string
}

/**
 * Import in rows a second, next to bare code that reads the same file: a matrix CSV (a row is one outcome of one model)
 * next to csv-parse that drops the rows; canonical CSV and JSONL (a row is a request with its outcome) next to a parser
 * that inserts them into one table without a key, in one transaction. Every run is a process of its own, and the two
 * take turns, so that a busy machine slows both alike. Medians; the largest resident set of any round.
 */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
  try {
    const [matrix, csv, jsonl] = ['outcomes.csv', 'log.csv', 'log.jsonl'].map((name) => join(folder, name))
    if (matrix === undefined || csv === undefined || jsonl === undefined) return
    writeFileSync(matrix, matrixText())
    writeCanonical(csv, ROWS, 'csv')
    writeCanonical(jsonl, ROWS, 'jsonl')
    const races: readonly Race[] = [
      { title: 'matrix CSV', file: matrix, rows: MATRIX_ROWS, rounds: 5, bare: 'csv-parse', goal: 'below 2' },
      {
        title: 'canonical CSV',
        file: csv,
        rows: ROWS,
        rounds: 3,
        bare: 'csv-parse + SQLite',
        goal: 'below 1.5, 300 MB',
      },
      {
        title: 'canonical JSONL',
        file: jsonl,
        rows: ROWS,
        rounds: 3,
        bare: 'JSON.parse + SQLite',
        goal: 'none',
      },
    ]
    for (const race of races) run(race, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run({ title, file, rows, rounds, bare, goal }: Race, folder: string): void {
  const [theirs, ours]: [Measured[], Measured[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    theirs.push(inChild(bare, file, folder))
    ours.push(inChild('tollgate', file, folder))
  }
  const ratio = secondsOf(ours) / secondsOf(theirs)
  console.log(`import of a ${title}, ${rows.toLocaleString('en-US')} rows, median of ${rounds} rounds`)
  console.log(`  ${bare.padEnd(20)} ${figures(theirs, rows)}`)
  console.log(
    `  ${'tollgate import'.padEnd(20)} ${figures(ours, rows)}, ${ratio.toFixed(2)}x the time (goal: ${goal})`,
  )
}

function figures(measured: readonly Measured[], rows: number): string {
  const peak = Math.max(...measured.map(({ peakMb }) => peakMb))
  return `${perSecond(rows, secondsOf(measured))} rows/s, peak resident set ${peak.toFixed(0)} MB`
}

function secondsOf(measured: readonly Measured[]): number {
  return median(measured.map(({ seconds }) => seconds))
}

function inChild(kind: Kind, file: string, folder: string): Measured {
  const worker = fileURLToPath(new URL('import-worker.js', import.meta.url))
  const database = join(folder, 'run.db')
  // As the command line sets it for itself (src/cli/main.ts).
  const flags = ['--no-allocation-site-pretenuring']
  const { stdout, status } = spawnSync(process.execPath, [...flags, worker, kind, file, database], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  rmSync(database, { force: true })
  if (status !== 0) throw new Error(`${kind} ended with ${status}`)
  return JSON.parse(stdout) as Measured
}

function matrixText(): string {
  const lines = ['query_id,task,model,quality,cost_usd,input_tokens,output_tokens']
  for (let i = 0; i < MATRIX_ROWS; i++) {
    const query = Math.floor(i / MODELS)
    const chance = draw(1, String(i), 'bench')
    lines.push(
      `task-${query % 5}/query-${query},task-${query % 5},vendor/model-${i % MODELS},${chance < 0.7 ? 1 : 0},` +
        `${(chance / 100).toFixed(8)},${200 + (query % 900)},${Math.floor(chance * 700)}`,
    )
  }
  return lines.join('\n')
}
