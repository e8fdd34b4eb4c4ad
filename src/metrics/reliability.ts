/** Requests of about the same predicted probability: what was promised and what came of it. */
export interface ReliabilityBin {
  readonly requests: number
  readonly predicted: number
  readonly observed: number
}

/**
 * Bins of equal size, by prediction: the points of a reliability diagram. Rows with a NaN are left out.
 */
export function reliability(
  predictions: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  bins = 10,
): readonly ReliabilityBin[] {
  const rows: number[] = []
  for (let row = 0; row < predictions.length; row++)
    if (!Number.isNaN((predictions[row] as number) + (outcomes[row] as number))) rows.push(row)
  rows.sort((a, b) => (predictions[a] as number) - (predictions[b] as number))
  const count = Math.min(bins, rows.length)
  return Array.from({ length: count }, (_, bin) => {
    const own = rows.slice(
      Math.floor((bin * rows.length) / count),
      Math.floor(((bin + 1) * rows.length) / count),
    )
    const mean = (values: ArrayLike<number>): number =>
      own.reduce((sum, row) => sum + (values[row] as number), 0) / own.length
    return { requests: own.length, predicted: mean(predictions), observed: mean(outcomes) }
  })
}

/**
 * Expected calibration error: the mean distance of promised from observed over bins of equal size, weighted by requests
 * (Naeini et al. 2015, https://doi.org/10.1609/aaai.v29i1.9602; equal sizes as in Nguyen & O'Connor 2015). Null without rows.
 */
export function calibrationError(bins: readonly ReliabilityBin[]): number | null {
  const requests = bins.reduce((sum, bin) => sum + bin.requests, 0)
  if (requests === 0) return null
  return bins.reduce((sum, bin) => sum + bin.requests * Math.abs(bin.predicted - bin.observed), 0) / requests
}
