import { rankSettings } from './choose-setting.js'
import { cutLadder, cutter, labelOf, rungOf, type CutLadder } from './cut-ladder.js'
import type { OutcomeMatrix } from './outcome-matrix.js'
import type { Predictions, Setting, Sweep } from './sweep.js'

/** Of difficulty, around every cut. At 0 the rules decide all but what lies on a cut, at 1 the learned classifier all. */
const MARGINS = [0, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1]

export interface HybridInput {
  /** The rules' difficulty by row, or the caller's own. */
  readonly difficulty: Float64Array
  /** NaN where the caller told none; no classifier changes what was told. */
  readonly told: Float64Array
  readonly predictions: Predictions
}

/**
 * The rules' difficulty decides what lies further than a margin from every cut, a learned difficulty the rest, by cuts of
 * its own at the same shares of requests: what the `hybrid` classifier does. The margin is chosen as the setting is, where
 * it was learned, of equals the smallest; the sweep is that of the chosen margin.
 */
export function hybridSweep(matrix: OutcomeMatrix, input: HybridInput): Sweep {
  const ladder = cutLadder(matrix)
  const learned = learnedDifficulty(ladder, input.predictions)
  const sweeps = MARGINS.map((margin) => sweepAt(margin, matrix, ladder, { ...input, learned }))
  const worth = (sweep: Sweep): number => rankSettings(matrix, sweep)[0]?.worth ?? -Infinity
  const worths = sweeps.map(worth)
  return sweeps[worths.indexOf(Math.max(...worths))] ?? { settings: [], score: null }
}

function sweepAt(
  margin: number,
  { learnRows }: OutcomeMatrix,
  { models, positions }: CutLadder,
  { difficulty, told, learned }: HybridInput & { readonly learned: Float64Array },
): Sweep {
  const [cutsOfRules, cutsOfLearned] = [cutter(difficulty, learnRows), cutter(learned, learnRows)]
  const settings = positions.map((shares): Setting => {
    const [cuts, own] = [cutsOfRules(shares), cutsOfLearned(shares)]
    const choice = Int16Array.from(difficulty, (value, row) => {
      const isNear = Number.isNaN(told[row] ?? NaN) && cuts.some((cut) => Math.abs(value - cut) <= margin)
      const rung = isNear ? rungOf(learned[row] ?? 1, own) : rungOf(value, cuts)
      return models[rung] ?? 0
    })
    return { label: `${labelOf(cuts)}, learned within ${margin}`, costWeight: null, choice }
  })
  const seen = new Set<string>()
  return { settings: settings.filter(({ label }) => !seen.has(label) && seen.add(label)), score: null }
}

/** As the classifier has it: mean over the rungs but the last of the chance that no model up to it answers acceptably. */
function learnedDifficulty({ models }: CutLadder, { quality }: Predictions): Float64Array {
  const rungs = models.slice(0, -1)
  return Float64Array.from({ length: quality[0]?.length ?? 0 }, (_, row) => {
    let [best, failures] = [0, 0]
    for (const model of rungs) {
      best = Math.max(best, quality[model]?.[row] ?? 0)
      failures += 1 - best
    }
    return failures / Math.max(1, rungs.length)
  })
}
