import type { LogTable, OutcomeColumns } from '../core/log-table.js'
import { permutation } from '../core/random.js'

/**
 * The log with whole outcome rows (basis, quality, cost, tokens, latency of every model, and which model was called)
 * handed to other requests by lot: what a request looks like then says nothing of what its outcomes are. Whoever finds
 * skill, a gain or a tuned policy that beats a fixed mix in such a log is broken.
 */
export function shuffledRows(table: LogTable, seed: number): LogTable {
  const source = permutation(table.size, seed)
  const floats = (values: Float64Array): Float64Array =>
    values.map((_, row) => values[source[row] ?? 0] ?? NaN)
  const integers = (values: Int32Array): Int32Array => values.map((_, row) => values[source[row] ?? 0] ?? -1)
  const shuffle = (outcome: OutcomeColumns): OutcomeColumns => ({
    model: outcome.model,
    basis: outcome.basis.map((_, row) => outcome.basis[source[row] ?? 0] ?? 0),
    costNanoUsd: floats(outcome.costNanoUsd),
    quality: floats(outcome.quality),
    inputTokens: integers(outcome.inputTokens),
    outputTokens: integers(outcome.outputTokens),
    cachedInputTokens: outcome.cachedInputTokens && integers(outcome.cachedInputTokens),
    cacheWriteTokens: outcome.cacheWriteTokens && integers(outcome.cacheWriteTokens),
    latencyMs: floats(outcome.latencyMs),
  })
  return {
    ...table,
    hash: `${table.hash}#shuffledRows=${seed}`,
    chosen: integers(table.chosen),
    propensity: floats(table.propensity),
    outcomes: table.outcomes.map(shuffle),
  }
}
