/** The features of a row, into `values`: one a column. */
export function readRow(columns: readonly Float64Array[], row: number, values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] = (columns[i] as Float64Array)[row] as number
  return values
}

/** The difficulty of every row, for classifiers that look at a whole request; hardest where there are no features. */
export function difficultiesByRow(
  difficulty: (features: ArrayLike<number>) => number,
  columns: readonly Float64Array[],
  size: number,
): Float64Array {
  const values = new Float64Array(columns.length)
  if (values.length === 0) return new Float64Array(size).fill(1)
  const difficulties = new Float64Array(size)
  for (let row = 0; row < size; row++) difficulties[row] = difficulty(readRow(columns, row, values))
  return difficulties
}
