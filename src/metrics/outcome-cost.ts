import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../core/log-table.js'
import type { Model, Prices } from '../core/model.js'
import { ceilToNano } from '../core/money.js'
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

/**
 * The log with costs as replay charges them, so that models and policies are compared in the same money: recorded, else
 * usage x price, else what the planner expects of the model. Models that no policy names keep what is recorded.
 */
export function withReplayCosts(table: LogTable, models: readonly Model[]): LogTable {
  const outcomes = table.outcomes.map((outcome) => {
    const named = models.filter(({ id }) => id === outcome.model)
    const model = named.find(({ prices }) => prices !== undefined) ?? named[0]
    return model === undefined ? outcome : { ...outcome, costNanoUsd: replayCosts(table, outcome, model) }
  })
  return { ...table, outcomes }
}

function replayCosts(table: LogTable, outcome: OutcomeColumns, model: Model): Float64Array {
  const costs = costColumn(outcome, model.prices)
  if (!costs.some((cost, row) => Number.isNaN(cost) && outcome.basis[row] !== NO_OUTCOME)) return costs
  return costs.map((cost, row) =>
    Number.isNaN(cost) && outcome.basis[row] !== NO_OUTCOME ? expectedCost(table, model, row) : cost,
  )
}

/** The planner's expectation (core/feasibility), NaN for a model without price or measured mean. */
function expectedCost(table: LogTable, model: Model, row: number): number {
  const { prices, expectedOutputTokens, inputOverheadTokens, expectedCostNanoUsd } = model
  if (prices === undefined) return expectedCostNanoUsd ?? NaN
  const asked = table.maxOutputTokens[row] ?? -1
  const output = asked < 0 ? expectedOutputTokens : Math.min(expectedOutputTokens, asked)
  const input = (table.inputTokensEstimate[row] ?? 0) + inputOverheadTokens
  return ceilToNano(input * prices.inputPico + output * prices.outputPico + prices.perRequestPico)
}
