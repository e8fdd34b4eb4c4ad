import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { describe as clustersOf } from '../../src/metrics/clusters.js'
import { percentiles } from '../../src/metrics/latency.js'
import { standardError } from '../../src/tune/evaluate.js'
import { tailOf } from '../../src/tune/tail.js'

const SIZE = 1200
const all = new Uint8Array(SIZE).fill(1)

/** Standard normal, by twelve uniform ones. */
function gauss(random: { next(): number }): number {
  return Array.from({ length: 12 }, () => random.next()).reduce((a, b) => a + b, -6)
}

/** Log-normal times; those of a session share half of their variance. */
function times(seed: number, sessionLength: number): Float64Array {
  const random = createRandom(seed)
  let shared = 0
  return Float64Array.from({ length: SIZE }, (_, row) => {
    if (row % sessionLength === 0) shared = gauss(random)
    return Math.exp(7 + Math.SQRT1_2 * (shared + gauss(random)))
  })
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('tailOf', () => {
  const values = times(1, 1)

  it('is the percentile that reports print, and the mean of its pseudo-values', () => {
    const { value, values: pseudo } = tailOf({ values, rows: all }, undefined)
    expect(value).toBe(percentiles(values).p95)
    expect(mean(pseudo)).toBeCloseTo(value, 6)
  })

  it('is of the rows that count, in the segment', () => {
    const rows = all.map((_, row) => (row % 2 === 0 ? 1 : 0))
    const segment = all.map((_, row) => (row % 3 === 0 ? 1 : 0))
    const { value, values: pseudo } = tailOf({ values, rows }, segment)
    expect(value).toBe(percentiles(values.filter((_, row) => row % 6 === 0)).p95)
    expect([...pseudo].every((one, row) => Number.isNaN(one) === (row % 3 !== 0))).toBe(true)
    expect(mean(pseudo.filter((one) => !Number.isNaN(one)))).toBeCloseTo(value, 6)
  })

  it('is 0 where no request counts, unknown where too many values are', () => {
    const none = tailOf({ values, rows: new Uint8Array(SIZE) }, undefined)
    expect([none.value, none.values[0]]).toEqual([0, 0])
    const unknown = values.map((value, row) => (row % 10 === 0 ? NaN : value))
    expect(tailOf({ values: unknown, rows: all }, undefined).value).toBeNaN()
  })

  it('has no spread where all values are the same', () => {
    const { values: pseudo } = tailOf({ values: values.map(() => 700), rows: all }, undefined)
    expect(new Set(pseudo)).toEqual(new Set([700]))
  })

  it.each([1, 4])('varies as its pseudo-values say, in sessions of %i', (length) => {
    const truth = Math.exp(7 + 1.6449)
    const clusters = clustersOf(
      'sessions',
      Int32Array.from(all, (_, row) => Math.floor(row / length)),
    )
    let [above, below] = [0, 0]
    const draws = 500
    for (let seed = 1; seed <= draws; seed++) {
      const { value, values: pseudo } = tailOf({ values: times(seed, length), rows: all }, undefined)
      const error = standardError({ value, values: pseudo, scale: 1, firm: false, leastDoubt: 0 }, clusters)
      if (value + 1.96 * error < truth) below++
      if (value - 1.96 * error > truth) above++
    }
    // What a constraint asks of a percentile is its upper end: at most 2.5 % may lie below the truth, here up to two errors more.
    expect(below / draws).toBeLessThan(0.04)
    expect((above + below) / draws).toBeLessThan(0.08)
    expect((above + below) / draws).toBeGreaterThan(0.005)
  })
})
