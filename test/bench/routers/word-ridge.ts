import { blockRidge, scoreRow } from '../../../src/tune/learn/block-ridge.js'
import type { SparseMatrix } from '../../../src/tune/learn/sparse-matrix.js'
import { mean, meanOf, type RouterSet } from './router-set.js'

const STRENGTHS = [1, 4, 16, 64]
const ITERATIONS = 15

export interface RidgeSplit {
  readonly train: readonly number[]
  readonly test: readonly number[]
  /** Parts of the training rows, by place in `train`. */
  readonly inner: readonly (readonly number[])[]
}

/**
 * Quality of each model by ridge on the words, its strength chosen by the inner folds. The inner predictions of the chosen
 * strength are what the knob is chosen on.
 */
export function wordRidge(
  set: RouterSet,
  matrix: SparseMatrix,
  { train, test, inner }: RidgeSplit,
): { readonly train: readonly Float64Array[]; readonly test: readonly Float64Array[] } {
  const heads = set.models.flatMap(({ quality }) => STRENGTHS.map((strength) => ({ quality, strength })))
  const outOfFold = heads.map(() => new Float64Array(train.length))
  for (const fold of inner) {
    const held = new Set(fold)
    const seen = train.filter((_, at) => !held.has(at))
    const read = fit(matrix, heads, { rows: seen, at: fold.map((at) => train[at]!) })
    read.forEach((values, head) => fold.forEach((at, i) => (outOfFold[head]![at] = values[i]!)))
  }
  const chosen = set.models.map(({ quality }, model) => {
    const own = STRENGTHS.map((_, i) => model * STRENGTHS.length + i)
    const errors = own.map((head) =>
      mean(train.map((row, at) => (quality[row]! - outOfFold[head]![at]!) ** 2)),
    )
    return own[errors.indexOf(Math.min(...errors))]!
  })
  return {
    train: chosen.map((head) => outOfFold[head]!),
    test: fit(
      matrix,
      chosen.map((head) => heads[head]!),
      { rows: train, at: test },
    ),
  }
}

interface Head {
  readonly quality: Float64Array
  readonly strength: number
}

function fit(
  matrix: SparseMatrix,
  heads: readonly Head[],
  { rows, at }: { readonly rows: readonly number[]; readonly at: readonly number[] },
): readonly Float64Array[] {
  const offsets = heads.map(({ quality }) => meanOf(quality, rows))
  const targets = heads.map(({ quality }, head) => {
    const target = new Float64Array(matrix.rows).fill(NaN)
    for (const row of rows) target[row] = quality[row]! - offsets[head]!
    return target
  })
  const strengths = heads.map(({ strength }) => strength)
  const weights = blockRidge({ matrix, targets, strengths, iterations: ITERATIONS })
  const values = heads.map(() => new Float64Array(at.length))
  const scores = new Float64Array(heads.length)
  at.forEach((row, i) => {
    scoreRow(matrix, weights, row, scores)
    values.forEach((column, head) => (column[i] = offsets[head]! + scores[head]!))
  })
  return values
}
