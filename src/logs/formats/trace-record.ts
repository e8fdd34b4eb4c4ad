import type { LogRecord } from '../../core/log-record.js'
import type { TokenCounts } from './token-pair.js'

/**
 * Times that count from the start of a trace begin here: a Monday, so that daily and weekly windows start clean.
 */
export const TRACE_START: number = Date.UTC(2026, 0, 5)

/** One arrival of a trace: it names no request and no text, so its place in the file is its id. */
export function traceRecord(arrival: {
  readonly source: string
  readonly row: number
  readonly at: number
  readonly model: string
  readonly session?: string | undefined
  readonly sharedPrefixTokens?: number | undefined
  readonly usage: TokenCounts
  readonly latencyMs?: number | undefined
}): LogRecord {
  const { source, row, at, model, session, sharedPrefixTokens, usage, latencyMs } = arrival
  return {
    id: `${source}:${row}`,
    at,
    ...(session !== undefined && { scope: { session } }),
    ...(sharedPrefixTokens !== undefined && { sharedPrefixTokens }),
    chosen: model,
    outcomes: [{ model, ...usage, ...(latencyMs !== undefined && { latencyMs }), basis: 'logged' }],
  }
}
