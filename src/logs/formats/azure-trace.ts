import { NO_OPTIONS } from './call-record.js'
import { Rejection, type LogFormat, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { tokenPair } from './token-pair.js'
import { traceRecord } from './trace-record.js'
import { timeOf } from './values.js'

/**
 * Arrivals of Azure's LLM inference traces: `TIMESTAMP` (UTC), `ContextTokens`, `GeneratedTokens`. They name no model;
 * all calls stand under one made-up name. https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md
 */
export const azureTraceFormat: LogFormat = {
  name: 'azure-trace',
  describe: 'Azure LLM inference trace: TIMESTAMP, ContextTokens, GeneratedTokens (CSV)',
  encoding: 'objects',
  recognises: (sample) => sample.has('TIMESTAMP', 'ContextTokens', 'GeneratedTokens'),
  open: (_header, { source } = NO_OPTIONS): RowReader => {
    let rows = 0
    return {
      ignored: [],
      notes: ['the trace names no model: all calls stand under azure-trace'],
      read(row) {
        const arrival = row as JsonObject
        rows++
        const at = timeOf(arrival['TIMESTAMP'], 'TIMESTAMP')
        if (at === undefined) throw new Rejection('bad-time', 'TIMESTAMP is missing')
        const usage = tokenPair(arrival, 'ContextTokens', 'GeneratedTokens')
        return traceRecord({ source, row: rows, at, model: 'azure-trace', usage })
      },
    }
  },
}
