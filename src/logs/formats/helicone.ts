import { parseUsage, type ParsedUsage } from '../usage/parse-usage.js'
import { callRecord, NO_OPTIONS } from './call-record.js'
import type { LogFormat, RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { askedFor } from './request-body.js'
import { isCutOff } from './response-body.js'
import { tokenPair } from './token-pair.js'
import { at, durationOf, firstOf, numberOf, objectOf, rowsOfPage, timeOf, usdOf } from './values.js'

/**
 * Requests exported from Helicone, by its dashboard (CSV) or its export tool (CSV, JSONL, JSON). `latency` and `delay_ms`
 * are milliseconds, costs US dollars. Custom properties become labels, `Helicone-Session-Id` the session.
 * https://docs.helicone.ai/features/advanced-usage/custom-properties,
 * https://docs.helicone.ai/rest/request/post-v1requestquery-clickhouse
 */
export const heliconeFormat: LogFormat = {
  name: 'helicone',
  describe:
    'Helicone requests: request_created_at, response_status, request_body, model, prompt_tokens, … (CSV, JSONL)',
  encoding: 'objects',
  recognises: (sample) =>
    sample.has('request_created_at', 'response_status') || sample.has('request_created_at', 'request_body'),
  open: (_header, options = NO_OPTIONS): RowReader => ({
    ignored: [],
    unfold: rowsOfPage,
    read(row) {
      const call = row as JsonObject
      const body = objectOf(call['request_body'])
      return callRecord(
        {
          id: firstOf(call, 'request_id', 'response_id'),
          at: timeOf(call['request_created_at'], 'request_created_at'),
          scope: scopeOf(call),
          asked: askedFor(body),
          model:
            firstOf(call, 'model', 'response_model', 'model_override', 'request_model') ?? body?.['model'],
          usage: usageOf(call),
          costUsd: usdOf(firstOf(call, 'cost', 'cost_usd', 'costUSD'), 'cost'),
          latencyMs: durationOf(firstOf(call, 'latency', 'delay_ms', 'response_delay_ms'), 'latency', 'ms'),
          signals: {
            score: (name) => scoreOf(call, name),
            thumbs: firstOf(call, 'feedback_rating') ?? at(call, 'feedback', 'rating'),
            failed: (numberOf(call['response_status'], 'response_status') ?? 200) >= 400,
            truncated: isCutOff(call['response_body']),
          },
        },
        options,
      )
    },
  }),
}

function scopeOf(call: JsonObject): Record<string, unknown> {
  const properties = objectOf(firstOf(call, 'request_properties', 'properties')) ?? {}
  const own = Object.entries(properties).filter(([name]) => !/^helicone-/i.test(name))
  const session = Object.entries(properties).find(([name]) => /^helicone-session-id$/i.test(name))
  return {
    ...Object.fromEntries(own),
    user: firstOf(call, 'request_user_id', 'user_id'),
    session: session?.[1],
  }
}

function usageOf(call: JsonObject): Partial<ParsedUsage> {
  const told = parseUsage(at(call, 'response_body', 'usage'))
  if (told !== undefined) return told
  return tokenPair(call, 'prompt_tokens', 'completion_tokens')
}

/** Scores stand as `{ name: value }` or `{ name: { value } }`. */
function scoreOf(call: JsonObject, name: string): unknown {
  const score = at(call, 'scores', name)
  return at(score, 'value') ?? score
}
