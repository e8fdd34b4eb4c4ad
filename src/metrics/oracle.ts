import type { LogTable } from '../core/log-table.js'
import { NO_OUTCOME } from '../core/log-table.js'
import { usd } from '../core/money.js'
import { costColumn, type PricesByModel } from './outcome-cost.js'

/** The best that any choice of model could have had, seen after the fact. */
export interface Oracle {
  /** Mean over requests with a known quality of any model; null without any. */
  readonly quality: number | null
  /** Mean over those requests whose best answer has a known cost; null without any. */
  readonly costUsd: number | null
  /** Requests with a known quality of any model. */
  readonly requests: number
  /** Of these, requests where no model with the best quality has a known cost. */
  readonly unknownCost: number
}

/**
 * The oracle: per request the best recorded quality at the cheapest model that got it; where none did (all are 0), the
 * cheapest model's cost. An upper bound, not a goal: on noisy or multiple-choice tasks part of it is luck.
 * Defined as in RouterBench (https://arxiv.org/abs/2403.12031, section 4.2).
 */
export function oracle(table: LogTable, prices?: PricesByModel): Oracle {
  const columns = table.outcomes.map((outcome) => ({
    basis: outcome.basis,
    quality: outcome.quality,
    cost: costColumn(outcome, prices?.get(outcome.model)),
  }))
  const total = { quality: 0, requests: 0, cost: 0, known: 0 }
  for (let row = 0; row < table.size; row++) {
    const best = bestOutcome(columns, row)
    if (best.quality < 0) continue
    total.quality += best.quality
    total.requests++
    if (best.cost === Infinity) continue
    total.cost += best.cost
    total.known++
  }
  return {
    quality: total.requests === 0 ? null : total.quality / total.requests,
    costUsd: total.known === 0 ? null : usd(total.cost / total.known),
    requests: total.requests,
    unknownCost: total.requests - total.known,
  }
}

interface Column {
  readonly basis: Uint8Array
  readonly quality: Float64Array
  readonly cost: Float64Array
}

/** Best quality (-1: none known) and its least cost (Infinity: none known). */
function bestOutcome(columns: readonly Column[], row: number): { quality: number; cost: number } {
  let quality = -1
  let cost = Infinity
  for (const column of columns) {
    const value = column.quality[row] ?? NaN
    if (!(value >= quality) || column.basis[row] === NO_OUTCOME) continue
    const price = column.cost[row] ?? NaN
    const known = Number.isNaN(price) ? Infinity : price
    cost = value > quality ? known : Math.min(cost, known)
    quality = value
  }
  return { quality, cost }
}
