import { describe, expect, it } from 'vitest'
import { clusteredMean } from '../../../src/metrics/drift/clustered-mean.js'
import { kolmogorovSmirnov } from '../../../src/metrics/drift/kolmogorov-smirnov.js'
import { populationStability } from '../../../src/metrics/drift/psi.js'
import { holmAdjusted } from '../../../src/metrics/holm.js'
import { studentTail } from '../../../src/metrics/student-tail.js'

describe('the population stability index', () => {
  it('by hand', () => {
    // (0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5)
    expect(populationStability([0.5, 0.5], [0.6, 0.4])).toBeCloseTo(0.0405465, 6)
    expect(populationStability([0.2, 0.8], [0.2, 0.8])).toBe(0)
    expect(Number.isFinite(populationStability([1, 0], [0, 1]))).toBe(true)
  })
})

describe('Kolmogorov and Smirnov', () => {
  it('has the distance of the cumulative shares and the asymptotic chance', () => {
    const { distance, pValue } = kolmogorovSmirnov([0.25, 0.25, 0.5], [0.35, 0.25, 0.4], [200, 200])
    expect(distance).toBeCloseTo(0.1, 12)
    // Q((10 + 0.12 + 0.011) x 0.1) = Q(1.0131), with Q(x) = 2 sum (-1)^(j-1) exp(-2 j^2 x^2).
    const q = (x: number): number => 2 * (Math.exp(-2 * x * x) - Math.exp(-8 * x * x) + Math.exp(-18 * x * x))
    expect(pValue).toBeCloseTo(q(1.0131), 6)
    expect(kolmogorovSmirnov([0.5, 0.5], [0.5, 0.5], [50, 50]).pValue).toBe(1)
  })
})

describe('Holm', () => {
  it('multiplies the smallest p by the number of tests, and never falls', () => {
    expect(holmAdjusted([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06])
    expect(holmAdjusted([0.9, 0.8])).toEqual([1, 1])
    expect(holmAdjusted([])).toEqual([])
  })
})

describe('Student’s tail', () => {
  it('is what tables say', () => {
    expect(studentTail(2.228, 10)).toBeCloseTo(0.05, 4)
    expect(studentTail(-2.576, 1e6)).toBeCloseTo(0.01, 4)
    expect(studentTail(0, 5)).toBe(1)
  })
})

describe('a mean of clusters', () => {
  it('by hand: as many clusters as values give the usual standard error', () => {
    const values = Array.from({ length: 40 }, (_, i) => i % 4)
    const rows = values.map((_, row) => row)
    const mean = clusteredMean(rows, (row) => values[row]!, Int32Array.from(rows))
    const variance = values.reduce((sum, value) => sum + (value - 1.5) ** 2, 0) / 39
    expect(mean).toMatchObject({ mean: 1.5, known: 40, units: 40 })
    expect(mean!.se).toBeCloseTo(Math.sqrt(variance / 40), 6)
  })

  it('leaves out what is unknown, and says nothing of a few values', () => {
    const rows = Array.from({ length: 40 }, (_, row) => row)
    const some = clusteredMean(rows, (row) => (row < 5 ? NaN : 1), Int32Array.from(rows))
    expect(some).toMatchObject({ mean: 1, known: 35, units: 35, se: 0 })
    expect(clusteredMean(rows.slice(0, 29), () => 1, Int32Array.from(rows))).toBeUndefined()
  })
})
