/** Requests with an outcome of every model: what a router is judged on. */
export interface RouterSet {
  readonly name: string
  readonly prompts: readonly string[]
  readonly tasks: readonly string[]
  /** Models on the cost-quality hull, at most six of them spread along cost. */
  readonly models: readonly RouterModel[]
  /** Qualities of every model that is known nearly everywhere, on the hull or not. */
  readonly widelyKnown: readonly Float64Array[]
}

/** By request. Costs are in the set's own currency: gains do not depend on it. */
export interface RouterModel {
  readonly id: string
  readonly quality: Float64Array
  readonly costUsd: Float64Array
}

export function allRows({ prompts }: RouterSet): readonly number[] {
  return prompts.map((_, row) => row)
}

export function pickRows(values: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!)
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

export function meanOf(values: Float64Array, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length
}
