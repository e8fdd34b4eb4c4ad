import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { InputError, nearMiss } from '../core/errors.js'
import type { RequestColumns } from '../metrics/request-columns.js'
import type { Comparison } from '../metrics/result.js'
import { readRequestColumns, writeRequestColumns } from './request-columns-store.js'
import { summarizeRun } from './run-summary.js'
import { writeFileAtomic } from './write-file.js'

/** Where `replay` and `tune` leave their results, so that a report can be made again. */
export const RUNS_FOLDER = join('reports', 'runs')

const FORMAT_VERSION = 1
/** A run id becomes a file name: nothing in it may leave the folder. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/

/**
 * Writes the result whole or not at all and gives its path. What belongs to it is written first: the columns that pair it
 * with another run, and the summary for the index.
 */
export function saveRun(
  comparison: Comparison,
  folder: string = RUNS_FOLDER,
  columns: RequestColumns | null = null,
): string {
  const { runId } = comparison
  if (!SAFE_ID.test(runId)) {
    throw new RangeError(`runId must be a file name of letters, digits, ".", "_" and "-", got ${runId}`)
  }
  const path = join(folder, `${runId}.json`)
  if (columns !== null) writeRequestColumns(columnsPath(path), columns)
  writeFileAtomic(summaryPath(runId, folder), `${JSON.stringify(summarizeRun(comparison))}\n`)
  writeFileAtomic(path, `${JSON.stringify(comparison, null, 2)}\n`)
  return path
}

/** Keeps beside a stored result, which lies at `path`, what a report needs to be asked what if. */
export function saveReplayable(path: string, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) rmSync(replayablePath(path), { force: true })
  else writeFileAtomic(replayablePath(path), bytes)
}

/** What was kept; undefined where nothing was. */
export function loadReplayable(run: string, folder: string = RUNS_FOLDER): Uint8Array | undefined {
  const path = replayablePath(pathOf(run, folder))
  return existsSync(path) ? readFileSync(path) : undefined
}

function replayablePath(run: string): string {
  return `${run.replace(/\.json$/, '')}.replay.gz`
}

const SUMMARY = '.summary.json'

export function summaryPath(runId: string, folder: string): string {
  return join(folder, `${runId}${SUMMARY}`)
}

function columnsPath(run: string): string {
  return `${run.replace(/\.json$/, '')}.requests.gz`
}

/**
 * A stored result by run id or file name.
 * @throws InputError when there is none (with the nearest run id), or it is not a result of this format version.
 */
export function loadRun(run: string, folder: string = RUNS_FOLDER): Comparison {
  const path = pathOf(run, folder)
  return checked(parsed(read(path, run, folder), path), path)
}

/**
 * What each request added to a stored run; null where it was stored without.
 * @throws InputError when the file cannot be read, or belongs to another run.
 */
export function loadRequestColumns(
  run: string,
  comparison: Comparison,
  folder: string = RUNS_FOLDER,
): RequestColumns | null {
  const path = columnsPath(pathOf(run, folder))
  const columns = readRequestColumns(path)
  const hashes = (runs: readonly { readonly contentHash: string }[]): string =>
    runs.map(({ contentHash }) => contentHash).join()
  if (columns !== null && hashes(columns.runs) !== hashes(comparison.runs))
    throw new InputError(`${path} belongs to another run; replay the policies again to make it anew`)
  return columns
}

function pathOf(run: string, folder: string): string {
  return SAFE_ID.test(run) && !run.endsWith('.json') ? join(folder, `${run}.json`) : run
}

export function storedRuns(folder: string = RUNS_FOLDER): string[] {
  try {
    const names = readdirSync(folder).filter(
      (file) => file.endsWith('.json') && !file.endsWith(SUMMARY) && !file.startsWith('.'),
    )
    return names.map((file) => file.slice(0, -'.json'.length)).sort()
  } catch {
    return []
  }
}

function read(path: string, run: string, folder: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new InputError(`${path} cannot be read: ${messageOf(error)}`)
    }
    const known = storedRuns(folder)
    const near = nearMiss(run, known)
    const hint =
      near !== undefined
        ? `did you mean ${near}?`
        : known.length === 0
          ? `${folder} holds no runs yet; tollgate replay makes one`
          : `${folder} holds ${known.slice(-5).join(', ')}`
    throw new InputError(`there is no run or file ${run}: ${hint}`)
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputError(`${path} is not a stored run: ${messageOf(error)}`)
  }
}

/** The parts without which nothing can be shown; what writes runs is our own code, so the rest is trusted. */
function checked(value: unknown, path: string): Comparison {
  const run = typeof value === 'object' && value !== null ? (value as Partial<Comparison>) : {}
  const version: unknown = run.formatVersion
  if (version !== FORMAT_VERSION) {
    const found = typeof version === 'number' ? `has format version ${version}` : 'has no format version'
    throw new InputError(
      `${path} ${found}; this version of Tollgate reads stored runs of version ${FORMAT_VERSION}`,
    )
  }
  const lists = { runs: run.runs, charts: run.charts, filters: run.filters }
  const issues = Object.entries(lists)
    .filter(([, list]) => !Array.isArray(list))
    .map(([key]) => ({ path: key, message: 'must be a list' }))
  const objects = { log: run.log, baseline: run.baseline, references: run.references }
  for (const [key, part] of Object.entries(objects)) {
    if (typeof part !== 'object' || part === null) issues.push({ path: key, message: 'must be an object' })
  }
  if (issues.length > 0) throw new InputError(`${path} is not a stored run`, issues)
  return run as Comparison
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
