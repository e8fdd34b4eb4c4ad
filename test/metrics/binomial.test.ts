import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betaQuantile, incompleteBeta, studentQuantile } from '../../src/metrics/beta-quantile.js'
import { clopperPearson } from '../../src/metrics/clopper-pearson.js'
import { identicalInterval, rareEventInterval } from '../../src/metrics/rare-events.js'

const FRACTION = { low: 0, high: 1 }
const DIFFERENCE = { low: -1, high: 1 }

describe('beta and Student quantiles', () => {
  it('match published tables', () => {
    // R: qbeta(0.025, 8, 3) = 0.4439045; pbeta(0.3, 2, 5) = 0.579825; exact: I_x(1, 1) = x.
    expect(betaQuantile(0.025, 8, 3)).toBeCloseTo(0.4439045, 6)
    expect(incompleteBeta(0.3, 2, 5)).toBeCloseTo(0.579825, 8)
    expect(incompleteBeta(0.37, 1, 1)).toBeCloseTo(0.37, 9)
    // Student's t table, two-sided 5 %: https://www.itl.nist.gov/div898/handbook/eda/section3/eda3672.htm
    for (const [degrees, t] of [
      [1, 12.706],
      [5, 2.571],
      [9, 2.262],
      [30, 2.042],
      [100, 1.984],
    ] as const) {
      expect(studentQuantile(0.05, degrees)).toBeCloseTo(t, 3)
    }
    expect(studentQuantile(0.05, 1e6)).toBeCloseTo(1.95997, 4)
  })

  it('agrees with the binomial tail it stands for (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, x) => {
          for (let k = 1; k <= n; k++) expect(incompleteBeta(x, k, n - k + 1)).toBeCloseTo(tail(n, k, x), 7)
        },
      ),
      { seed: 2, verbose: true, numRuns: 30 },
    )
  })
})

describe('clopperPearson', () => {
  it('gives the textbook intervals', () => {
    // R: binom.test(8, 10)$conf.int, binom.test(1, 20)$conf.int
    expect(clopperPearson(8, 10)).toEqual([expect.closeTo(0.4439045, 6), expect.closeTo(0.9747893, 6)])
    expect(clopperPearson(1, 20)).toEqual([expect.closeTo(0.001265089, 7), expect.closeTo(0.2487328, 6)])
  })

  it('never is one point: no event in 100 may be 3.6 %', () => {
    expect(clopperPearson(0, 100)).toEqual([0, expect.closeTo(1 - 0.025 ** (1 / 100), 9)])
    expect(clopperPearson(100, 100)).toEqual([expect.closeTo(0.025 ** (1 / 100), 9), 1])
    expect(clopperPearson(0, 0)).toEqual([0, 1])
  })
})

describe('rare events', () => {
  it('treats identical observations as exact binomial', () => {
    const [low, high] = identicalInterval(1, 100, FRACTION)
    expect([low, high]).toEqual([expect.closeTo(0.9638, 4), 1])
    expect(identicalInterval(0, 100, DIFFERENCE)).toEqual([
      expect.closeTo(-0.0362, 4),
      expect.closeTo(0.0362, 4),
    ])
  })

  it('is Clopper-Pearson for a few zeros among ones', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => (i < 3 ? 0 : 1))
    const [low, high] = clopperPearson(3, 200)
    expect(rareEventInterval(values, FRACTION)).toEqual([
      expect.closeTo(1 - high, 9),
      expect.closeTo(1 - low, 9),
    ])
  })

  it('leaves frequent deviations to the bootstrap', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => i % 2)
    expect(rareEventInterval(values, FRACTION)).toBeUndefined()
  })

  it('covers rare differences in both directions', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i < 2 ? 1 : i < 3 ? -1 : 0))
    const [low, high] = rareEventInterval(values, DIFFERENCE)!
    expect(low).toBeLessThan(-0.004)
    expect(high).toBeGreaterThan(0.006)
  })
})

function tail(n: number, k: number, p: number): number {
  let sum = 0
  for (let i = k; i <= n; i++) sum += choose(n, i) * p ** i * (1 - p) ** (n - i)
  return sum
}

function choose(n: number, k: number): number {
  let result = 1
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i
  return result
}
