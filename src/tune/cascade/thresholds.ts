import { quantileSorted } from 'simple-statistics'

/**
 * Scores to accept from, spread evenly over the quantiles of the scores on these rows; of few different scores, each. Rounded to
 * the digits that scores have.
 */
export function thresholdsOf(
  { score }: { readonly score: Float64Array },
  rows: readonly number[],
  count: number,
): readonly number[] {
  const known = rows.map((row) => score[row] ?? NaN).filter((value) => !Number.isNaN(value))
  known.sort((a, b) => a - b)
  const distinct = [...new Set(known)]
  if (distinct.length <= count) return distinct
  const spread = Array.from({ length: count }, (_, i) => quantileSorted(known, (i + 0.5) / count))
  return [...new Set(spread.map((value) => Math.round(value * 1e6) / 1e6))]
}
