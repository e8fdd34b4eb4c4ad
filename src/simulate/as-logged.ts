import type { LogRecord } from '../core/log-record.js'

/** The record as a team really has it: one outcome, of the model that was called. */
export function asLogged(record: LogRecord): LogRecord {
  if (record.outcomes === undefined) return record
  return { ...record, outcomes: record.outcomes.filter((outcome) => outcome.model === record.chosen) }
}
