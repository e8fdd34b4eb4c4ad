/** A value of a list of columns. */
export function cell(columns: readonly Float64Array[], column: number, row: number): number {
  return (columns[column] as Float64Array)[row] as number
}

export function addTo(values: Float64Array, index: number, amount: number): void {
  values[index] = (values[index] as number) + amount
}
