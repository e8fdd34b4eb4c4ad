import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InputError, nearMiss } from '../core/errors.js'
import type { Comparison } from '../metrics/result.js'
import { writeFileAtomic } from './write-file.js'

/** Where `replay` and `tune` leave their results, so that a report can be made again. */
export const RUNS_FOLDER = join('reports', 'runs')

const FORMAT_VERSION = 1
/** A run id becomes a file name: nothing in it may leave the folder. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/

/** Writes the result whole or not at all and gives its path. */
export function saveRun(comparison: Comparison, folder: string = RUNS_FOLDER): string {
  if (!SAFE_ID.test(comparison.runId)) {
    throw new RangeError(
      `runId must be a file name of letters, digits, ".", "_" and "-", got ${comparison.runId}`,
    )
  }
  const path = join(folder, `${comparison.runId}.json`)
  writeFileAtomic(path, `${JSON.stringify(comparison, null, 2)}\n`)
  return path
}

/**
 * A stored result by run id or file name.
 * @throws InputError when there is none (with the nearest run id), or it is not a result of this format version.
 */
export function loadRun(run: string, folder: string = RUNS_FOLDER): Comparison {
  const path = SAFE_ID.test(run) && !run.endsWith('.json') ? join(folder, `${run}.json`) : run
  return checked(parsed(read(path, run, folder), path), path)
}

export function storedRuns(folder: string = RUNS_FOLDER): string[] {
  try {
    const names = readdirSync(folder).filter((file) => file.endsWith('.json') && !file.startsWith('.'))
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
