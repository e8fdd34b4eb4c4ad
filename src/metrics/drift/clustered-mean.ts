import type { Mean } from '../../core/forecast-schema.js'

/** Of fewer values nothing is said. */
const LEAST_KNOWN = 30
/** Digits of a figure in the policy file: far below any standard error. */
const DIGITS = 6

/**
 * A mean whose values come in clusters: the variance of a ratio of cluster sums, linearised (Cochran 1977, Sampling Techniques,
 * section 6.3), times units / (units - 1). Undefined where fewer than 30 values are known.
 */
export function clusteredMean(
  rows: readonly number[],
  value: (row: number) => number,
  cluster: Int32Array,
): Mean | undefined {
  const sums = new Map<number, { sum: number; count: number }>()
  let [sum, known] = [0, 0]
  for (const row of rows) {
    const one = value(row)
    if (Number.isNaN(one)) continue
    const unit = cluster[row] as number
    const own = sums.get(unit) ?? { sum: 0, count: 0 }
    own.sum += one
    own.count++
    sums.set(unit, own)
    sum += one
    known++
  }
  if (known < LEAST_KNOWN) return undefined
  const mean = sum / known
  let squares = 0
  for (const own of sums.values()) squares += (own.sum - mean * own.count) ** 2
  const units = sums.size
  const se = units < 2 ? Infinity : Math.sqrt((squares * units) / (units - 1)) / known
  return { mean: short(mean), se: short(se), known, units }
}

function short(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : value
}
