import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InputError } from '../core/errors.js'
import { renderIndexHtml, type IndexedRun } from './index-html.js'
import { runOfPage } from './page.js'
import { loadRun, RUNS_FOLDER, storedRuns, summaryPath } from './run-store.js'
import { summarizeRun, type RunSummary } from './run-summary.js'
import { writeFileAtomic } from './write-file.js'

const INDEX = 'index.html'
/** A page says in its first lines of which run it is. */
const HEAD_BYTES = 1024

/**
 * Writes the list of all runs of a folder beside it (`reports/index.html`), with links to the pages that lie there too, and
 * gives its path. Depends on nothing but those files, not on when they were written.
 * @throws InputError when there is no run, or the place may not be written.
 */
export function writeRunIndex(folder: string = RUNS_FOLDER): string {
  const ids = storedRuns(folder)
  if (ids.length === 0) throw new InputError(`${folder} holds no runs yet; tollgate replay makes one`)
  const home = dirname(folder)
  const pages = pagesOf(home)
  const unreadable: string[] = []
  const runs = ids.flatMap((id): IndexedRun[] => {
    const summary = summaryOf(id, folder)
    if (summary === null) unreadable.push(`${id}.json`)
    return summary === null ? [] : [{ summary, page: pages.get(summary.runId) ?? null }]
  })
  const path = join(home, INDEX)
  writeFileAtomic(path, renderIndexHtml(runs, unreadable))
  return path
}

/** Runs that were stored before summaries were kept are read whole. */
function summaryOf(id: string, folder: string): RunSummary | null {
  try {
    return JSON.parse(readFileSync(summaryPath(id, folder), 'utf8')) as RunSummary
  } catch {
    try {
      return summarizeRun(loadRun(id, folder))
    } catch (error) {
      if (error instanceof InputError) return null
      throw error
    }
  }
}

/** Pages of runs in a folder, by run id; of several pages of a run the first by name. */
function pagesOf(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.html') && file !== INDEX)
  const found = files.sort().flatMap((file): [string, string][] => {
    const run = runOfPage(headOf(join(folder, file)))
    return run === null ? [] : [[run, file]]
  })
  return new Map(found.reverse())
}

function headOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    return head.toString('utf8', 0, readSync(file, head, 0, HEAD_BYTES, 0))
  } finally {
    closeSync(file)
  }
}
