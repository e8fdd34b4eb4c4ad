import type { LogTable } from '../../core/log-table.js'
import { dearestRates, type Model } from '../../core/model.js'
import { ceilToNano } from '../../core/money.js'
import type { Steps } from '../../replay/steps.js'

/** Lowest and highest mean cost a request, in nano-dollars; the upper is null where nothing bounds it. */
export type CostBounds = readonly [low: number, high: number | null]

/**
 * What the mean cost must lie between if an unseen call may cost nothing, or all that its model can charge: the bound of its
 * input at the dearest input rate and the longest answer that may be granted, as a reservation at its worst case.
 * `known` by row in nano-dollars, NaN where the call is unseen. Steps in row order.
 */
export function statedCostBounds(
  table: LogTable,
  { model, models, size }: Steps,
  known: Float64Array,
  defaultMaxOutputTokens: number,
): CostBounds {
  let low = 0
  let above = 0
  for (let row = 0; row < size; row++) {
    const cost = known[row] ?? NaN
    if (!Number.isNaN(cost)) low += cost
    else above += dearestCall(table, row, models[model[row] ?? -1], defaultMaxOutputTokens)
  }
  const high = Number.isNaN(above) ? null : (low + above) / Math.max(1, size)
  return [low / Math.max(1, size), high]
}

/** NaN where input, output or price has no bound. */
function dearestCall(
  { inputTokensBound, maxOutputTokens }: LogTable,
  row: number,
  model: Model | undefined,
  defaultMaxOutputTokens: number,
): number {
  const input = inputTokensBound[row] ?? -1
  if (model?.prices === undefined || input < 0) return NaN
  const asked = maxOutputTokens[row] ?? -1
  const output = Math.min(asked < 0 ? defaultMaxOutputTokens : asked, model.maxOutputTokens)
  const tokens = input + model.inputOverheadTokens
  const rates = dearestRates(model.prices, tokens)
  return ceilToNano(tokens * rates.maxInputPico + rates.perRequestPico + output * rates.outputPico)
}
