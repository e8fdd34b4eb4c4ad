import type { LogTable, OutcomeColumns } from '../core/log-table.js'
import { NO_OUTCOME } from '../core/log-table.js'
import type { Prices } from '../core/model.js'
import { usd } from '../core/money.js'
import { costColumn, type PricesByModel } from './outcome-cost.js'
import type { Point } from './result.js'

/** One model alone, over the requests where the log knows it. */
export interface SingleModel {
  readonly model: string
  /** Requests with an outcome of this model. */
  readonly outcomes: number
  /** Over outcomes with a known quality; null without any. */
  readonly meanQuality: number | null
  /** Over outcomes with a known cost; null without any. */
  readonly meanCostUsd: number | null
  readonly unknownQuality: number
  readonly unknownCost: number
}

/**
 * What every model alone cost and was worth: the reference points that a router has to beat.
 * Means are over known values only, so models with different gaps are comparable only on a table of complete cases.
 */
export function singles(table: LogTable, prices?: PricesByModel): readonly SingleModel[] {
  return table.outcomes.map((outcome) => single(outcome, prices?.get(outcome.model)))
}

/** The models that have both means, as points for the hull and the chart. */
export function singlePoints(models: readonly SingleModel[]): readonly Point[] {
  return models.flatMap(({ model, meanCostUsd, meanQuality }) =>
    meanCostUsd === null || meanQuality === null
      ? []
      : [{ label: model, costUsd: meanCostUsd, quality: meanQuality }],
  )
}

function single(outcome: OutcomeColumns, prices: Prices | undefined): SingleModel {
  const outcomes = outcome.basis.reduce((count, basis) => (basis === NO_OUTCOME ? count : count + 1), 0)
  const quality = meanOfKnown(outcome.quality, outcome.basis)
  const cost = meanOfKnown(costColumn(outcome, prices), outcome.basis)
  return {
    model: outcome.model,
    outcomes,
    meanQuality: quality.mean,
    meanCostUsd: cost.mean === null ? null : usd(cost.mean),
    unknownQuality: outcomes - quality.known,
    unknownCost: outcomes - cost.known,
  }
}

function meanOfKnown(values: Float64Array, basis: Uint8Array): { mean: number | null; known: number } {
  let sum = 0
  let known = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? NaN
    if (Number.isNaN(value) || basis[row] === NO_OUTCOME) continue
    sum += value
    known++
  }
  return { mean: known === 0 ? null : sum / known, known }
}
