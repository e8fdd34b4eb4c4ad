import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/**
 * `npm run bench` runs all, `npm run bench -- replay route` the named ones. Compiled by tsc and run as production runs:
 * the test runner's import transform slows hot code. Each benchmark has a process of its own, so that none warms the
 * code or fills the heap of another.
 */
const BENCHES: Readonly<Record<string, () => Promise<{ bench(): Promise<void> }>>> = {
  import: () => import('./import.bench.js'),
  tokens: () => import('./tokens.bench.js'),
  replay: () => import('./replay.bench.js'),
  route: () => import('./route.bench.js'),
  learned: () => import('./learned.bench.js'),
  tune: () => import('./tune.bench.js'),
  ledger: () => import('./ledger.bench.js'),
  windows: () => import('./windows.bench.js'),
  memory: () => import('./memory.bench.js'),
  redis: () => import('./redis.bench.js'),
  report: () => import('./report.bench.js'),
  gate: () => import('./gate.bench.js'),
  azure: () => import('./azure.bench.js'),
  stores: () => import('./stores.bench.js'),
  'what-if': () => import('./what-if.bench.js'),
}

const ONE = '--one'

/** `npm run bench:routers`: minutes of work that measure no speed, and so no part of `npm run bench`. */
const ROUTERS = 'routers'

/** `npm run bench:coverage`: the same of the estimators' intervals. */
const COVERAGE = 'coverage'

/** `npm run bench:promises`: the same of what tune promises. */
const PROMISES = 'promises'

async function main(names: readonly string[]): Promise<number> {
  if (names[0] === ROUTERS) return (await import('./routers/bench-routers.js')).benchRouters(names.slice(1))
  if (names[0] === COVERAGE)
    return (await import('./estimators/bench-coverage.js')).benchCoverage(names.slice(1))
  if (names[0] === PROMISES)
    return (await import('./promises/bench-promises.js')).benchPromises(names.slice(1))
  const unknown = names.filter((name) => name !== ONE && BENCHES[name] === undefined)
  if (unknown.length > 0) {
    console.error(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`)
    return 2
  }
  if (names[0] === ONE) return runHere(names[1] ?? '')
  const [cpu] = cpus()
  console.log(`${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}, Node ${process.version}\n`)
  return Math.max(...(names.length > 0 ? names : Object.keys(BENCHES)).map(runInChild))
}

async function runHere(name: string): Promise<number> {
  const load = BENCHES[name]
  if (load !== undefined) await (await load()).bench()
  return 0
}

function runInChild(name: string): number {
  // As the command line sets it for itself (src/cli/main.ts).
  const flags = ['--no-allocation-site-pretenuring']
  const { status } = spawnSync(process.execPath, [...flags, fileURLToPath(import.meta.url), ONE, name], {
    stdio: 'inherit',
  })
  console.log()
  return status ?? 1
}

process.exitCode = await main(process.argv.slice(2))
