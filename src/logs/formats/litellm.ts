import { parseUsage, type ParsedUsage } from '../usage/parse-usage.js'
import { callRecord, NO_OPTIONS } from './call-record.js'
import { skip, type LogFormat, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { askedFor, askedText, type AskedFor } from './request-body.js'
import { tokenPair } from './token-pair.js'
import { at, durationOf, firstOf, objectOf, rowsOfPage, textOf, timeOf, usdOf } from './values.js'

/**
 * Spend logs of LiteLLM's proxy: the table `LiteLLM_SpendLogs`, as `/spend/logs` answers it or as a dump of the table
 * (JSON list, JSONL, CSV). `spend` is in US dollars; `user` is the key's owner, `end_user` the caller's own customer.
 * https://docs.litellm.ai/docs/proxy/spend_logs_deletion, schema.prisma of BerriAI/litellm
 */
export const litellmFormat: LogFormat = {
  name: 'litellm',
  describe:
    'LiteLLM spend logs: request_id, call_type, spend, prompt_tokens, startTime, … (JSON, JSONL or CSV)',
  encoding: 'objects',
  recognises: (sample) => sample.has('request_id', 'spend', 'startTime', 'model'),
  open: (_header, options = NO_OPTIONS): RowReader => ({
    ignored: [],
    unfold: rowsOfPage,
    read(row) {
      const call = row as JsonObject
      if (!CALLS.test(textOf(call['call_type']) ?? 'completion')) return skip('not-a-completion')
      const started = timeOf(call['startTime'], 'startTime')
      const metadata = objectOf(call['metadata'])
      return callRecord(
        {
          id: call['request_id'],
          at: started,
          scope: scopeOf(call),
          asked: asked(call),
          model: call['model'],
          usage: usageOf(call, metadata),
          costUsd: usdOf(call['spend'], 'spend'),
          latencyMs: latency(call, started),
          signals: {
            score: (name) => metadata?.[name],
            failed: /^(failure|error)$/i.test(textOf(firstOf(call, 'status') ?? metadata?.['status']) ?? ''),
          },
        },
        options,
      )
    },
  }),
}

/** Embeddings, images, speech and the proxy's own calls are no completions. */
const CALLS = /completion|responses|messages|generate_content/i

function scopeOf(call: JsonObject): Record<string, unknown> {
  return {
    org: call['organization_id'],
    team: call['team_id'],
    user: call['user'],
    endUser: call['end_user'],
    session: call['session_id'],
    key: at(call['metadata'], 'user_api_key_alias'),
  }
}

/** Prompts are there only where the proxy was told to store them. */
function asked(call: JsonObject): AskedFor {
  const body = askedFor(call['proxy_server_request'])
  return body.messages !== undefined || body.prompt !== undefined
    ? body
    : { ...body, ...askedText(call['messages']) }
}

/** The provider's own usage object where it was kept: only it tells cached tokens. */
function usageOf(call: JsonObject, metadata: JsonObject | undefined): Partial<ParsedUsage> {
  const provider = textOf(call['custom_llm_provider'])
  const kept = parseUsage(metadata?.['usage_object'], provider === undefined ? {} : { provider })
  if (kept !== undefined) return kept
  const pair = tokenPair(call, 'prompt_tokens', 'completion_tokens')
  // A failed call is logged with zeros: nothing was counted.
  return pair.inputTokens === 0 && pair.outputTokens === 0 ? {} : pair
}

function latency(call: JsonObject, started: number | undefined): number | undefined {
  const told = durationOf(call['request_duration_ms'], 'request_duration_ms', 'ms')
  const ended = timeOf(call['endTime'], 'endTime')
  if (told !== undefined || started === undefined || ended === undefined) return told
  return durationOf(ended - started, 'endTime - startTime', 'ms')
}
