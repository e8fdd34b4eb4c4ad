import { requiredId } from './fields.js'
import { Rejection, type LogFormat, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { textOf, timeOf, tokensOf } from './values.js'

/**
 * Calls of agents' sessions, as counted from LMCache's traces: `session_id`, `step`, `timestamp_us`, `input_tokens`,
 * `output_tokens`, and how many of the input's characters began an earlier input of the session. An input of no characters was
 * not recorded, and is unknown.
 */
export const lmcacheFormat: LogFormat = {
  name: 'lmcache',
  describe:
    'agent sessions of LMCache: agent, session_id, step, timestamp_us, input_tokens, output_tokens, input_chars, shared_prefix_chars (CSV)',
  encoding: 'objects',
  recognises: (sample) => sample.has('session_id', 'step', 'shared_prefix_chars'),
  open: (): RowReader => ({
    ignored: [],
    notes: [
      'the trace names no model: all calls stand under lmcache-trace',
      'shared prefixes are counted in characters: their tokens are the same share of the input',
    ],
    read(row) {
      const call = row as JsonObject
      const session = requiredId(textOf(call['session_id']), 'session_id')
      const at = timeOf(call['timestamp_us'], 'timestamp_us', 'us')
      if (at === undefined) throw new Rejection('bad-time', 'timestamp_us is missing')
      const outputTokens = tokensOf(call['output_tokens'], 'output_tokens')
      const task = textOf(call['agent'])
      return {
        id: `${session}:${requiredId(textOf(call['step']), 'step')}`,
        at,
        scope: { session },
        ...(task !== undefined && { task }),
        ...sharedOf(call),
        chosen: MODEL,
        outcomes: [
          {
            model: MODEL,
            ...inputOf(call),
            ...(outputTokens !== undefined && { outputTokens }),
            basis: 'logged',
          },
        ],
      }
    },
  }),
}

const MODEL = 'lmcache-trace'

function inputOf(call: JsonObject): { readonly inputTokens?: number } {
  const inputTokens = tokensOf(call['input_tokens'], 'input_tokens') ?? 0
  return inputTokens === 0 ? {} : { inputTokens }
}

function sharedOf(call: JsonObject): { readonly sharedPrefixTokens?: number } {
  const { inputTokens } = inputOf(call)
  const chars = tokensOf(call['input_chars'], 'input_chars') ?? 0
  const shared = tokensOf(call['shared_prefix_chars'], 'shared_prefix_chars')
  if (inputTokens === undefined || shared === undefined || chars === 0) return {}
  return { sharedPrefixTokens: Math.floor((inputTokens * Math.min(shared, chars)) / chars) }
}
