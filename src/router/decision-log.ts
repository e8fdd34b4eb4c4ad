import { createWriteStream, type WriteStream } from 'node:fs'
import type { LateLabel, LogRecord } from '../core/log-record.js'
import type { PolicyChange, RouterStart } from './router-api.js'

/** A decision log in a file, one canonical JSON line a record: what `tollgate import` reads. */
export interface DecisionLog {
  /** Pass this as `onDecision`. */
  readonly write: (record: LogRecord | PolicyChange | RouterStart) => void
  /** Waits until everything is on its way to the disk. */
  close(): Promise<void>
}

/** Appends to the file. A failing disk is reported to `onError` and never breaks a decision. */
export function fileDecisionLog(path: string, onError: (error: Error) => void): DecisionLog {
  const stream: WriteStream = createWriteStream(path, { flags: 'a' })
  stream.on('error', onError)
  return {
    write: (record) => void stream.write(`${decisionLine(record)}\n`),
    close: () => new Promise((resolve) => stream.end(resolve)),
  }
}

/** Times become ISO 8601, as the canonical form has them, but for those of `run`, which stay epoch milliseconds. */
export function decisionLine(record: LogRecord | PolicyChange | RouterStart): string {
  if ('tollgateLog' in record) return JSON.stringify(record)
  const { at, feedback, sessionOutcome } = record
  return JSON.stringify({
    ...record,
    ...(at === undefined ? {} : { at: iso(at) }),
    ...(feedback === undefined ? {} : { feedback: inIso(feedback) }),
    ...(sessionOutcome === undefined ? {} : { sessionOutcome: inIso(sessionOutcome) }),
  })
}

function inIso({ at, ...label }: LateLabel): object {
  return at === undefined ? label : { ...label, at: iso(at) }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
