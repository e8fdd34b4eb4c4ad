import { callRecord, NO_OPTIONS } from './call-record.js'
import type { LogFormat, RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { durationOf, textOf, timeOf, tokensOf, usdOf } from './values.js'

/**
 * The activity that OpenRouter exports, one generation a row. A credit is a US dollar; with keys of one's own the
 * provider's bill stands beside OpenRouter's charge, and the call cost both. Times are UTC. A variant is a part of the
 * model's name (`:free`), since it has a price of its own. https://openrouter.ai/docs/use-cases/usage-accounting
 */
export const openrouterFormat: LogFormat = {
  name: 'openrouter',
  describe:
    'OpenRouter activity: generation_id, created_at, cost_total, tokens_prompt, model_permaslug, … (CSV)',
  encoding: 'objects',
  recognises: (sample) => sample.has('generation_id', 'cost_total', 'model_permaslug'),
  open: (_header, options = NO_OPTIONS): RowReader => ({
    ignored: [],
    read(row) {
      const call = row as JsonObject
      const finish = textOf(call['finish_reason_normalized']) ?? textOf(call['finish_reason_raw'])
      return callRecord(
        {
          id: call['generation_id'],
          at: timeOf(call['created_at'], 'created_at'),
          scope: { user: call['user'], key: call['api_key_name'], app: call['app_name'] },
          model: modelOf(call),
          usage: usageOf(call),
          costUsd: costOf(call),
          latencyMs: durationOf(call['generation_time_ms'], 'generation_time_ms', 'ms'),
          signals: {
            score: () => undefined,
            failed: finish === 'error' || textOf(call['cancelled']) === 'true',
            truncated: finish === 'length',
          },
        },
        options,
      )
    },
  }),
}

function modelOf(call: JsonObject): string | undefined {
  const model = textOf(call['model_permaslug'])
  const variant = textOf(call['variant'])
  return model === undefined || variant === undefined || variant === 'standard'
    ? model
    : `${model}:${variant}`
}

function costOf(call: JsonObject): number | undefined {
  const charged = usdOf(call['cost_total'], 'cost_total')
  const billed = usdOf(call['byok_usage_inference'], 'byok_usage_inference')
  return charged === undefined || billed === undefined || billed === 0 ? charged : charged + billed
}

function usageOf(call: JsonObject): Record<string, number> {
  const told = {
    inputTokens: tokensOf(call['tokens_prompt'], 'tokens_prompt'),
    outputTokens: tokensOf(call['tokens_completion'], 'tokens_completion'),
    cachedInputTokens: tokensOf(call['tokens_cached'], 'tokens_cached'),
    reasoningTokens: tokensOf(call['tokens_reasoning'], 'tokens_reasoning'),
  }
  return Object.fromEntries(Object.entries(told).filter(([, count]) => count !== undefined)) as Record<
    string,
    number
  >
}
