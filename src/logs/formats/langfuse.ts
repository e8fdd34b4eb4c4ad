import type { ParsedUsage } from '../usage/parse-usage.js'
import { callRecord, NO_OPTIONS } from './call-record.js'
import { skip, type LogFormat, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { askedText } from './request-body.js'
import { isCutOff } from './response-body.js'
import {
  at,
  durationOf,
  firstOf,
  listOf,
  objectOf,
  rowsOfPage,
  textOf,
  timeOf,
  tokensOf,
  usdOf,
} from './values.js'

/**
 * Observations exported from Langfuse (JSON, JSONL, CSV). Generations are calls; spans and events are passed over. Costs
 * are US dollars, `latency` is in seconds. Scores stand in columns of their own name, or in a list `scores`.
 * https://langfuse.com/docs/api-and-data-platform/features/export-from-ui,
 * https://langfuse.com/docs/observability/features/token-and-cost-tracking
 */
export const langfuseFormat: LogFormat = {
  name: 'langfuse',
  describe:
    'Langfuse observations: id, traceId, type GENERATION, usageDetails, costDetails, … (JSON, JSONL or CSV)',
  encoding: 'objects',
  recognises: (sample) =>
    sample.has('id', 'traceId', 'type', 'startTime') || sample.has('id', 'trace_id', 'type', 'start_time'),
  open: (_header, options = NO_OPTIONS): RowReader => ({
    ignored: [],
    unfold: rowsOfPage,
    read(row) {
      const seen = row as JsonObject
      if ((textOf(seen['type']) ?? '').toUpperCase() !== 'GENERATION') return skip('not-a-generation')
      const started = timeOf(firstOf(seen, 'startTime', 'start_time'), 'startTime')
      return callRecord(
        {
          id: seen['id'],
          at: started,
          scope: scopeOf(seen),
          asked: { ...askedText(seen['input']), ...limit(seen) },
          model: firstOf(seen, 'model', 'providedModelName', 'provided_model_name'),
          task: seen['name'],
          usage: usageOf(seen),
          costUsd: costOf(seen),
          latencyMs: latency(seen, started),
          signals: {
            score: (name) => scoreOf(seen, name),
            failed: textOf(seen['level']) === 'ERROR',
            truncated: isCutOff(seen['output']),
          },
        },
        options,
      )
    },
  }),
}

/** A trace is the smallest whole that users see: it stands in for the session where none is named. */
function scopeOf(seen: JsonObject): Record<string, unknown> {
  return {
    user: firstOf(seen, 'userId', 'user_id'),
    session: firstOf(seen, 'sessionId', 'session_id', 'traceId', 'trace_id'),
    environment: seen['environment'],
  }
}

function limit(seen: JsonObject): { maxOutputTokens?: number } {
  const parameters = objectOf(firstOf(seen, 'modelParameters', 'model_parameters'))
  const most = tokensOf(
    parameters === undefined
      ? undefined
      : firstOf(parameters, 'max_tokens', 'max_completion_tokens', 'maxTokens'),
    'modelParameters.max_tokens',
  )
  return most === undefined || most === 0 ? {} : { maxOutputTokens: most }
}

/**
 * Kinds of usage stand beside each other: `input` is what was neither read from nor written to a cache, and every key
 * that begins with `input` or `output` adds to it.
 */
function usageOf(seen: JsonObject): Partial<ParsedUsage> {
  const details = objectOf(firstOf(seen, 'usageDetails', 'usage_details')) ?? {}
  const sum = (of: RegExp): number | undefined => {
    const names = Object.keys(details).filter((name) => of.test(name))
    if (names.length === 0) return undefined
    return names.reduce((all, name) => all + (tokensOf(details[name], `usageDetails.${name}`) ?? 0), 0)
  }
  const told = {
    inputTokens:
      sum(/^(input|cache_|prompt)/) ?? tokensOf(firstOf(seen, 'inputUsage', 'promptTokens'), 'inputUsage'),
    outputTokens:
      sum(/^(output|completion)/) ??
      tokensOf(firstOf(seen, 'outputUsage', 'completionTokens'), 'outputUsage'),
    cachedInputTokens: sum(/cached_tokens|cache_read/),
    cacheWriteTokens: sum(/cache_creation|cache_write/),
    reasoningTokens: sum(/^output.*reasoning/),
  }
  return Object.fromEntries(Object.entries(told).filter(([, count]) => count !== undefined))
}

function costOf(seen: JsonObject): number | undefined {
  const details = objectOf(firstOf(seen, 'costDetails', 'cost_details'))
  return usdOf(
    firstOf(seen, 'totalCost', 'calculatedTotalCost', 'total_cost') ?? details?.['total'],
    'totalCost',
  )
}

/** From the two times where both are there; `latency` is in seconds. */
function latency(seen: JsonObject, started: number | undefined): number | undefined {
  const ended = timeOf(firstOf(seen, 'endTime', 'end_time'), 'endTime')
  if (started !== undefined && ended !== undefined)
    return durationOf(ended - started, 'endTime - startTime', 'ms')
  return durationOf(seen['latency'], 'latency', 's')
}

function scoreOf(seen: JsonObject, name: string): unknown {
  const listed = listOf(seen['scores'])?.filter((score) => at(score, 'name') === name)
  if (listed !== undefined && listed.length > 0) return listed.map((score) => at(score, 'value'))
  const column = seen[name] ?? at(seen, 'scores', name)
  return listOf(column) ?? column
}
