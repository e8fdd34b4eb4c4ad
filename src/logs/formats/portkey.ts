import { parseUsage } from '../usage/parse-usage.js'
import { callRecord, NO_OPTIONS } from './call-record.js'
import { converted } from './currency.js'
import type { LogFormat, RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { askedFor } from './request-body.js'
import { isCutOff } from './response-body.js'
import { tokenPair } from './token-pair.js'
import { at, durationOf, firstOf, numberOf, objectOf, rateOf, rowsOfPage, timeOf, usdOf } from './values.js'

/**
 * Logs exported from Portkey (JSONL, CSV). `cost` is in **cents**, `response_time` in milliseconds. Metadata become
 * labels, `_user` the user. https://portkey.ai/docs/product/observability/logs-export
 */
export const portkeyFormat: LogFormat = {
  name: 'portkey',
  describe: 'Portkey logs: id, created_at, ai_model, req_units, res_units, cost (in cents), … (JSONL or CSV)',
  encoding: 'objects',
  recognises: (sample) =>
    sample.has('created_at', 'ai_model', 'req_units') ||
    sample.has('created_at', 'ai_org', 'cost', 'response_time'),
  open: (_header, options = NO_OPTIONS): RowReader => ({
    ignored: [],
    unfold: rowsOfPage,
    read(row) {
      const call = row as JsonObject
      const cost = usdOf(call['cost'], 'cost', 'cents')
      const rate = rateOf(call['cost_currency'], options.rates)
      const status = numberOf(call['response_status_code'], 'response_status_code') ?? 200
      return callRecord(
        {
          id: call['id'],
          at: timeOf(call['created_at'], 'created_at'),
          scope: scopeOf(call),
          asked: askedFor(call['request']),
          model: firstOf(call, 'ai_model') ?? at(call, 'request', 'model'),
          usage: parseUsage(at(call, 'response', 'usage')) ?? tokenPair(call, 'req_units', 'res_units'),
          costUsd: cost === undefined ? undefined : converted(cost, rate),
          latencyMs: durationOf(call['response_time'], 'response_time', 'ms'),
          signals: {
            score: (name) => at(call, 'feedback', name) ?? at(call, 'metadata', name),
            thumbs: at(call, 'feedback', 'value'),
            failed: call['is_success'] === false || call['is_success'] === 'false' || status >= 400,
            truncated: isCutOff(call['response']),
          },
        },
        options,
      )
    },
  }),
}

function scopeOf(call: JsonObject): Record<string, unknown> {
  const { _user: user, ...metadata } = objectOf(call['metadata']) ?? {}
  return { ...metadata, user, session: call['trace_id'] }
}
