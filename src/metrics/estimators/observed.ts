import type { LogTable } from '../../core/log-table.js'

/**
 * Which model's answer a row shows to a target, and with what chance it does. In a log whose router drew lots that is the model
 * called and its propensity. Where a sample was attached the log's own calls stand as they are and are always seen; of the models
 * that were asked a row shows the target's own, if it was drawn (chance 0 < p), and otherwise none.
 */
export interface Observed {
  /** Index of the log's outcomes, -1 where nothing of use is seen. */
  readonly model: Int32Array
  /** NaN unknown. */
  readonly chance: Float64Array
}

export function observedBy(table: LogTable, actions: Int32Array): Observed {
  const { chosen, propensity, sampled, outcomes } = table
  if (sampled === undefined) return { model: chosen, chance: propensity }
  const isAsked = outcomes.map(({ model }) => sampled.models.includes(model))
  const model = new Int32Array(table.size).fill(-1)
  const chance = new Float64Array(table.size).fill(NaN)
  for (let row = 0; row < table.size; row++) {
    const action = actions[row] ?? -1
    const drawn = sampled.probability[row] ?? NaN
    if (action >= 0 && action === chosen[row]) {
      model[row] = action
      chance[row] = 1
    } else if (isAsked[action] === true && drawn > 0) {
      model[row] = action
      chance[row] = drawn
    } else if (isAsked[action] === true && drawn === 0) {
      // Not drawn: it has shown nothing, and it might have.
      chance[row] = NOT_DRAWN
    }
  }
  return { model, chance }
}

/** Of a row that was not drawn the chance is not used: any will do that says it had one. */
const NOT_DRAWN = 1
