import { InputError } from '../core/errors.js'
import type { LogRecord } from '../core/log-record.js'

/** A runtime's decision log: the last line of each id counts; lines that tell of a changed policy stand apart. */
export interface DecisionLogLines {
  readonly records: readonly LogRecord[]
  readonly changes: readonly { readonly policyHash: string; readonly seq: number; readonly at: number }[]
}

/** @throws InputError with file and line when a line is not what the runtime writes. */
export function parseDecisionLog(text: string, file: string): DecisionLogLines {
  const records = new Map<string, LogRecord>()
  const changes: { policyHash: string; seq: number; at: number }[] = []
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const value = parseLine(line, `${file}:${index + 1}`)
    if (typeof value.id === 'string') records.set(value.id, withTimes(value))
    else if (typeof value.policyHash === 'string') changes.push(value as unknown as (typeof changes)[number])
    else if (value.tollgateLog === undefined)
      throw new InputError(`${file}:${index + 1} has no id: not a line of a decision log`)
  })
  return { records: [...records.values()], changes }
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
