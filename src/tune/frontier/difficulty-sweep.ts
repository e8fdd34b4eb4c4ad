import { convexHull } from '../../metrics/hull.js'
import { ACCEPTABLE } from '../learn/required-tier.js'
import { singleModels, type OutcomeMatrix } from './outcome-matrix.js'
import type { Setting, Sweep } from './sweep.js'

const STEPS = 41

/**
 * Cuts of a difficulty in [0, 1] into the models of the hull, cheapest first (`threshold` for two of them, tier boundaries
 * for more). One knob moves all cuts together, in shares of the requests that are learned from: from all at the dearest
 * model to all at the cheapest. Unmoved, each model gets the share that it is the first to answer acceptably.
 */
export function difficultySweep(matrix: OutcomeMatrix, difficulty: Float64Array): Sweep {
  const ladder = ladderOf(matrix)
  const shares = sharesBelow(matrix, ladder)
  const sorted = Float64Array.from(matrix.learnRows, (row) => difficulty[row] ?? 1).sort()
  const cutAt = (share: number): number =>
    share <= 0 ? -Infinity : (sorted[Math.floor(share * sorted.length)] ?? Infinity)
  const [lowest, highest] = [-Math.max(...shares), 1 - Math.min(...shares)]
  const settings = new Map<string, Setting>()
  for (let step = 0; step < STEPS; step++) {
    const shift = lowest + (step / (STEPS - 1)) * (highest - lowest)
    const cuts = shares.map((share) => cutAt(step === STEPS - 1 ? 1 : share + shift))
    const label = labelOf(cuts)
    const choice = Int16Array.from(
      difficulty,
      (value) => ladder[cuts.filter((cut) => value >= cut).length] ?? 0,
    )
    if (!settings.has(label)) settings.set(label, { label, costWeight: null, choice })
  }
  return { settings: [...settings.values()], score: difficulty }
}

function labelOf(cuts: readonly number[]): string {
  const texts = cuts.map((cut) =>
    cut === Infinity ? 'above 1' : cut === -Infinity ? '0' : String(Number(cut.toPrecision(4))),
  )
  return `${cuts.length === 1 ? 'threshold' : 'boundaries'} ${texts.join(', ')}`
}

/** Indices of the hull's models by rising cost; of all where the hull is one model. */
function ladderOf(matrix: OutcomeMatrix): readonly number[] {
  const singles = singleModels(matrix, matrix.learnRows)
  const hull = convexHull(singles)
  const rungs = hull.length > 1 ? hull : [...singles].sort((a, b) => a.costUsd - b.costUsd)
  return rungs.map(({ label }) => singles.findIndex((single) => single.label === label))
}

/** By rung but the last: share of the requests that it or one below answers acceptably. */
function sharesBelow({ models, learnRows }: OutcomeMatrix, ladder: readonly number[]): readonly number[] {
  const isDone = (row: number, upTo: number): boolean =>
    ladder.slice(0, upTo + 1).some((model) => (models[model]?.quality[row] ?? 0) >= ACCEPTABLE)
  return ladder
    .slice(0, -1)
    .map((_, rung) => learnRows.filter((row) => isDone(row, rung)).length / Math.max(1, learnRows.length))
}
