import type { Figure } from '../bootstrap.js'
import { totalOf, type Contribution } from './estimator-figure.js'
import type { OffPolicy, RefusableFigure } from './off-policy.js'
import type { TargetRows } from './target-rows.js'

/** A run's figure as it is quoted: rows and contributions of the estimator, or values that were looked up. */
export interface QuotedPart {
  readonly rows: TargetRows
  readonly contribution: Contribution
  readonly effective: number
}

/** Undefined where the figure has no point. */
export function quotedPart(
  figure: RefusableFigure,
  { quoted }: Pick<OffPolicy, 'quoted'>,
): QuotedPart | undefined {
  const { refused, estimates, lookedUp } = figure
  if (refused === null && estimates !== undefined && quoted !== undefined) {
    const { rows, contributions, effective } = estimates
    return { rows, contribution: contributions[quoted.name], effective }
  }
  return lookedUp && lookedUpPart(lookedUp)
}

/** Every row is taken as a call that the known ones speak for, as in the mean of the known. */
function lookedUpPart(values: Float64Array): QuotedPart {
  const none = new Float64Array(values.length)
  const all = none.map(() => 1)
  const known = values.map((value) => (Number.isNaN(value) ? 0 : 1))
  const outcome = values.map((value) => (Number.isNaN(value) ? 0 : value))
  const rows = {
    size: values.length,
    offered: all,
    called: all,
    settled: none,
    usable: known,
    weight: known,
    outcome,
  }
  return { rows, contribution: { top: outcome, bottom: known }, effective: Infinity }
}

/** The quoted total over all rows; over those with `mask` 1 too, where it is given. A function of sums, for other figures to use. */
export interface TotalParts {
  readonly series: readonly Float64Array[]
  readonly total: (sums: Float64Array) => number
}

export function totalParts({ rows, contribution }: QuotedPart): TotalParts {
  return {
    series: [rows.settled, rows.called, contribution.top, contribution.bottom],
    total: ([settled = 0, called = 0, top = 0, bottom = 0]) => totalOf(settled, called, top, bottom),
  }
}

/** The same over the rows where `mask` is 1; where none of these counts in the estimator, its mean over all calls stands. */
export function maskedParts({ rows, contribution }: QuotedPart, mask: Float64Array): TotalParts {
  const { top, bottom } = contribution
  const within = (values: Float64Array): Float64Array => values.map((value, row) => value * (mask[row] ?? 0))
  return {
    series: [...[rows.settled, rows.called, top, bottom].map(within), top, bottom],
    total: ([settled = 0, called = 0, above = 0, below = 0, allAbove = 0, allBelow = 0]) =>
      below === 0 ? totalOf(settled, called, allAbove, allBelow) : totalOf(settled, called, above, below),
  }
}

/** A figure of several totals, each with its own part of the sums. */
export function figureOfTotals(
  parts: readonly TotalParts[],
  value: (totals: readonly number[]) => number,
): Figure {
  const starts = parts.map((_, place) =>
    parts.slice(0, place).reduce((sum, { series }) => sum + series.length, 0),
  )
  return {
    series: parts.flatMap(({ series }) => series),
    value: (sums) =>
      value(
        parts.map(({ series, total }, place) => {
          const from = starts[place] ?? 0
          return total(sums.subarray(from, from + series.length))
        }),
      ),
  }
}

/** How many rows a replicate has, beside the totals. */
export function rowCount({ rows }: QuotedPart): TotalParts {
  return { series: [rows.offered], total: ([count = 0]) => count }
}
