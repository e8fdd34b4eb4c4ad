import { cutLadder, cutter, labelOf, rungOf } from './cut-ladder.js'
import type { OutcomeMatrix } from './outcome-matrix.js'
import type { Setting, Sweep } from './sweep.js'

/**
 * Cuts of a difficulty in [0, 1] into the models of the hull, cheapest first (`threshold` for two of them, tier boundaries
 * for more), under every position of the knob of `cutLadder`.
 */
export function difficultySweep(matrix: OutcomeMatrix, difficulty: Float64Array): Sweep {
  const { models, positions } = cutLadder(matrix)
  const cutsAt = cutter(difficulty, matrix.learnRows)
  const settings = new Map<string, Setting>()
  for (const shares of positions) {
    const cuts = cutsAt(shares)
    const label = labelOf(cuts)
    if (settings.has(label)) continue
    const choice = Int16Array.from(difficulty, (value) => models[rungOf(value, cuts)] ?? 0)
    settings.set(label, { label, costWeight: null, choice })
  }
  return { settings: [...settings.values()], score: difficulty }
}
