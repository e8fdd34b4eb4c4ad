import { permutation } from '../../core/random.js'

/** Rows by fold, shuffled with a seed: folds differ by at most one row. */
export function foldsOf(rows: number, folds: number, seed: number): readonly (readonly number[])[] {
  const order = [...permutation(rows, seed)]
  return Array.from({ length: folds }, (_, fold) => order.filter((_row, place) => place % folds === fold))
}

/** The target with these rows unknown. */
export function without(target: Float64Array, rows: readonly number[]): Float64Array {
  const kept = target.slice()
  for (const row of rows) kept[row] = NaN
  return kept
}
