import type { LogTable } from '../../core/log-table.js'
import type { Steps } from '../../replay/steps.js'

/** The target calls no model on this row. */
export const NO_CALL = -1
/** It calls one of which the log holds no outcome at all. */
export const NOT_IN_LOG = -2

/**
 * What the estimators see of one figure (quality, or cost in nano-dollars) of a target policy over a log with one outcome a
 * request. The target's action on a row is the model that its replay served, with whatever length it was granted: what
 * budgets did to the decision is in the action, and not in the weight.
 */
export interface TargetRows {
  readonly size: number
  /** 1 on every row. */
  readonly offered: Float64Array
  /** 1 where the target calls a model. */
  readonly called: Float64Array
  /** The figure of rows on which it calls none, which is known; 0 elsewhere. */
  readonly settled: Float64Array
  /** 1 where it calls one and the log tells what its own call was worth and with what chance it was made. */
  readonly usable: Float64Array
  /** 1 / that chance where both called the same model, 0 elsewhere. */
  readonly weight: Float64Array
  /** What the call was worth where the weight is above 0, else 0. */
  readonly outcome: Float64Array
}

export interface TargetInput {
  /** By row: index of the log's outcomes, NO_CALL or NOT_IN_LOG. */
  readonly actions: Int32Array
  readonly chosen: Int32Array
  /** Of the log's own call, NaN unknown. */
  readonly propensity: Float64Array
  /** What the log says of its own call, NaN unknown. */
  readonly logged: Float64Array
  /** What replay made of the target's action, NaN unknown: a recorded answer may be cut at the target's grant. */
  readonly replayed: Float64Array
}

/** By row the model that the target served, as an index of the log's outcomes. Steps in row order. */
export function targetActions({ outcomes }: LogTable, { model, models, size }: Steps): Int32Array {
  const places = models.map(({ id }) => outcomes.findIndex((outcome) => outcome.model === id))
  const actions = new Int32Array(size)
  for (let row = 0; row < size; row++) {
    const served = model[row] ?? -1
    const place = places[served] ?? -1
    actions[row] = served < 0 ? NO_CALL : place < 0 ? NOT_IN_LOG : place
  }
  return actions
}

export function targetRows({ actions, chosen, propensity, logged, replayed }: TargetInput): TargetRows {
  const size = actions.length
  const [called, settled, usable, weight, outcome] = [
    zeros(size),
    zeros(size),
    zeros(size),
    zeros(size),
    zeros(size),
  ]
  for (let row = 0; row < size; row++) {
    const value = replayed[row] ?? NaN
    if (actions[row] === NO_CALL) {
      settled[row] = value
      continue
    }
    called[row] = 1
    const chance = propensity[row] ?? NaN
    const isSame = actions[row] === chosen[row]
    if (!(chance > 0) || Number.isNaN(logged[row]) || (isSame && Number.isNaN(value))) continue
    usable[row] = 1
    if (!isSame) continue
    weight[row] = 1 / chance
    outcome[row] = value
  }
  return { size, offered: zeros(size).fill(1), called, settled, usable, weight, outcome }
}

function zeros(size: number): Float64Array {
  return new Float64Array(size)
}
