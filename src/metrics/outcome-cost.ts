import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../core/log-table.js'
import { ratesAt, type Model, type Prices } from '../core/model.js'
import { ceilToNano } from '../core/money.js'
import { outputEstimate } from '../core/output-tokens.js'
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

/** A model as a policy knows it, with what that policy grants where a request names no length. */
export interface NamedModel {
  readonly model: Model
  readonly defaultMaxOutputTokens: number
}

export interface ReplayCosts {
  readonly table: LogTable
  /** By model: share of the requests for which its cost is neither recorded nor priced from usage, but expected. */
  readonly estimatedShare: ReadonlyMap<string, number>
}

/**
 * The log with costs as replay charges them, so that models and policies are compared in the same money: recorded, else
 * usage x price, else what the planner expects of the model. Models that no policy names keep what is recorded.
 */
export function withReplayCosts(table: LogTable, models: readonly NamedModel[]): ReplayCosts {
  const estimatedShare = new Map<string, number>()
  const outcomes = table.outcomes.map((outcome) => {
    const named = models.filter(({ model }) => model.id === outcome.model)
    const model = named.find(({ model: { prices } }) => prices !== undefined) ?? named[0]
    if (model === undefined) return outcome
    const { costNanoUsd, estimated } = replayCosts(table, outcome, model)
    estimatedShare.set(outcome.model, estimated / Math.max(1, table.size))
    return { ...outcome, costNanoUsd }
  })
  return { table: { ...table, outcomes }, estimatedShare }
}

function replayCosts(
  table: LogTable,
  outcome: OutcomeColumns,
  named: NamedModel,
): { costNanoUsd: Float64Array; estimated: number } {
  const costs = costColumn(outcome, named.model.prices)
  const isGap = (cost: number, row: number): boolean =>
    Number.isNaN(cost) && outcome.basis[row] !== NO_OUTCOME
  let estimated = 0
  if (!costs.some(isGap)) return { costNanoUsd: costs, estimated }
  const costNanoUsd = costs.map((cost, row) => {
    if (!isGap(cost, row)) return cost
    const expected = expectedCost(table, named, row)
    if (!Number.isNaN(expected)) estimated++
    return expected
  })
  return { costNanoUsd, estimated }
}

/** What the planner expects every request to cost of a model, in nano-dollars; NaN as there. */
export function expectedCosts(table: LogTable, named: NamedModel): Float64Array {
  return Float64Array.from({ length: table.size }, (_, row) => expectedCost(table, named, row))
}

/** The planner's expectation (core/feasibility), NaN without price or measured mean, or without a length to price. */
function expectedCost(table: LogTable, { model, defaultMaxOutputTokens }: NamedModel, row: number): number {
  const { prices, inputOverheadTokens, expectedCostNanoUsd } = model
  if (prices === undefined) return expectedCostNanoUsd ?? NaN
  const estimate = table.inputTokensEstimate[row] ?? -1
  if (estimate < 0 && prices.inputPico > 0) return NaN
  const asked = table.maxOutputTokens[row] ?? -1
  const granted = Math.min(asked < 0 ? defaultMaxOutputTokens : asked, model.maxOutputTokens)
  const task = table.task.values[table.task.codes[row] ?? -1]
  const output = Math.min(outputEstimate(model, task).expected, granted)
  const input = Math.max(0, estimate) + inputOverheadTokens
  const { inputPico, outputPico, perRequestPico } = ratesAt(prices, input)
  return ceilToNano(input * inputPico + output * outputPico + perRequestPico)
}
