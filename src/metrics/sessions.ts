import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'

/** The log's sessions, numbered in the order of their first requests. */
export interface Sessions {
  readonly count: number
  /** Number of each row's session, -1 where it has none, or one that is too young (`LogTable.sessionsOpen`). */
  readonly of: Int32Array
  /** First row of each. */
  readonly first: Int32Array
  /** What each was worth as it went in the log, NaN unknown. */
  readonly quality: Float64Array
}

/** @throws InputError where quality cannot be judged by the session, with the way out. */
export function requireSessionOutcomes(table: LogTable): Sessions {
  const sessions = sessionsOf(table)
  if (sessions === undefined && table.sessionsOpen?.includes(1) === true)
    throw new InputError(
      'quality by session needs sessions that are over, and all of them went on within the label delay: name a shorter --label-delay, or bring a longer log',
    )
  if (sessions === undefined)
    throw new InputError(
      'quality by session needs sessions, and the log has none: give requests scope.session, or judge requests (--quality-unit request)',
    )
  if (sessions.quality.some((value) => !Number.isNaN(value))) return sessions
  throw new InputError(
    `quality by session needs outcomes of sessions, and none of the ${sessions.count} sessions has one: put "sessionOutcome": {"quality": 1} on any line of a session, import it later as {"id": "…", "scope": {"session": "…"}, "sessionOutcome": …}, or judge requests (--quality-unit request)`,
  )
}

/** Undefined where no request of the log belongs to a session. */
export function sessionsOf({ labels, sessionQuality, sessionsOpen, size }: LogTable): Sessions | undefined {
  const codes = labels['session']?.codes
  if (codes === undefined || !codes.some((code) => code >= 0)) return undefined
  const numbers = new Map<number, number>()
  const first: number[] = []
  const of = new Int32Array(size).fill(-1)
  codes.forEach((code, row) => {
    if (code < 0 || sessionsOpen?.[row] === 1) return
    const known = numbers.get(code)
    if (known === undefined) {
      numbers.set(code, first.length)
      first.push(row)
    }
    of[row] = known ?? first.length - 1
  })
  if (first.length === 0) return undefined
  return {
    count: first.length,
    of,
    first: Int32Array.from(first),
    quality: Float64Array.from(first, (row) => sessionQuality?.[row] ?? NaN),
  }
}
