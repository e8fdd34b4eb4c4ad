import type { SparseMatrix } from './sparse-matrix.js'

/** Of a gradient's squared length at the beginning: a head is left alone from there on, as more steps would only add up rounding. */
const SOLVED = 1e-24

export interface RidgeInput {
  readonly matrix: SparseMatrix
  /** One target a head, NaN where it is unknown: such a row says nothing to that head. */
  readonly targets: readonly Float64Array[]
  /** Weight of the squared weights, one a head. */
  readonly strengths: readonly number[]
  readonly iterations: number
}

/**
 * Weights, column by column and head by head within a column, that minimise the squared error plus strength x squared weights
 * of each head. All heads are solved at once, so that the matrix is read twice an iteration whatever their number:
 * conjugate gradients on the least squares (CGLS, Hestenes & Stiefel 1952; Paige & Saunders 1982,
 * https://doi.org/10.1145/355984.355989, section 7.1). Deterministic.
 */
export function blockRidge({ matrix, targets, strengths, iterations }: RidgeInput): Float64Array {
  const heads = targets.length
  const { rows, columns } = matrix
  const weights = new Float64Array(columns * heads)
  const residual = new Float64Array(rows * heads)
  const known = new Uint8Array(rows)
  targets.forEach((target, head) => {
    for (let row = 0; row < rows; row++) {
      const value = target[row] as number
      if (Number.isNaN(value)) continue
      residual[row * heads + head] = value
      known[row] = 1
    }
  })
  const shape = { known, heads }
  const gradient = new Float64Array(columns * heads)
  multiply('columns', matrix, residual, shape, gradient)
  const direction = gradient.slice()
  const first = squaredNorms(gradient, heads)
  let norms = first
  const step = new Float64Array(rows * heads)
  for (let iteration = 0; iteration < iterations; iteration++) {
    multiply('rows', matrix, direction, shape, step)
    targets.forEach((target, head) => {
      for (let row = 0; row < rows; row++)
        if (Number.isNaN(target[row] as number)) step[row * heads + head] = 0
    })
    const stepNorms = squaredNorms(step, heads)
    const directionNorms = squaredNorms(direction, heads)
    const lengths = norms.map((norm, head) => {
      const curvature =
        (stepNorms[head] as number) + (strengths[head] as number) * (directionNorms[head] as number)
      return curvature > 0 && norm > SOLVED * (first[head] as number) ? norm / curvature : 0
    })
    addScaled(weights, direction, lengths)
    addScaled(
      residual,
      step,
      lengths.map((length) => -length),
    )
    multiply('columns', matrix, residual, shape, gradient)
    addScaled(
      gradient,
      weights,
      Float64Array.from(strengths, (strength) => -strength),
    )
    const next = squaredNorms(gradient, heads)
    const turns = next.map((norm, head) => ((norms[head] as number) > 0 ? norm / (norms[head] as number) : 0))
    for (let i = 0; i < direction.length; i += heads)
      for (let head = 0; head < heads; head++)
        direction[i + head] =
          (gradient[i + head] as number) + (turns[head] as number) * (direction[i + head] as number)
    norms = next
  }
  return weights
}

/** Scores of one row, one a head, into `into`. */
export function scoreRow(matrix: SparseMatrix, weights: Float64Array, row: number, into: Float64Array): void {
  const heads = into.length
  into.fill(0)
  for (let i = matrix.starts[row] as number; i < (matrix.starts[row + 1] as number); i++) {
    const from = (matrix.indices[i] as number) * heads
    const value = matrix.values[i] as number
    for (let head = 0; head < heads; head++)
      into[head] = (into[head] as number) + value * (weights[from + head] as number)
  }
}

/** Which side of the matrix a product takes: its columns to rows, or its rows to columns. */
type Side = 'rows' | 'columns'

/**
 * The matrix times vectors, or its transpose, into one vector a head; rows that nobody knows are left out. Heads are taken four or
 * two at a time, each in a variable of its own: a sum in an array is written and read for every value of the matrix.
 */
function multiply(
  to: Side,
  matrix: SparseMatrix,
  vectors: Float64Array,
  { known, heads }: { readonly known: Uint8Array; readonly heads: number },
  into: Float64Array,
): void {
  into.fill(0)
  const sides = { matrix, vectors, into, heads }
  for (let row = 0; row < matrix.rows; row++) {
    if (known[row] === 0) continue
    let head = 0
    for (; head + 4 <= heads; head += 4) {
      if (to === 'rows') rowOfFour(sides, row, head)
      else columnsOfFour(sides, row, head)
    }
    for (; head + 2 <= heads; head += 2) {
      if (to === 'rows') rowOfTwo(sides, row, head)
      else columnsOfTwo(sides, row, head)
    }
    if (head < heads) {
      if (to === 'rows') rowOfOne(sides, row, head)
      else columnsOfOne(sides, row, head)
    }
  }
}

