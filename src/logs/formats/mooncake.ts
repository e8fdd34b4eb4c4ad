import { NO_OPTIONS } from './call-record.js'
import { Rejection, type LogFormat, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { createPrefixSessions } from './prefix-sessions.js'
import { tokenPair } from './token-pair.js'
import { TRACE_START, traceRecord } from './trace-record.js'
import { durationOf, listOf } from './values.js'

/**
 * Arrivals of Mooncake's traces: `timestamp` (milliseconds since the trace began), `input_length`, `output_length`, and
 * `hash_ids`, one for each prefix of whole blocks of 512 tokens. They name no sessions: a request that goes on from where an
 * earlier one ended is taken for its next turn. What a cache really held they do not say.
 * https://github.com/kvcache-ai/Mooncake#-open-source-trace
 */
export const mooncakeFormat: LogFormat = {
  name: 'mooncake',
  describe:
    'Mooncake trace: {"timestamp": …, "input_length": …, "output_length": …, "hash_ids": […]} a line (JSONL)',
  encoding: 'objects',
  recognises: (sample) => sample.has('timestamp', 'input_length', 'output_length'),
  open: (_header, { source } = NO_OPTIONS): RowReader => {
    let rows = 0
    const sessions = createPrefixSessions(BLOCK_TOKENS)
    return {
      ignored: [],
      notes: [
        'the trace names no model: all calls stand under mooncake-trace',
        'times count from the start of the trace: they are put from 2026-01-05 on',
        'sessions and shared prefixes are read from the hashes of prefix blocks',
      ],
      read(row) {
        const arrival = row as JsonObject
        rows++
        const since = durationOf(arrival['timestamp'], 'timestamp', 'ms')
        if (since === undefined) throw new Rejection('bad-time', 'timestamp is missing')
        const usage = tokenPair(arrival, 'input_length', 'output_length')
        const { inputTokens } = usage
        const blocks = listOf(arrival['hash_ids'])
        const placed =
          blocks === undefined || inputTokens === undefined
            ? undefined
            : sessions.place(blocks, inputTokens, `${source}:${rows}`)
        return traceRecord({
          source,
          row: rows,
          at: TRACE_START + since,
          model: 'mooncake-trace',
          ...placed,
          usage,
        })
      },
    }
  },
}

const BLOCK_TOKENS = 512
