import { studentQuantile } from '../../metrics/beta-quantile.js'
import { outcomesUnder, partOf, type Part } from './choose-setting.js'
import { gainOverHull, type Court, type Gain } from './judge.js'
import { shuffledMatrix, type OutcomeMatrix } from './outcome-matrix.js'
import type { Setting } from './sweep.js'

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

/**
 * The whole way again, learning and choosing, on outcomes of other requests: no classifier can have skill there. The interval
 * is that over permutations, which holds the luck of learning as well as that of the requests judged.
 */
export function shuffledGain(
  shuffled: readonly OutcomeMatrix[],
  chosen: (matrix: OutcomeMatrix) => Setting,
  court: Court,
): ControlGain {
  const each = shuffled.map((matrix) => {
    const part: Part = partOf(matrix, matrix.testRows)
    return gainOverHull(outcomesUnder(chosen(matrix), part), part, court).points
  })
  const mean = each.reduce((sum, value) => sum + value, 0) / each.length
  const variance = each.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (each.length - 1)
  const half = studentQuantile(0.05, each.length - 1) * Math.sqrt(variance / each.length)
  return { points: mean, ci: court.clusters.sufficient ? [mean - half, mean + half] : null, each }
}
