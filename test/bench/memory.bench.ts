import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom } from '../../src/core/random.js'
import { loadTable } from '../../src/logs/store-load.js'
import { importFiles } from '../../src/logs/store-import.js'
import { openLog } from '../../src/logs/store.js'
import { replay } from '../../src/replay/replay.js'
import { wordCounter } from '../logs/measuring.js'
import { aPolicy } from './a-policy.js'

const REQUESTS = 1_000_000
const GOAL_MB = 1000
const START = Date.UTC(2026, 10, 2)

/**
 * Most memory (resident set of the whole process) that loading and replaying a log of a million requests takes, with
 * outcomes of four models, features, 125,000 sessions. Making and importing the log happens in other processes.
 */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
  try {
    const log = join(folder, 'million.db')
    const { seconds } = inChild('make', log)
    const made = `${REQUESTS.toLocaleString('en-US')} requests, imported in ${seconds.toFixed(0)} s`
    const run = inChild('replay', log)
    console.log(`memory, a log of ${made}`)
    console.log(
      `  loaded and replayed in ${run.seconds.toFixed(1)} s, peak resident set ${run.peakMb.toFixed(0)} MB (goal: below ${GOAL_MB})`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Measured {
  readonly seconds: number
  readonly peakMb: number
}

function inChild(what: 'make' | 'replay', log: string): Measured {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), what, log], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${what} ended with ${status}`)
  return JSON.parse(stdout) as Measured
}

async function child(what: string, log: string): Promise<void> {
  const started = performance.now()
  if (what === 'make') await make(log)
  else load(log)
  const measured: Measured = {
    seconds: (performance.now() - started) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
  }
  console.log(JSON.stringify(measured))
}

function load(path: string): void {
  const policy = aPolicy('lax')
  const store = openLog(path)
  const table = loadTable(store, policy.classifier.extractor)
  store.close()
  const { steps } = replay(table, policy)
  if (steps.size !== REQUESTS) throw new Error(`replayed ${steps.size} requests`)
}

async function make(log: string): Promise<void> {
  const file = `${log}.jsonl`
  const descriptor = openSync(file, 'w')
  const policy = aPolicy('lax')
  const line = lineMaker(
    policy.models.map(({ id }) => id),
    policy.classifier.extractor,
  )
  for (let row = 0; row < REQUESTS;) {
    let page = ''
    for (const end = Math.min(REQUESTS, row + 5000); row < end; row++) page += line(row)
    writeSync(descriptor, page)
  }
  closeSync(descriptor)
  await importFiles({ log, files: [file], counter: wordCounter, extractor: policy.classifier.extractor })
  rmSync(file)
}

/** Lines of the canonical log with features instead of text, as the runtime writes them by default. */
function lineMaker(
  models: readonly string[],
  { key, names }: { readonly key: string; readonly names: readonly string[] },
): (row: number) => string {
  const random = createRandom(5)
  return (row) => {
    const session = Math.floor(row / 8)
    const inputTokens = 200 + Math.floor(2800 * random.next() ** 3)
    const outcomes = models.map((model, tier) => ({
      model,
      inputTokens,
      outputTokens: 20 + Math.floor(900 * random.next() ** 2),
      costUsd: Number((random.next() / 100).toFixed(9)),
      latencyMs: 500 + Math.floor(5000 * random.next()),
      quality: random.next() < 0.5 + 0.1 * tier ? 1 : 0,
    }))
    const record = {
      id: `request-${row}`,
      at: new Date(START + row * 1728).toISOString(),
      scope: { org: `org-${session % 6}`, user: `user-${session % 2000}`, session: `session-${session}` },
      priority: random.next() < 0.2 ? 'low' : 'normal',
      inputTokensEstimate: inputTokens,
      inputTokensBound: inputTokens * 4,
      task: `task-${session % 9}`,
      features: {
        key,
        values: names.map(() => (random.next() < 0.6 ? 0 : Number(random.next().toFixed(3)))),
      },
      chosen: models.at(-1),
      outcomes,
    }
    return `${JSON.stringify(record)}\n`
  }
}

const [, script, what, log] = process.argv
if (script === fileURLToPath(import.meta.url) && what !== undefined && log !== undefined)
  await child(what, log)
