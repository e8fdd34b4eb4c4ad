import type { Range } from '../rare-events.js'

/** Rows that each weight of the model needs. */
const ROWS_PER_WEIGHT = 10
/** Of the ridge, in rows: columns have variance 1, so it is as if each weight had one more row that says 0. */
const STRENGTH = 1

export interface OutcomeModelInput {
  /** An intercept of ones, then columns of mean 0 and variance 1, the most telling first. */
  readonly covariates: readonly Float64Array[]
  /** By row: which fold it belongs to, 0 to `foldCount` - 1. */
  readonly folds: Int32Array
  readonly foldCount: number
  /** By row: the model that was called, -1 where the row teaches nothing. */
  readonly chosen: Int32Array
  /** What came of it. */
  readonly outcome: Float64Array
  /** By row: the model to predict; below 0 nothing is predicted. */
  readonly actions: Int32Array
  readonly models: number
  /** Outcomes cannot leave it, and predictions do not. */
  readonly range: Range
}

/**
 * What each row's action is expected to bring, by a ridge regression per model (Hoerl & Kennard 1970,
 * https://doi.org/10.1080/00401706.1970.10488634) that was fitted without the row's fold. With few rows a model uses only the first of
 * the covariates, in the end only its mean. NaN where no row outside the fold has the model.
 */
export function predictOutcomes(input: OutcomeModelInput): Float64Array {
  const { covariates, folds, foldCount, actions, models, range } = input
  const moments = foldMoments(input)
  const fits = Array.from({ length: models }, (_, model) => {
    const own = moments.slice(model * foldCount, (model + 1) * foldCount)
    return own.map((left) => fit(own.filter((moment) => moment !== left)))
  })
  const predicted = new Float64Array(actions.length).fill(NaN)
  for (let row = 0; row < actions.length; row++) {
    const weights = fits[actions[row] ?? -1]?.[folds[row] ?? 0]
    if (weights === undefined) continue
    let value = 0
    for (let i = 0; i < weights.length; i++) value += (weights[i] ?? 0) * (covariates[i]?.[row] ?? 0)
    predicted[row] = Math.min(range.high, Math.max(range.low, value))
  }
  return predicted
}

/** Sums over rows of one model in one fold. */
interface Moments {
  rows: number
  /** Of products of covariates, line by line; the lower half. */
  readonly gram: Float64Array
  /** Of covariate x outcome. */
  readonly right: Float64Array
}

function foldMoments({
  covariates,
  folds,
  foldCount,
  chosen,
  outcome,
  models,
}: OutcomeModelInput): Moments[] {
  const width = covariates.length
  const moments = Array.from({ length: models * foldCount }, () => ({
    rows: 0,
    gram: new Float64Array(width * width),
    right: new Float64Array(width),
  }))
  const x = new Float64Array(width)
  for (let row = 0; row < chosen.length; row++) {
    const model = chosen[row] ?? -1
    const moment = model < 0 ? undefined : moments[model * foldCount + (folds[row] ?? 0)]
    if (moment === undefined) continue
    for (let i = 0; i < width; i++) x[i] = covariates[i]?.[row] ?? 0
    add(moment, x, outcome[row] ?? 0)
  }
  return moments
}

function add(moment: Moments, x: Float64Array, outcome: number): void {
  const { gram, right } = moment
  const width = x.length
  moment.rows++
  for (let i = 0; i < width; i++) {
    const value = x[i] as number
    if (value === 0) continue
    right[i] = (right[i] as number) + value * outcome
    const line = i * width
    for (let j = 0; j <= i; j++) gram[line + j] = (gram[line + j] as number) + value * (x[j] as number)
  }
}

/** Weights from the sums of several folds; undefined without a row. */
function fit(parts: readonly Moments[]): Float64Array | undefined {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const first = parts[0]
  if (rows === 0 || first === undefined) return undefined
  const full = first.right.length
  const width = Math.max(1, Math.min(full, Math.floor(rows / ROWS_PER_WEIGHT)))
  const system = Array.from({ length: width }, (_, i) => {
    const line = new Float64Array(i + 1)
    for (const { gram } of parts)
      for (let j = 0; j <= i; j++) line[j] = (line[j] as number) + (gram[i * full + j] as number)
    if (i > 0) line[i] = (line[i] as number) + STRENGTH
    return line
  })
  const right = Float64Array.from({ length: width }, (_, i) =>
    parts.reduce((sum, part) => sum + (part.right[i] as number), 0),
  )
  return solveSymmetric(system, right)
}

/** Cholesky's method on the lower half of a positive matrix; both arguments are used up. */
function solveSymmetric(lower: readonly Float64Array[], right: Float64Array): Float64Array {
  const at = (i: number, j: number): number => lower[i]?.[j] ?? 0
  const width = right.length
  for (let j = 0; j < width; j++) {
    for (let i = j; i < width; i++) {
      let sum = at(i, j)
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k)
      const line = lower[i] as Float64Array
      line[j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / at(j, j)
    }
  }
  for (let i = 0; i < width; i++) {
    let sum = right[i] as number
    for (let k = 0; k < i; k++) sum -= at(i, k) * (right[k] as number)
    right[i] = sum / at(i, i)
  }
  for (let i = width - 1; i >= 0; i--) {
    let sum = right[i] as number
    for (let k = i + 1; k < width; k++) sum -= at(k, i) * (right[k] as number)
    right[i] = sum / at(i, i)
  }
  return right
}
