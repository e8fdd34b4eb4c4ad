import type { SparseMatrix } from '../../../src/tune/learn/sparse-matrix.js'

/** Of each row all rows, the most similar by cosine first. Rows have length 1. */
export function neighbourOrders(matrix: SparseMatrix): readonly Uint32Array[] {
  const postings = byColumn(matrix)
  const similar = new Float64Array(matrix.rows)
  return Array.from({ length: matrix.rows }, (_, row) => {
    similar.fill(0)
    for (let i = matrix.starts[row]!; i < matrix.starts[row + 1]!; i++) {
      const { rows, values } = postings[matrix.indices[i]!]!
      const value = matrix.values[i]!
      for (let j = 0; j < rows.length; j++) similar[rows[j]!]! += value * values[j]!
    }
    return Uint32Array.from(similar.keys()).sort((a, b) => similar[b]! - similar[a]! || a - b)
  })
}

/** Mean over the nearest of these rows. */
export function nearestMean(
  orders: readonly Uint32Array[],
  quality: Float64Array,
  {
    rows,
    at,
    count,
  }: { readonly rows: ReadonlySet<number>; readonly at: readonly number[]; readonly count: number },
): Float64Array {
  return Float64Array.from(at, (row) => {
    let [sum, found] = [0, 0]
    for (const other of orders[row]!) {
      if (!rows.has(other)) continue
      sum += quality[other]!
      if (++found === count) break
    }
    return sum / found
  })
}

interface Postings {
  readonly rows: number[]
  readonly values: number[]
}

function byColumn({ rows, columns, starts, indices, values }: SparseMatrix): readonly Postings[] {
  const postings: Postings[] = Array.from({ length: columns }, () => ({ rows: [], values: [] }))
  for (let row = 0; row < rows; row++)
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      postings[indices[i]!]!.rows.push(row)
      postings[indices[i]!]!.values.push(values[i]!)
    }
  return postings
}
