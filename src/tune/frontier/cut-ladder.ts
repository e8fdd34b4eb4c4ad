import { convexHull } from '../../metrics/hull.js'
import { ACCEPTABLE } from '../../metrics/required-tier.js'
import { singleModels, type OutcomeMatrix } from './outcome-matrix.js'

const STEPS = 41

/** Models by rising cost, and where the requests may be cut into them. */
export interface CutLadder {
  /** Indices of the models of the hull; of all where the hull is one model. */
  readonly models: readonly number[]
  /** Settings of one knob that moves all cuts together, from all at the dearest model to all at the cheapest: each a share of the requests a cut. */
  readonly positions: readonly (readonly number[])[]
}

/** Unmoved, each model gets the share of the requests that are learned from that it is the first to answer acceptably. */
export function cutLadder(matrix: OutcomeMatrix): CutLadder {
  const models = ladderOf(matrix)
  const shares = sharesBelow(matrix, models)
  const [lowest, highest] = [-Math.max(...shares), 1 - Math.min(...shares)]
  const positions = Array.from({ length: STEPS }, (_, step) => {
    const shift = lowest + (step / (STEPS - 1)) * (highest - lowest)
    return shares.map((share) => (step === STEPS - 1 ? 1 : share + shift))
  })
  return { models, positions }
}

/** Turns shares of the requests that are learned from into cuts of their difficulty. */
export function cutter(
  difficulty: Float64Array,
  learnRows: readonly number[],
): (shares: readonly number[]) => readonly number[] {
  const sorted = Float64Array.from(learnRows, (row) => difficulty[row] ?? 1).sort()
  const cutAt = (share: number): number =>
    share <= 0 ? -Infinity : (sorted[Math.floor(share * sorted.length)] ?? Infinity)
  return (shares) => shares.map(cutAt)
}

/** How many cuts a difficulty reaches: the rung of its model. */
export function rungOf(difficulty: number, cuts: readonly number[]): number {
  let rung = 0
  for (const cut of cuts) if (difficulty >= cut) rung++
  return rung
}

export function labelOf(cuts: readonly number[]): string {
  const texts = cuts.map((cut) =>
    cut === Infinity ? 'above 1' : cut === -Infinity ? '0' : String(Number(cut.toPrecision(4))),
  )
  return `${cuts.length === 1 ? 'threshold' : 'boundaries'} ${texts.join(', ')}`
}

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
