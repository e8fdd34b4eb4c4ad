import { blockRidge, scoreRow } from './block-ridge.js'
import { scaledColumns } from './design-matrix.js'
import type { SparseMatrix } from './sparse-matrix.js'

/** Linear functions of a request, one a head: weights of the unscaled columns, and an offset. */
export interface LinearHeads {
  readonly heads: number
  /** Column by column, head by head within a column. */
  readonly weights: Float64Array
  readonly offsets: Float64Array
}

export interface FitInput {
  readonly matrix: SparseMatrix
  /** What the matrix's columns are multiplied by while fitting. */
  readonly scales: Float64Array
  /** One a head, NaN where unknown or held out. */
  readonly targets: readonly Float64Array[]
  readonly iterations: number
}

/** Fits in any order and on any thread: each is its own, so that where it was made shows in no bit of it. */
export type FitAll = (fits: readonly FitInput[], onFit: () => void) => Promise<readonly LinearHeads[]>

/** Ridge around each target's mean. */
export function fitHeads({ matrix, scales, targets, iterations }: FitInput): LinearHeads {
  const offsets = Float64Array.from(targets, meanOfKnown)
  const centred = targets.map((target, head) => target.map((value) => value - (offsets[head] as number)))
  const weights = blockRidge({
    matrix: scaledColumns(matrix, scales),
    targets: centred,
    strengths: targets.map(() => 1),
    iterations,
  })
  const heads = targets.length
  for (let column = 0; column < scales.length; column++) {
    const scale = scales[column] as number
    for (let head = 0; head < heads; head++)
      weights[column * heads + head] = (weights[column * heads + head] as number) * scale
  }
  return { heads, weights, offsets }
}

/** Scores of these rows, into one column a head. */
export function scoreRows(
  matrix: SparseMatrix,
  { heads, weights, offsets }: LinearHeads,
  rows: readonly number[],
  into: readonly Float64Array[],
): void {
  const scores = new Float64Array(heads)
  for (const row of rows) {
    scoreRow(matrix, weights, row, scores)
    for (let head = 0; head < heads; head++)
      (into[head] as Float64Array)[row] = (scores[head] as number) + (offsets[head] as number)
  }
}

export function meanOfKnown(values: Float64Array): number {
  let [sum, known] = [0, 0]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    known++
  }
  return known === 0 ? 0 : sum / known
}
