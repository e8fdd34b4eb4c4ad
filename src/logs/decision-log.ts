import { InputError } from '../core/errors.js'
import type { LogRecord, RunRecord } from '../core/log-record.js'

/** What one router left in a decision log: the last line of each id counts. */
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
 * A runtime's decision log: the lives of the routers that appended to it, in the file's order. A line that does not name its
 * router belongs to the start line above it. Lives without a request are left out.
 * @throws InputError with file and line when a line is not what the runtime writes.
 */
export function parseDecisionLog(text: string, file: string): readonly RecordedLife[] {
  const lives = new Map<string, OpenLife>()
  let started = ''
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const value = parseLine(line, `${file}:${index + 1}`)
    const named = lifeOf(value)
    if (value['start'] === true) started = named ?? `line ${index + 1}`
    const life = openLife(lives, named ?? started)
    if (isLateLabel(value)) return
    if (typeof value['id'] === 'string') life.records.set(value['id'], withTimes(value))
    else if (typeof value['policyHash'] === 'string') life.changes.push(value as unknown as RecordedChange)
    else if (value['tollgateLog'] === undefined)
      throw new InputError(`${file}:${index + 1} has no id: not a line of a decision log`)
  })
  return [...lives.values()]
    .filter(({ records }) => records.size > 0)
    .map(({ records, changes }) => ({ records: [...records.values()], changes }))
}

/** Labels that came later decide nothing. */
function isLateLabel({ run, feedback, sessionOutcome }: Record<string, unknown>): boolean {
  return run === undefined && (feedback !== undefined || sessionOutcome !== undefined)
}

function lifeOf({ life, run }: Record<string, unknown>): string | undefined {
  const name = life ?? (run as Partial<RunRecord> | null | undefined)?.life
  return typeof name === 'string' ? name : undefined
}

function openLife(lives: Map<string, OpenLife>, name: string): OpenLife {
  const known = lives.get(name)
  if (known !== undefined) return known
  const life: OpenLife = { records: new Map(), changes: [] }
  lives.set(name, life)
  return life
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
    ...(value.features === undefined ? {} : { features: withUnknown(value.features as Features) }),
  } as unknown as LogRecord
}

type Features = NonNullable<LogRecord['features']>

/** JSON writes a value that was not made, NaN, as null. */
function withUnknown({ key, values }: Features): Features {
  return { key, values: values.map((value: number | null) => value ?? NaN) }
}
