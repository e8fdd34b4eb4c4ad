import type { LateLabel, LogRecord } from '../core/log-record.js'

/** What became known of an answer, or of a session, after the fact. */
export interface Feedback {
  /** In [0, 1]: 1 for a thumb up or a merged pull request, 0 for the opposite. */
  readonly quality: number
  /** Who or what says so. */
  readonly source?: string
  /** When it was known, epoch milliseconds; now, where it is left out. Of two labels of the same the later one counts. */
  readonly at?: number
}

/** Times outside of these are no epoch milliseconds, but most likely seconds: `tollgate import` would refuse them. */
const [EARLIEST, LATEST] = [1e11, 8.64e15]

/**
 * The line of a decision log that says what a request's answer was worth.
 * @throws TypeError or RangeError naming the option and its value.
 */
export function feedbackRecord(id: string, given: Feedback, now: () => number): LogRecord {
  checkName('id', id)
  return { id, feedback: labelOf(given, now) }
}

/**
 * The same of a whole session.
 * @throws TypeError or RangeError naming the option and its value.
 */
export function sessionFeedbackRecord(session: string, given: Feedback, now: () => number): LogRecord {
  checkName('session', session)
  return { id: `session:${session}`, scope: { session }, sessionOutcome: labelOf(given, now) }
}

function labelOf({ quality, source, at }: Feedback, now: () => number): LateLabel {
  if (typeof quality !== 'number') throw new TypeError(`quality must be a number, got ${typeof quality}`)
  if (!(quality >= 0 && quality <= 1)) throw new RangeError(`quality must be in [0, 1], got ${quality}`)
  if (source !== undefined) checkName('source', source)
  if (at !== undefined && typeof at !== 'number')
    throw new TypeError(`at must be epoch milliseconds, got ${typeof at}`)
  if (at !== undefined && !(at >= EARLIEST && at <= LATEST))
    throw new RangeError(`at must be epoch milliseconds such as ${Date.UTC(2026, 10, 2)}, got ${at}`)
  return { quality, ...(source === undefined ? {} : { source }), at: Math.floor(at ?? now()) }
}

function checkName(option: string, value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`${option} must be a string, got ${typeof value}`)
  if (value === '') throw new RangeError(`${option} must not be empty`)
}
