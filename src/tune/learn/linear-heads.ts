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

/** Heads that are solved side by side: with four, what an iteration reads over and over stays in the processor's cache. */
const SIDE_BY_SIDE = 4

/** Ridge around each target's mean. */
export function fitHeads({ matrix, scales, targets, iterations }: FitInput): LinearHeads {
  const heads = targets.length
  const offsets = Float64Array.from(targets, meanOfKnown)
  const centred = targets.map((target, head) => target.map((value) => value - (offsets[head] as number)))
  const scaled = scaledColumns(matrix, scales)
  const weights = new Float64Array(scales.length * heads)
  for (let from = 0; from < heads; from += SIDE_BY_SIDE) {
    const group = centred.slice(from, from + SIDE_BY_SIDE)
    const solved = blockRidge({ matrix: scaled, targets: group, strengths: group.map(() => 1), iterations })
    for (let column = 0; column < scales.length; column++)
      for (let head = 0; head < group.length; head++)
        weights[column * heads + from + head] =
          (solved[column * group.length + head] as number) * (scales[column] as number)
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
