import type { OutcomeColumns } from '../core/log-table.js'
import type { Prices } from '../core/model.js'
import { costNanoUsd } from '../core/usage.js'

/** Prices by model id, for outcomes that have usage but no recorded cost. */
export type PricesByModel = ReadonlyMap<string, Prices>

/**
 * What each recorded call of a model cost, in nano-dollars, NaN where unknown: the recorded cost, else usage x price.
 * Returns the log's own column (no copy) when there is no price to fill gaps with.
 */
export function costColumn(outcome: OutcomeColumns, prices: Prices | undefined): Float64Array {
  if (prices === undefined) return outcome.costNanoUsd
  return outcome.costNanoUsd.map((recorded, row) =>
    Number.isNaN(recorded) ? pricedUsage(outcome, prices, row) : recorded,
  )
}

function pricedUsage(outcome: OutcomeColumns, prices: Prices, row: number): number {
  const inputTokens = outcome.inputTokens[row] ?? -1
  const outputTokens = outcome.outputTokens[row] ?? -1
  if (inputTokens < 0 || outputTokens < 0) return NaN
  return costNanoUsd(prices, {
    inputTokens,
    outputTokens,
    cachedInputTokens: Math.max(0, outcome.cachedInputTokens?.[row] ?? 0),
    cacheWriteTokens: Math.max(0, outcome.cacheWriteTokens?.[row] ?? 0),
  })
}
