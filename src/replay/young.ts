import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import { selectRows } from './rows.js'

/** How long labels take, and whether they are those of whole sessions. */
export interface LabelDelay {
  /** As it was written, such as `3d`. */
  readonly text: string
  readonly ms: number
  readonly bySession: boolean
}

/**
 * The log up to the delay before its last arrival: what came later is so young that its labels may still be on their way. Young
 * requests that have a label go too, since what is labelled at once is not like the rest. By session, one that went on until then
 * keeps its earlier requests, and its outcome is not counted.
 * @throws InputError where the log has no times.
 */
export function withoutYoung(table: LogTable, delay: LabelDelay): LogTable {
  const young = youngRows(table, delay)
  const kept = Array.from(young.keys()).filter((row) => young[row] === 0)
  const sessionsOpen = delay.bySession ? openSessions(table, young) : undefined
  return { ...selectRows({ ...table, sessionsOpen }, kept), leftOutYoung: leftOut(young, delay) }
}

/** All of the log, where only the quality of young requests is unknown. @throws InputError likewise. */
export function withYoungUnlabelled(table: LogTable, delay: LabelDelay): LogTable {
  const young = youngRows(table, delay)
  const outcomes = table.outcomes.map((outcome) => ({
    ...outcome,
    quality: outcome.quality.map((value, row) => (young[row] === 1 ? NaN : value)),
  }))
  return { ...table, outcomes, leftOutYoung: leftOut(young, delay) }
}

function leftOut(young: Uint8Array, { text }: LabelDelay): LogTable['leftOutYoung'] {
  return { delay: text, requests: young.reduce((all, is) => all + is, 0) }
}

/** 1 for what arrived less than the delay before the last arrival. */
function youngRows({ at, size, arrivals }: LogTable, { text, ms }: LabelDelay): Uint8Array {
  if (arrivals === 'synthetic')
    throw new InputError(
      `a label delay of ${text} needs times, and the log has none of its own: import it with "at", or leave --label-delay out`,
    )
  const end = at[size - 1] ?? NaN
  return Uint8Array.from(at, (time) => (time > end - ms ? 1 : 0))
}

/** 1 in rows of sessions with a young request. */
function openSessions({ labels }: LogTable, young: Uint8Array): Uint8Array | undefined {
  const session = labels['session']?.codes
  if (session === undefined) return undefined
  const open = new Set(session.filter((code, row) => code >= 0 && young[row] === 1))
  return Uint8Array.from(session, (code) => (open.has(code) ? 1 : 0))
}
