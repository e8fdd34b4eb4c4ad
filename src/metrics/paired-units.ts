import type { Clusters } from './clusters.js'

/** Sums of a paired difference over what varies as a whole: requests, sessions, users or windows. */
export interface PairedUnits {
  /** Of the difference, a unit each. */
  readonly sums: Float64Array
  /** Of what the difference is relative to: requests, or what the incumbent cost. */
  readonly sizes: Float64Array
  /** How many units are just like this one. */
  readonly counts: Float64Array
  readonly units: number
  /** Kish's effective number by size: (sum of sizes)^2 / sum of squared sizes. */
  readonly effectiveUnits: number
}

/** Units without any known difference are left out; single requests that are alike are counted, not listed. */
export function pairedUnits(
  { units, of }: Clusters,
  differences: Float64Array,
  sizes: Float64Array | undefined,
): PairedUnits {
  const sums = new Float64Array(units)
  const totals = new Float64Array(units)
  const seen = new Uint8Array(units)
  differences.forEach((value, row) => {
    if (Number.isNaN(value)) return
    const unit = of[row] ?? 0
    sums[unit] = (sums[unit] ?? 0) + value
    totals[unit] = (totals[unit] ?? 0) + (sizes === undefined ? 1 : (sizes[row] ?? 0))
    seen[unit] = 1
  })
  const known = (values: Float64Array): Float64Array => values.filter((_, unit) => seen[unit] === 1)
  return counted(known(sums), known(totals))
}

function counted(sums: Float64Array, sizes: Float64Array): PairedUnits {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const squares = sizes.reduce((sum, size) => sum + size * size, 0)
  const effectiveUnits = squares === 0 ? sums.length : (total * total) / squares
  const units = sums.length
  if (!sizes.every((size) => size === 1)) {
    return { sums, sizes, counts: new Float64Array(units).fill(1), units, effectiveUnits }
  }
  const byValue = new Map<number, number>()
  for (const sum of sums) byValue.set(sum, (byValue.get(sum) ?? 0) + 1)
  return {
    sums: Float64Array.from(byValue.keys()),
    sizes: new Float64Array(byValue.size).fill(1),
    counts: Float64Array.from(byValue.values()),
    units,
    effectiveUnits,
  }
}
