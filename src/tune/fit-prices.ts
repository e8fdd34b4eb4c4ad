import type { OutcomeColumns } from '../core/log-table.js'

export interface FittedPrices {
  readonly promptPer1m: number
  readonly completionPer1m: number
}

/** Rows that the fit needs at least, and how well it must explain each cost (relative error of the median row). */
const MIN_ROWS = 20
const MAX_RELATIVE_ERROR = 0.02

/**
 * Prices per million tokens that explain a model's recorded costs: least squares of cost on input and output tokens over
 * rows without cached tokens. Undefined when the log does not hold both, or no pair of prices explains the costs.
 */
export function fitPrices(outcome: OutcomeColumns): FittedPrices | undefined {
  const rows = usableRows(outcome)
  if (rows.length < MIN_ROWS) return undefined
  const solved = solve(outcome, rows)
  if (solved === undefined || solved.input < 0 || solved.output < 0) return undefined
  const errors = rows.map((row) => relativeError(outcome, row, solved)).sort((a, b) => a - b)
  if ((errors[errors.length >> 1] ?? 1) > MAX_RELATIVE_ERROR) return undefined
  return { promptPer1m: tidy(solved.input), completionPer1m: tidy(solved.output) }
}

/** Nano-dollars per token. */
interface Rates {
  readonly input: number
  readonly output: number
}

function usableRows(outcome: OutcomeColumns): number[] {
  const rows: number[] = []
  outcome.costNanoUsd.forEach((cost, row) => {
    const cached =
      Math.max(0, outcome.cachedInputTokens?.[row] ?? 0) + Math.max(0, outcome.cacheWriteTokens?.[row] ?? 0)
    const known = cost > 0 && (outcome.inputTokens[row] ?? -1) >= 0 && (outcome.outputTokens[row] ?? -1) >= 0
    if (known && cached === 0) rows.push(row)
  })
  return rows
}

/** Normal equations of two unknowns. */
function solve(outcome: OutcomeColumns, rows: readonly number[]): Rates | undefined {
  let ii = 0
  let io = 0
  let oo = 0
  let ic = 0
  let oc = 0
  for (const row of rows) {
    const input = outcome.inputTokens[row] as number
    const output = outcome.outputTokens[row] as number
    const cost = outcome.costNanoUsd[row] as number
    ii += input * input
    io += input * output
    oo += output * output
    ic += input * cost
    oc += output * cost
  }
  const determinant = ii * oo - io * io
  if (!(Math.abs(determinant) > 1e-9 * ii * oo)) return undefined
  return { input: (ic * oo - oc * io) / determinant, output: (oc * ii - ic * io) / determinant }
}

function relativeError(outcome: OutcomeColumns, row: number, rates: Rates): number {
  const cost = outcome.costNanoUsd[row] as number
  const fitted =
    (outcome.inputTokens[row] as number) * rates.input + (outcome.outputTokens[row] as number) * rates.output
  return Math.abs(fitted - cost) / cost
}

/** Nano-dollars per token -> dollars per million, at the three digits that list prices have. */
function tidy(nanoPerToken: number): number {
  return Number(Number((nanoPerToken / 1000).toPrecision(3)).toFixed(6))
}
