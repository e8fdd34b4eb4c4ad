/**
 * Weights (intercept first) that minimise squared error plus `strength` x rows x squared weights; the intercept is free.
 * Rows whose target or first feature is NaN are left out. Normal equations, solved by Gaussian elimination with pivoting;
 * undefined when no row is left. Hoerl & Kennard 1970, https://doi.org/10.1080/00401706.1970.10488634.
 */
export function ridge(
  features: readonly Float64Array[],
  target: Float64Array,
  strength: number,
): readonly number[] | undefined {
  const width = features.length + 1
  const system = Array.from({ length: width }, () => new Float64Array(width + 1))
  const x = new Float64Array(width + 1)
  let rows = 0
  for (let row = 0; row < target.length; row++) {
    x[0] = 1
    for (let i = 1; i < width; i++) x[i] = features[i - 1]?.[row] ?? NaN
    x[width] = target[row] ?? NaN
    if (x.some(Number.isNaN)) continue
    rows++
    for (let i = 0; i < width; i++) {
      const equation = system[i] as Float64Array
      for (let j = 0; j <= width; j++)
        equation[j] = (equation[j] as number) + (x[i] as number) * (x[j] as number)
    }
  }
  if (rows === 0) return undefined
  for (let i = 1; i < width; i++) {
    const equation = system[i] as Float64Array
    equation[i] = (equation[i] as number) + strength * rows
  }
  return solve(system)
}

function solve(system: readonly Float64Array[]): number[] | undefined {
  const equations = [...system]
  const width = equations.length
  for (let column = 0; column < width; column++) {
    let pivot = column
    for (let row = column + 1; row < width; row++) {
      if (Math.abs(equations[row]?.[column] ?? 0) > Math.abs(equations[pivot]?.[column] ?? 0)) pivot = row
    }
    const chosen = equations[pivot] as Float64Array
    const head = chosen[column] as number
    if (!(Math.abs(head) > 1e-12)) return undefined
    equations[pivot] = equations[column] as Float64Array
    equations[column] = chosen
    for (let row = 0; row < width; row++) {
      if (row !== column) subtract(equations[row] as Float64Array, chosen, column)
    }
  }
  return equations.map((equation, row) => (equation[width] as number) / (equation[row] as number))
}

function subtract(equation: Float64Array, chosen: Float64Array, column: number): void {
  const share = (equation[column] as number) / (chosen[column] as number)
  if (share === 0) return
  for (let j = column; j < equation.length; j++)
    equation[j] = (equation[j] as number) - share * (chosen[j] as number)
}
