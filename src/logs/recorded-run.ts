import type { AttemptRecord, RunRecord } from '../core/log-record.js'
import { REQUEST_COLUMNS, type Cell } from './store-statements.js'

const RUN = REQUEST_COLUMNS.indexOf('run')
/** What changes as a request goes on: a runtime writes its line again whenever something is added. */
const OF_RUN: readonly number[] = [REQUEST_COLUMNS.indexOf('chosen'), RUN]

/**
 * A run that is told again further on is no conflict: what is stored of it then gives way, and what is told less far is left
 * out. Both as cells in the order of REQUEST_COLUMNS.
 */
export function furtherRun(
  stored: readonly Cell[],
  told: readonly Cell[],
): { readonly earlier: readonly Cell[]; readonly cells: readonly Cell[] } {
  const [before, after] = [stored[RUN], told[RUN]]
  if (typeof before !== 'string' || typeof after !== 'string') return { earlier: stored, cells: told }
  const [earlier, later] = [JSON.parse(before) as RunRecord, JSON.parse(after) as RunRecord]
  if (goesOn(later, earlier)) return { earlier: stored, cells: withoutRun(told) }
  return { earlier: goesOn(earlier, later) ? withoutRun(stored) : stored, cells: told }
}

function withoutRun(cells: readonly Cell[]): Cell[] {
  return cells.map((cell, column) => (OF_RUN.includes(column) ? null : cell))
}

/** Whether all that `earlier` tells stands in `later` too. */
function goesOn(earlier: RunRecord, later: RunRecord): boolean {
  return (
    earlier.life === later.life &&
    earlier.attempts.every((attempt, index) => attemptGoesOn(attempt, later.attempts[index])) &&
    startsWith(later.deferrals, earlier.deferrals) &&
    (earlier.rejected === undefined || isSame(earlier.rejected, later.rejected))
  )
}

function attemptGoesOn(earlier: AttemptRecord, later: AttemptRecord | undefined): boolean {
  if (later === undefined) return false
  const { end, after = [], ...admitted } = earlier
  const { end: laterEnd, after: laterAfter = [], ...laterAdmitted } = later
  return (
    isSame(admitted, laterAdmitted) &&
    (end === undefined || isSame(end, laterEnd)) &&
    startsWith(laterAfter, after)
  )
}

function startsWith(list: readonly unknown[], start: readonly unknown[]): boolean {
  return start.every((one, index) => isSame(one, list[index]))
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
