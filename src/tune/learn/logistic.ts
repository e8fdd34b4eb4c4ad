import { cell } from './cells.js'
import { inverted } from './small-ridge.js'

const MOST_STEPS = 30
const SMALL_STEP = 1e-9

/**
 * Logistic regression with a free intercept (first) and a ridge of `strength` on the other weights, by Newton's method
 * (Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, section 4.4.1). Targets may be anything in [0, 1]; rows
 * whose target is NaN are left out. With targets all alike it still ends, at weights of 0 and a large intercept.
 */
export function fitLogistic(
  columns: readonly Float64Array[],
  target: Float64Array,
  strength: number,
): Float64Array {
  const rows: number[] = []
  target.forEach((value, row) => {
    if (!Number.isNaN(value)) rows.push(row)
  })
  const design = [new Float64Array(target.length).fill(1), ...columns]
  let weights = new Float64Array(design.length)
  for (let step = 0; step < MOST_STEPS; step++) {
    const change = newtonStep(design, target, rows, { weights, strength })
    if (change === undefined) return weights
    weights = weights.map((weight, i) => weight + (change[i] ?? 0))
    if (Math.max(...change.map(Math.abs)) < SMALL_STEP) return weights
  }
  return weights
}

/** The intercept is held by a trifle, so that targets which are all 0 or all 1 have a finite one. */
const INTERCEPT_STRENGTH = 1e-3

function newtonStep(
  design: readonly Float64Array[],
  target: Float64Array,
  rows: readonly number[],
  { weights, strength }: { readonly weights: Float64Array; readonly strength: number },
): Float64Array | undefined {
  const width = design.length
  const penalty = (i: number): number => (i === 0 ? INTERCEPT_STRENGTH : strength)
  const gradient = weights.map((weight, i) => -penalty(i) * weight)
  const hessian = Array.from({ length: width }, (_, i) =>
    Float64Array.from({ length: width }, (_unused, j) => (i === j ? penalty(i) : 0)),
  )
  for (const row of rows) {
    let sum = 0
    for (let i = 0; i < width; i++) sum += (weights[i] as number) * cell(design, i, row)
    const share = 1 / (1 + Math.exp(-sum))
    const certainty = share * (1 - share)
    for (let i = 0; i < width; i++) {
      const x = cell(design, i, row)
      if (x === 0) continue
      gradient[i] = (gradient[i] as number) + x * ((target[row] as number) - share)
      const line = hessian[i] as Float64Array
      for (let j = 0; j < width; j++) line[j] = (line[j] as number) + certainty * x * cell(design, j, row)
    }
  }
  const inverse = inverted(hessian)
  return (
    inverse &&
    Float64Array.from(inverse, (line) =>
      line.reduce((sum, value, j) => sum + value * (gradient[j] as number), 0),
    )
  )
}
