import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parse } from 'csv-parse'
import { draw } from '../../src/core/random.js'
import { importFiles } from '../../src/logs/store-import.js'
import { extractor, wordCounter } from '../logs/measuring.js'

const ROWS = 300_000
const MODELS = 12
const ROUNDS = 5

/**
 * Import of a matrix CSV in rows a second (a row is one outcome of one model; nothing to tokenize), next to bare
 * csv-parse reading the same file as a stream of arrays and dropping them. The goal is a ratio below 2. Medians of five
 * rounds, one warm-up; the two take turns, so that a busy machine slows both alike.
 */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
  try {
    const file = join(folder, 'outcomes.csv')
    writeFileSync(file, matrix())
    const ours: number[] = []
    const bare: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const times = [
        await seconds(() => readBare(file)),
        await seconds(() => importInto(folder, file, round)),
      ]
      if (round === 0) continue
      bare.push(times[0] ?? NaN)
      ours.push(times[1] ?? NaN)
    }
    const [bareMedian, ourMedian] = [median(bare), median(ours)]
    console.log(`import of a matrix CSV, ${ROWS.toLocaleString('en-US')} rows, median of ${ROUNDS} rounds`)
    console.log(`  bare csv-parse   ${rate(bareMedian)} rows/s`)
    console.log(
      `  tollgate import  ${rate(ourMedian)} rows/s, ${(ourMedian / bareMedian).toFixed(2)}x the time (goal: below 2)`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function matrix(): string {
  const lines = ['query_id,task,model,quality,cost_usd,input_tokens,output_tokens']
  for (let i = 0; i < ROWS; i++) {
    const query = Math.floor(i / MODELS)
    const chance = draw(1, String(i), 'bench')
    lines.push(
      `task-${query % 5}/query-${query},task-${query % 5},vendor/model-${i % MODELS},${chance < 0.7 ? 1 : 0},` +
        `${(chance / 100).toFixed(8)},${200 + (query % 900)},${Math.floor(chance * 700)}`,
    )
  }
  return lines.join('\n')
}

function readBare(file: string): Promise<void> {
  return new Promise((done, failed) => {
    const parser = createReadStream(file).pipe(parse())
    parser.on('readable', () => {
      while (parser.read() !== null);
    })
    parser.on('error', failed)
    parser.on('end', () => done())
  })
}

async function importInto(folder: string, file: string, round: number): Promise<void> {
  const log = join(folder, `${round}.db`)
  await importFiles({ log, files: [file], counter: wordCounter, extractor })
  rmSync(log)
}

async function seconds(run: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await run()
  return (performance.now() - started) / 1000
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

function rate(time: number): string {
  return Math.round(ROWS / time).toLocaleString('en-US')
}
