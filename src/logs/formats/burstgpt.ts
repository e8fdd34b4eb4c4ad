import { NO_OPTIONS } from './call-record.js'
import { requiredModel } from './fields.js'
import { Rejection, type LogFormat, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { tokenPair } from './token-pair.js'
import { TRACE_START, traceRecord } from './trace-record.js'
import { durationOf, textOf } from './values.js'

/**
 * Arrivals of BurstGPT, in both layouts: `Timestamp` (seconds since the trace began), `Model`, `Request tokens`,
 * `Response tokens`; the later one adds `Session ID` and `Elapsed time` (seconds). No response token: the call failed.
 * https://github.com/HPMLL/BurstGPT
 */
export const burstgptFormat: LogFormat = {
  name: 'burstgpt',
  describe:
    'BurstGPT trace: Timestamp[, Session ID, Elapsed time], Model, Request tokens, Response tokens, … (CSV)',
  encoding: 'objects',
  recognises: (sample) => sample.has('Timestamp', 'Request tokens', 'Response tokens'),
  open: (_header, { source } = NO_OPTIONS): RowReader => {
    let rows = 0
    return {
      ignored: [],
      notes: ['times count from the start of the trace: they are put from 2026-01-05 on'],
      read(row) {
        const arrival = row as JsonObject
        rows++
        const since = durationOf(arrival['Timestamp'], 'Timestamp', 's')
        if (since === undefined) throw new Rejection('bad-time', 'Timestamp is missing')
        return traceRecord({
          source,
          row: rows,
          at: TRACE_START + since,
          model: requiredModel(textOf(arrival['Model'])),
          session: textOf(arrival['Session ID']),
          usage: tokenPair(arrival, 'Request tokens', 'Response tokens'),
          latencyMs: durationOf(arrival['Elapsed time'], 'Elapsed time', 's'),
        })
      },
    }
  },
}
