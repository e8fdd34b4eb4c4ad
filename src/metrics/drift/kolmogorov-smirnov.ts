export interface KolmogorovSmirnov {
  /** Largest distance of the two cumulative shares, at the edges of the bins. */
  readonly distance: number
  /** Chance of one as large where nothing has changed. */
  readonly pValue: number
}

/**
 * Kolmogorov and Smirnov's test of two samples of which only shares of bins are known. Distances between edges are not seen, so
 * that it alarms rather too seldom. The asymptotic chance with Stephens' correction: Press et al., Numerical Recipes, 3rd ed.,
 * section 14.3.3. `first` and `second` are effective numbers of values.
 */
export function kolmogorovSmirnov(
  expected: readonly number[],
  seen: readonly number[],
  [first, second]: readonly [first: number, second: number],
): KolmogorovSmirnov {
  let [distance, p, q] = [0, 0, 0]
  expected.forEach((share, bin) => {
    p += share
    q += seen[bin] ?? 0
    distance = Math.max(distance, Math.abs(p - q))
  })
  const root = Math.sqrt((first * second) / (first + second))
  return { distance, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * distance) }
}

/** 2 x the alternating sum of exp(-2 j^2 x^2). */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1
  let [sum, sign] = [0, 1]
  for (let j = 1; j <= 100; j++) {
    const term = Math.exp(-2 * j * j * x * x)
    sum += sign * term
    sign = -sign
    if (term < 1e-12) break
  }
  return Math.min(1, Math.max(0, 2 * sum))
}
