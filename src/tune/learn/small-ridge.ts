import { cell } from './cells.js'

/** Strengths that leave-one-out chooses from. */
const STRENGTHS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000]

/**
 * Ridge without an intercept on few columns; the strength is chosen by the exact leave-one-out error, whose residuals are those
 * of the fit divided by 1 - leverage (Allen 1974, https://doi.org/10.1080/00401706.1974.10489157). All weights are 0 where nothing beats that.
 * Rows whose target is NaN are left out.
 */
export function smallRidge(columns: readonly Float64Array[], target: Float64Array): Float64Array {
  const rows: number[] = []
  for (let row = 0; row < target.length; row++) if (!Number.isNaN(target[row] as number)) rows.push(row)
  const width = columns.length
  const gram = Array.from({ length: width }, (_, i) =>
    Float64Array.from({ length: width }, (_, j) =>
      dot(columns[i] as Float64Array, columns[j] as Float64Array, rows),
    ),
  )
  const right = Float64Array.from(columns, (column) => dot(column, target, rows))
  let best = {
    error: rows.reduce((sum, row) => sum + (target[row] as number) ** 2, 0),
    weights: new Float64Array(width),
  }
  for (const strength of STRENGTHS) {
    const inverse = inverted(gram.map((line, i) => line.map((value, j) => value + (i === j ? strength : 0))))
    if (inverse === undefined) continue
    const weights = inverse.map((line) =>
      line.reduce((sum, value, j) => sum + value * (right[j] as number), 0),
    )
    const error = leaveOneOut(columns, target, rows, inverse, weights)
    if (error < best.error) best = { error, weights: Float64Array.from(weights) }
  }
  return best.weights
}

function leaveOneOut(
  columns: readonly Float64Array[],
  target: Float64Array,
  rows: readonly number[],
  inverse: readonly Float64Array[],
  weights: readonly number[],
): number {
  let error = 0
  for (const row of rows) {
    let [fitted, leverage] = [0, 0]
    for (let i = 0; i < columns.length; i++) {
      const x = cell(columns, i, row)
      if (x === 0) continue
      fitted += x * (weights[i] as number)
      for (let j = 0; j < columns.length; j++) leverage += x * cell(inverse, i, j) * cell(columns, j, row)
    }
    error += (((target[row] as number) - fitted) / Math.max(1e-6, 1 - leverage)) ** 2
  }
  return error
}

function dot(a: Float64Array, b: Float64Array, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + (a[row] as number) * (b[row] as number), 0)
}

/** Gauss-Jordan; the matrix is symmetric and positive, so that no pivoting is needed. Undefined where it has no inverse. */
export function inverted(matrix: readonly Float64Array[]): Float64Array[] | undefined {
  const width = matrix.length
  const left = matrix.map((line) => line.slice())
  const right = matrix.map((_, i) => Float64Array.from({ length: width }, (_unused, j) => (i === j ? 1 : 0)))
  for (let pivot = 0; pivot < width; pivot++) {
    const head = cell(left, pivot, pivot)
    if (!(Math.abs(head) > 1e-12)) return undefined
    for (const lines of [left, right])
      lines[pivot] = (lines[pivot] as Float64Array).map((value) => value / head)
    for (let row = 0; row < width; row++) {
      const share = cell(left, row, pivot)
      if (row === pivot || share === 0) continue
      for (const lines of [left, right])
        lines[row] = (lines[row] as Float64Array).map((value, j) => value - share * cell(lines, pivot, j))
    }
  }
  return right
}

/** Weights of at least 0 that minimise the squared error: coordinate descent (Franc, Hlavac & Navara 2005). */
export function nonNegativeLeastSquares(columns: readonly Float64Array[], target: Float64Array): number[] {
  const all = Array.from(target, (_, row) => row)
  const gram = columns.map((a) => columns.map((b) => dot(a, b, all)))
  const right = columns.map((column) => dot(column, target, all))
  const weights = columns.map(() => 0)
  for (let round = 0; round < 500; round++)
    weights.forEach((weight, i) => {
      const slope = (right[i] as number) - weights.reduce((sum, w, j) => sum + w * (gram[i]?.[j] ?? 0), 0)
      weights[i] = Math.max(0, weight + slope / ((gram[i]?.[i] ?? 0) + 1e-12))
    })
  return weights
}
