import { NO_OPTIONS } from './call-record.js'
import { Rejection, type LogFormat, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { tokenPair } from './token-pair.js'
import { TRACE_START, traceRecord } from './trace-record.js'
import { durationOf } from './values.js'

/**
 * Arrivals of Mooncake's traces: `timestamp` (milliseconds since the trace began), `input_length`, `output_length`. The
 * `hash_ids` of prefix blocks say what a cache could have held, not what one did, and are not read.
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
    return {
      ignored: [],
      notes: [
        'the trace names no model: all calls stand under mooncake-trace',
        'times count from the start of the trace: they are put from 2026-01-05 on',
      ],
      read(row) {
        const arrival = row as JsonObject
        rows++
        const since = durationOf(arrival['timestamp'], 'timestamp', 'ms')
        if (since === undefined) throw new Rejection('bad-time', 'timestamp is missing')
        const usage = tokenPair(arrival, 'input_length', 'output_length')
        return traceRecord({ source, row: rows, at: TRACE_START + since, model: 'mooncake-trace', usage })
      },
    }
  },
}
