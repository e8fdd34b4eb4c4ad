import { InputError } from '../core/errors.js'
import type { LogRecord } from '../core/log-record.js'

/** What one router left in a decision log, from its start line on: the last line of each id counts. */
export interface RecordedLife {
  readonly records: readonly LogRecord[]
  /** Changes of policy; the start is the first of them, with `seq` 0. */
  readonly changes: readonly RecordedChange[]
}

export interface RecordedChange {
  readonly policyHash: string
  readonly seq: number
  readonly at: number
}

interface OpenLife {
  readonly records: Map<string, LogRecord>
  readonly changes: RecordedChange[]
}

/**
 * A runtime's decision log: the lives of the routers that appended to it, in the file's order. Lives without a request are
 * left out.
 * @throws InputError with file and line when a line is not what the runtime writes.
 */
export function parseDecisionLog(text: string, file: string): readonly RecordedLife[] {
  let life: OpenLife = { records: new Map(), changes: [] }
  const lives = [life]
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const value = parseLine(line, `${file}:${index + 1}`)
    if (value['start'] === true) lives.push((life = { records: new Map(), changes: [] }))
    if (typeof value['id'] === 'string') life.records.set(value['id'], withTimes(value))
    else if (typeof value['policyHash'] === 'string') life.changes.push(value as unknown as RecordedChange)
    else if (value['tollgateLog'] === undefined)
      throw new InputError(`${file}:${index + 1} has no id: not a line of a decision log`)
  })
  return lives
    .filter(({ records }) => records.size > 0)
    .map(({ records, changes }) => ({ records: [...records.values()], changes }))
}

function parseLine(line: string, place: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch (error) {
    throw new InputError(`${place} is not JSON: ${(error as Error).message}`)
  }
}

function withTimes(value: Record<string, unknown>): LogRecord {
  return {
    ...value,
    at: typeof value.at === 'string' ? Date.parse(value.at) : value.at,
  } as unknown as LogRecord
}
