import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { bootstrapIntervals, meanOfKnown, pointOf, ratio } from '../../src/metrics/bootstrap.js'
import { describe as clustersFrom, labelClusters } from '../../src/metrics/clusters.js'
import { anOutcome, aTable, aText } from './builders.js'

const rowsAlone = (size: number) =>
  clustersFrom(
    'requests',
    Int32Array.from({ length: size }, (_, row) => row),
  )

function interval(values: Float64Array, of: Int32Array, seed = 1, replicates = 1000) {
  const clusters = clustersFrom('sessions', of)
  return bootstrapIntervals({ clusters, figures: [meanOfKnown(values)], replicates, seed })[0]!
}

/** Standard normal by Box and Muller. */
function normal(random: { next(): number }): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

describe('bootstrapIntervals', () => {
  it('is the same for the same seed, another for another', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => (i * 37) % 11)
    const alone = rowsAlone(200).of
    expect(interval(values, alone, 5)).toEqual(interval(values, alone, 5))
    expect(interval(values, alone, 5)).not.toEqual(interval(values, alone, 6))
  })

  it('comes near the normal interval of a mean', () => {
    const random = createRandom(3)
    const values = Float64Array.from({ length: 2000 }, () => normal(random))
    const [low, high] = interval(values, rowsAlone(2000).of, 1, 4000)
    expect((high - low) / 2).toBeCloseTo(1.96 / Math.sqrt(2000), 2)
  })

  it('keeps the width when many clusters are drawn in groups', () => {
    const random = createRandom(4)
    const values = Float64Array.from({ length: 50_000 }, () => normal(random))
    const [low, high] = interval(values, rowsAlone(50_000).of)
    expect((high - low) / (2 * 1.96 * Math.sqrt(1 / 50_000))).toBeGreaterThan(0.9)
    expect((high - low) / (2 * 1.96 * Math.sqrt(1 / 50_000))).toBeLessThan(1.1)
  })

  it('recomputes ratios, and skips what is unknown', () => {
    const values = Float64Array.of(1, NaN, 3, 2)
    expect(pointOf(meanOfKnown(values))).toBe(2)
    expect(pointOf(ratio(Float64Array.of(1, 2), Float64Array.of(4, 8)))).toBe(0.25)
    expect(pointOf(ratio(Float64Array.of(1), Float64Array.of(0)))).toBeNaN()
  })

  it('gives no interval for fewer than ten clusters or an undefined statistic', () => {
    const values = new Float64Array(90).fill(1)
    const clusters = clustersFrom(
      'windows',
      Int32Array.from(values, (_, row) => row % 9),
    )
    expect(clusters.note).toBe('only 9 windows, 10 are needed for an interval')
    const figures = [meanOfKnown(values)]
    expect(bootstrapIntervals({ clusters, figures, replicates: 100, seed: 1 })).toEqual([null])
    const undefinedFigure = [meanOfKnown(new Float64Array(50).fill(NaN))]
    expect(
      bootstrapIntervals({ clusters: rowsAlone(50), figures: undefinedFigure, replicates: 100, seed: 1 }),
    ).toEqual([null])
  })

  // Known truth: 1,000 logs each; Monte-Carlo standard error of a coverage of 0.95 is 0.007.
  it.each([
    { name: '40 sessions of correlated requests', clusters: 40, size: 8, spread: 1 },
    { name: '10 windows', clusters: 10, size: 30, spread: 0.5 },
    { name: '300 single requests', clusters: 300, size: 1, spread: 0 },
  ])('covers the truth in 95 % of logs: $name', ({ clusters, size, spread }) => {
    let covered = 0
    const logs = 1000
    for (let log = 0; log < logs; log++) {
      const random = createRandom(1000 + log)
      const of = Int32Array.from({ length: clusters * size }, (_, row) => Math.floor(row / size))
      const effects = Float64Array.from({ length: clusters }, () => spread * normal(random))
      const values = Float64Array.from(of, (cluster) => 5 + effects[cluster]! + normal(random))
      const [low, high] = interval(values, of, log, 600)
      if (low <= 5 && 5 <= high) covered++
    }
    expect(covered / logs).toBeGreaterThan(0.925)
    expect(covered / logs).toBeLessThan(0.97)
  })

  it('would be far too narrow over requests where sessions are alike', () => {
    const random = createRandom(8)
    const of = Int32Array.from({ length: 500 }, (_, row) => Math.floor(row / 10))
    const effects = Float64Array.from({ length: 50 }, () => normal(random))
    const values = Float64Array.from(of, (cluster) => effects[cluster]! + 0.1 * normal(random))
    const width = ([low, high]: readonly [number, number]) => high - low
    expect(width(interval(values, of))).toBeGreaterThan(2.5 * width(interval(values, rowsAlone(500).of)))
  })

  it('resamples 20,000 requests x 1,000 replicates x 10 series in seconds', () => {
    const random = createRandom(9)
    const figures = Array.from({ length: 10 }, () =>
      meanOfKnown(Float64Array.from({ length: 20_000 }, () => random.next())),
    )
    const before = performance.now()
    bootstrapIntervals({ clusters: rowsAlone(20_000), figures, replicates: 1000, seed: 1 })
    expect(performance.now() - before).toBeLessThan(4000)
  })
})

describe('labelClusters', () => {
  const outcomes = [anOutcome('a', [1, 1, 1, 1], 1)]

  it('takes sessions, else users, else requests', () => {
    const session = aText(['s1', 's2', 's1', undefined])
    const user = aText(['u1', 'u1', 'u2', 'u2'])
    const both = labelClusters(aTable({ outcomes, labels: { session, user } }))
    expect(both).toMatchObject({ unit: 'sessions', units: 3 })
    expect([...both.of]).toEqual([0, 1, 0, 2])
    expect(labelClusters(aTable({ outcomes, labels: { user } }))).toMatchObject({ unit: 'users', units: 2 })
    expect(labelClusters(aTable({ outcomes }))).toMatchObject({ unit: 'requests', units: 4 })
  })

  it('passes over a label with one value', () => {
    const user = aText(['u1', 'u1', undefined, 'u1'])
    expect(labelClusters(aTable({ outcomes, labels: { user } }))).toMatchObject({ unit: 'requests' })
  })

  it('counts one giant cluster for what it is', () => {
    const sizes = Int32Array.from({ length: 100 }, (_, row) => (row < 89 ? 0 : row - 88))
    expect(clustersFrom('users', sizes).effectiveUnits).toBeCloseTo(10_000 / (89 * 89 + 11), 9)
  })
})