interface Sides {
  readonly matrix: SparseMatrix
  readonly vectors: Float64Array
  readonly into: Float64Array
  readonly heads: number
}

function rowOfFour({ matrix, vectors, into, heads }: Sides, row: number, head: number): void {
  const { starts, indices, values } = matrix
  const end = starts[row + 1] as number
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let i = starts[row] as number; i < end; i++) {
    const from = Math.imul(indices[i] as number, heads) + head
    const value = values[i] as number
    a += value * (vectors[from] as number)
    b += value * (vectors[from + 1] as number)
    c += value * (vectors[from + 2] as number)
    d += value * (vectors[from + 3] as number)
  }
  const target = row * heads + head
  into[target] = a
  into[target + 1] = b
  into[target + 2] = c
  into[target + 3] = d
}

function rowOfTwo({ matrix, vectors, into, heads }: Sides, row: number, head: number): void {
  const { starts, indices, values } = matrix
  const end = starts[row + 1] as number
  let [a, b] = [0, 0]
  for (let i = starts[row] as number; i < end; i++) {
    const from = Math.imul(indices[i] as number, heads) + head
    const value = values[i] as number
    a += value * (vectors[from] as number)
    b += value * (vectors[from + 1] as number)
  }
  const target = row * heads + head
  into[target] = a
  into[target + 1] = b
}

function rowOfOne({ matrix, vectors, into, heads }: Sides, row: number, head: number): void {
  const { starts, indices, values } = matrix
  const end = starts[row + 1] as number
  let a = 0
  for (let i = starts[row] as number; i < end; i++)
    a += (values[i] as number) * (vectors[Math.imul(indices[i] as number, heads) + head] as number)
  into[row * heads + head] = a
}

function columnsOfFour({ matrix, vectors, into, heads }: Sides, row: number, head: number): void {
  const { starts, indices, values } = matrix
  const end = starts[row + 1] as number
  const from = row * heads + head
  const a = vectors[from] as number
  const b = vectors[from + 1] as number
  const c = vectors[from + 2] as number
  const d = vectors[from + 3] as number
  for (let i = starts[row] as number; i < end; i++) {
    const target = Math.imul(indices[i] as number, heads) + head
    const value = values[i] as number
    into[target] = (into[target] as number) + value * a
    into[target + 1] = (into[target + 1] as number) + value * b
    into[target + 2] = (into[target + 2] as number) + value * c
    into[target + 3] = (into[target + 3] as number) + value * d
  }
}

function columnsOfTwo({ matrix, vectors, into, heads }: Sides, row: number, head: number): void {
  const { starts, indices, values } = matrix
  const end = starts[row + 1] as number
  const from = row * heads + head
  const a = vectors[from] as number
  const b = vectors[from + 1] as number
  for (let i = starts[row] as number; i < end; i++) {
    const target = Math.imul(indices[i] as number, heads) + head
    const value = values[i] as number
    into[target] = (into[target] as number) + value * a
    into[target + 1] = (into[target + 1] as number) + value * b
  }
}

function columnsOfOne({ matrix, vectors, into, heads }: Sides, row: number, head: number): void {
  const { starts, indices, values } = matrix
  const end = starts[row + 1] as number
  const a = vectors[row * heads + head] as number
  for (let i = starts[row] as number; i < end; i++) {
    const target = Math.imul(indices[i] as number, heads) + head
    into[target] = (into[target] as number) + (values[i] as number) * a
  }
}

function squaredNorms(vectors: Float64Array, heads: number): Float64Array {
  const norms = new Float64Array(heads)
  for (let i = 0; i < vectors.length; i += heads)
    for (let head = 0; head < heads; head++)
      norms[head] = (norms[head] as number) + (vectors[i + head] as number) ** 2
  return norms
}

/** a += lengths x b, head by head. */
function addScaled(a: Float64Array, b: Float64Array, lengths: Float64Array): void {
  const heads = lengths.length
  for (let i = 0; i < a.length; i += heads)
    for (let head = 0; head < heads; head++)
      a[i + head] = (a[i + head] as number) + (lengths[head] as number) * (b[i + head] as number)
}
