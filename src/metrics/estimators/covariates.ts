import type { LogTable, TextColumn } from '../../core/log-table.js'

/** Rarer tasks have no column of their own. */
const MAX_TASKS = 20

/**
 * What the log knows of each request before any call, as columns for an outcome model: ones, then difficulty, length of the
 * input, tasks, difficulty squared, features; mean 0, variance 1, unknown values at the mean, columns that say nothing left
 * out. Difficulty is the target's own classifier's, a function of the request like the rest.
 */
export function covariates(table: LogTable, difficulty: Float64Array): readonly Float64Array[] {
  const tokens = Float64Array.from(table.inputTokensEstimate, (count) => (count < 0 ? NaN : count))
  const columns = [
    difficulty,
    tokens.map((count) => Math.log1p(count)),
    ...taskColumns(table.task),
    difficulty.map((value) => value * value),
    tokens,
    ...table.features,
  ]
  return [
    new Float64Array(table.size).fill(1),
    ...columns.map(standardised).filter((column) => column !== undefined),
  ]
}

/** The most frequent tasks; what is left is what the intercept stands for. */
function taskColumns({ values, codes }: TextColumn): Float64Array[] {
  const counts = values.map((_, code) => ({ code, rows: 0 }))
  for (const code of codes) {
    const count = counts[code]
    if (count !== undefined) count.rows++
  }
  return counts
    .sort((a, b) => b.rows - a.rows || a.code - b.code)
    .slice(0, Math.min(MAX_TASKS, values.length))
    .map(({ code }) => Float64Array.from(codes, (one) => (one === code ? 1 : 0)))
}

/** Undefined where the column is the same everywhere. */
function standardised(values: Float64Array): Float64Array | undefined {
  let known = 0
  let sum = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    known++
    sum += value
  }
  const mean = sum / Math.max(1, known)
  const squares = values.reduce(
    (total, value) => (Number.isFinite(value) ? total + (value - mean) ** 2 : total),
    0,
  )
  const deviation = Math.sqrt(squares / Math.max(1, known))
  if (!(deviation > 1e-9 * Math.max(1, Math.abs(mean)))) return undefined
  return values.map((value) => (Number.isFinite(value) ? (value - mean) / deviation : 0))
}
