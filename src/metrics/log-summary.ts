import type { LogTable } from '../core/log-table.js'
import { logEvidence } from './evidence-mode.js'
import type { LogSummary } from './result.js'

/** What every result says of the log that it was made from. */
export function summarizeLog(table: LogTable): LogSummary {
  return {
    path: table.path,
    hash: table.hash,
    requests: table.size,
    models: table.outcomes.length,
    from: table.at[0] ?? null,
    to: table.at[table.size - 1] ?? null,
    arrivals: table.arrivals,
    evidence: logEvidence(table),
    ...(table.leftOutYoung !== undefined && { leftOutYoung: table.leftOutYoung }),
    syntheticData: table.syntheticData === true,
    ...(table.qualityRules !== undefined && { qualityRules: table.qualityRules }),
  }
}
