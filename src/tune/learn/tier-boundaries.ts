/**
 * The boundaries that put most requests in the tier they require, exactly, by dynamic programming over the requests in the
 * order of difficulty; between two difficulties, in the middle. Rows with a NaN are left out.
 */
export function bestBoundaries(
  difficulties: ArrayLike<number>,
  required: Float64Array,
  topTier: number,
): number[] {
  const rows = [...required.keys()]
    .filter((row) => !Number.isNaN((required[row] as number) + (difficulties[row] as number)))
    .sort((a, b) => (difficulties[a] as number) - (difficulties[b] as number))
  // Cuts may only stand between different difficulties.
  const cuts = [0]
  rows.forEach((row, i) => {
    if (i > 0 && difficulties[row] !== difficulties[rows[i - 1] as number]) cuts.push(i)
  })
  cuts.push(rows.length)
  let best = new Float64Array(cuts.length)
  const from: Int32Array[] = []
  for (let tier = 0; tier <= topTier; tier++) {
    const hits = cumulative(rows, required, tier)
    const next = new Float64Array(cuts.length)
    const origin = new Int32Array(cuts.length)
    let [gain, start] = [-Infinity, 0]
    cuts.forEach((cut, c) => {
      const here = (tier === 0 ? (c === 0 ? 0 : -Infinity) : (best[c] as number)) - (hits[cut] as number)
      if (here > gain) [gain, start] = [here, c]
      next[c] = gain + (hits[cut] as number)
      origin[c] = start
    })
    best = next
    from.push(origin)
  }
  const boundaries: number[] = []
  let c = cuts.length - 1
  for (let tier = topTier; tier > 0; tier--) {
    c = from[tier]?.[c] ?? 0
    boundaries.unshift(between(rows, difficulties, cuts[c] as number))
  }
  return boundaries
}

/** How many of the first i rows require the tier. */
function cumulative(rows: readonly number[], required: Float64Array, tier: number): Int32Array {
  const counts = new Int32Array(rows.length + 1)
  rows.forEach((row, i) => (counts[i + 1] = (counts[i] as number) + (required[row] === tier ? 1 : 0)))
  return counts
}

function between(rows: readonly number[], difficulties: ArrayLike<number>, cut: number): number {
  const below = cut === 0 ? 0 : (difficulties[rows[cut - 1] as number] as number)
  if (cut === rows.length) return 1
  const above = difficulties[rows[cut] as number] as number
  const middle = Number(((below + above) / 2).toPrecision(6))
  return Math.min(1, Math.max(0, middle > below && middle <= above ? middle : above))
}

/** The boundaries on these difficulties below which as many of the rows lie as below the others' own boundaries. */
export function sameShares(
  difficulties: Float64Array,
  others: Float64Array,
  boundaries: readonly number[],
  rows: readonly number[],
): number[] {
  const sorted = rows.map((row) => difficulties[row] as number).sort((a, b) => a - b)
  return boundaries.map((boundary) => {
    const below = rows.filter((row) => (others[row] as number) < boundary).length
    return sorted[below] ?? 1
  })
}

const LEAST_STEP = 1e-3

/** Strictly, from above 0 on and up to 1: so that a hybrid can tell each tier. */
export function rising(boundaries: readonly number[]): number[] {
  const up: number[] = []
  for (const boundary of boundaries) up.push(Math.max(boundary, (up.at(-1) ?? 0) + LEAST_STEP))
  let most = 1
  return up.reduceRight<number[]>((list, boundary) => {
    const kept = Math.min(boundary, most)
    most = kept - LEAST_STEP
    return [Number(kept.toPrecision(6)), ...list]
  }, [])
}
