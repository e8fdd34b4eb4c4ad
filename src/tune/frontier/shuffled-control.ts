import { studentQuantile } from '../../metrics/beta-quantile.js'
import { cascadeSweep, shuffledScores, type Scores } from './cascade-sweep.js'
import { outcomesUnder, partOf, type Part } from './choose-setting.js'
import { gainOverHull, type Court, type Gain } from './judge.js'
import { shuffledMatrix, type OutcomeMatrix } from './outcome-matrix.js'
import type { Setting, Sweep } from './sweep.js'

/** Lots by which outcomes are handed to other requests: one may be lucky. */
export const PERMUTATIONS = 5

/** The mean gain over several permutations; `ci` is Student's 95 % interval of that mean. */
export interface ControlGain extends Gain {
  /** Of each permutation, in points. */
  readonly each: readonly number[]
}

export function shuffledMatrices(matrix: OutcomeMatrix, seed: number): readonly OutcomeMatrix[] {
  return Array.from({ length: PERMUTATIONS }, (_, lot) => shuffledMatrix(matrix, seed + LOT * lot))
}

/** Seeds that no other part of a frontier uses. */
const LOT = 7919

/** What is chosen where nothing can be known, and where it is judged. */
export interface Lot {
  readonly matrix: OutcomeMatrix
  readonly setting: Setting
}

/**
 * The same answers with the scores of other requests' answers, one lot a permutation: an answer's length tells something of its
 * quality whichever request it is handed to, so that shuffled outcomes would be no control of a cascade.
 */
export function shuffledScoreLots(
  matrix: OutcomeMatrix,
  scores: Scores,
  chosen: (sweep: Sweep) => Setting,
  seed: number,
): readonly Lot[] {
  return Array.from({ length: PERMUTATIONS }, (_, lot) => ({
    matrix,
    setting: chosen(cascadeSweep(matrix, shuffledScores(matrix, scores, seed + LOT * lot))),
  }))
}

/**
 * The gain that is left when all was learned and chosen on outcomes (of a cascade, scores) of other requests: no classifier
 * can have skill there. The interval is that over permutations, which holds the luck of learning as well as that of the
 * requests judged.
 */
export function shuffledGain(lots: readonly Lot[], court: Court): ControlGain {
  const each = lots.map(({ matrix, setting }) => {
    const part: Part = partOf(matrix, matrix.testRows)
    return gainOverHull(outcomesUnder(setting, part), part, court).points
  })
  const mean = each.reduce((sum, value) => sum + value, 0) / each.length
  const variance = each.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (each.length - 1)
  const half = studentQuantile(0.05, each.length - 1) * Math.sqrt(variance / each.length)
  return { points: mean, ci: court.clusters.sufficient ? [mean - half, mean + half] : null, each }
}
