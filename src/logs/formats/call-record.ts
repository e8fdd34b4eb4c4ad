import type { LogRecord } from '../../core/log-record.js'
import type { ParsedUsage } from '../usage/parse-usage.js'
import * as check from './fields.js'
import type { ReadOptions } from './format.js'
import { NO_QUALITY_RULES, type Signals } from './quality-rules.js'
import type { AskedFor } from './request-body.js'
import { textOf } from './values.js'

/** One call as a tool logged it; what the log does not say is undefined. */
export interface LoggedCall {
  readonly id: unknown
  /** Arrival, epoch milliseconds. */
  readonly at?: number | undefined
  /** Labels by name; those that are neither text nor number are left out. */
  readonly scope?: Readonly<Record<string, unknown>>
  readonly asked?: AskedFor | undefined
  readonly model: unknown
  readonly task?: unknown
  readonly usage?: Partial<ParsedUsage> | undefined
  readonly costUsd?: number | undefined
  readonly latencyMs?: number | undefined
  readonly signals?: Signals
}

export const NO_OPTIONS: ReadOptions = { source: 'log', quality: NO_QUALITY_RULES.qualityOf }

/**
 * A logged call as a canonical record: the model that answered is the one that was chosen.
 * @throws Rejection when the row names no id or no model.
 */
export function callRecord(call: LoggedCall, { quality }: ReadOptions): LogRecord {
  const id = check.requiredId(call.id, 'id')
  const model = check.requiredModel(textOf(call.model))
  const scope = labels(call.scope ?? {})
  const task = textOf(call.task)
  return {
    id,
    ...(call.at !== undefined && { at: call.at }),
    ...(Object.keys(scope).length > 0 && { scope }),
    ...call.asked,
    ...(task !== undefined && { task }),
    chosen: model,
    outcomes: [
      {
        model,
        ...counts(call.usage ?? {}),
        ...(call.costUsd !== undefined && { costUsd: call.costUsd }),
        ...(call.latencyMs !== undefined && { latencyMs: call.latencyMs }),
        ...(call.signals !== undefined && quality(call.signals)),
        basis: 'logged',
      },
    ],
  }
}

type Counts = Partial<
  Pick<
    ParsedUsage,
    'inputTokens' | 'outputTokens' | 'cachedInputTokens' | 'cacheWriteTokens' | 'reasoningTokens'
  >
>

const COUNTS = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'reasoningTokens',
] as const

function counts(usage: Partial<ParsedUsage>): Counts {
  const known: Record<string, number> = {}
  for (const name of COUNTS) {
    const value = usage[name]
    if (value !== undefined) known[name] = value
  }
  return known
}

function labels(scope: Readonly<Record<string, unknown>>): Record<string, string> {
  const known: Record<string, string> = {}
  for (const [name, value] of Object.entries(scope)) {
    const label = textOf(value)
    if (label !== undefined) known[name] = label
  }
  return known
}
