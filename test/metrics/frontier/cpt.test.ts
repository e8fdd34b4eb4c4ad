import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cptUsd } from '../../../src/metrics/frontier/cpt-usd.js'
import { cpt } from '../../../src/metrics/frontier/cpt.js'
import { pgr } from '../../../src/metrics/frontier/apgr.js'
import { seed } from '../../properties/seed.js'
import { aCurvePoint, aPair, aPoint, someCurve } from './curves.js'

const upsideDown = { weak: aPair.strong, strong: aPair.weak }

describe('cpt', () => {
  it('interpolates between points, with the models alone at the ends', () => {
    const curve = [aCurvePoint(0.2, 0.7)]
    expect(cpt(curve, aPair, 25)).toBeCloseTo(0.1, 12)
    expect(cpt(curve, aPair, 50)).toBeCloseTo(0.2, 12)
    expect(cpt(curve, aPair, 75)).toBeCloseTo(0.6, 12)
    expect(cpt(curve, aPair, 100)).toBe(1)
  })

  it('counts the first crossing of a curve that falls again', () => {
    const curve = [aCurvePoint(0.2, 0.9), aCurvePoint(0.4, 0.5)]
    expect(cpt(curve, aPair, 50)).toBeCloseTo(0.1, 12)
    expect(cpt(curve, aPair, 100)).toBe(0.2)
  })

  it('reaches 100 % at the strong model, whatever the last bit of a sum says', () => {
    const pair = { weak: aPoint(1, 0.03), strong: aPoint(5, 0.29) }
    expect(0.03 + (0.29 - 0.03)).toBeGreaterThan(0.29)
    expect(cpt([], pair, 100)).toBe(1)
  })

  it('crosses a step at its share', () => {
    expect(cpt([aCurvePoint(0.3, 0.9), aCurvePoint(0.3, 0.5)], aPair, 80)).toBeCloseTo(0.3, 12)
  })

  it('is null where there is no gap, and refuses percentages that are none', () => {
    expect(cpt([], upsideDown, 50)).toBeNull()
    expect(() => cpt([], aPair, 0)).toThrow('percent must be in (0, 100], got 0')
    expect(() => cpt([], aPair, 101)).toThrow('percent must be in (0, 100], got 101')
    expect(() => cpt([], aPair, NaN)).toThrow(RangeError)
  })
})

describe('cptUsd', () => {
  it('follows the cost of the same mixes', () => {
    expect(cptUsd([], aPair, 50)).toBeCloseTo(3, 12)
    expect(cptUsd([aCurvePoint(0.2, 0.7, 4)], aPair, 50)).toBeCloseTo(4, 12)
    expect(cptUsd([aCurvePoint(0.2, 0.7, 4)], aPair, 25)).toBeCloseTo(2.5, 12)
  })

  it('finds the cheapest place, which need not be the one with the fewest calls', () => {
    // Few long prompts on the strong model, or many short ones.
    const curve = [aCurvePoint(0.2, 0.7, 4), aCurvePoint(0.6, 0.7, 2)]
    expect(cpt(curve, aPair, 50)).toBeCloseTo(0.2, 12)
    expect(cptUsd(curve, aPair, 50)).toBeCloseTo(2, 12)
  })

  it('finds it where quality and cost fall together', () => {
    const curve = [aCurvePoint(0.1, 0.69, 8), aCurvePoint(0.2, 0.9, 4), aCurvePoint(0.4, 0.6, 1)]
    expect(cptUsd(curve, aPair, 50)).toBeCloseTo(2, 12)
  })

  it('is null where there is no gap', () => {
    expect(cptUsd([], upsideDown, 50)).toBeNull()
    expect(() => cptUsd([], aPair, -1)).toThrow(RangeError)
  })
})

describe(`both thresholds (properties, FC_SEED=${seed})`, () => {
  const percents = fc.integer({ min: 1, max: 100 })

  it('are x / 100 of the way for coins', () => {
    fc.assert(
      fc.property(percents, (percent) => {
        expect(cpt([], aPair, percent)).toBeCloseTo(percent / 100, 10)
        expect(cptUsd([], aPair, percent)).toBeCloseTo(1 + (4 * percent) / 100, 10)
      }),
      { seed },
    )
  })

  it('never fall as more is asked, and are no more than any setting that reaches it', () => {
    fc.assert(
      fc.property(someCurve, percents, percents, (curve, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)]
        expect(cpt(curve, aPair, less)!).toBeLessThanOrEqual(cpt(curve, aPair, more)! + 1e-12)
        expect(cptUsd(curve, aPair, less)!).toBeLessThanOrEqual(cptUsd(curve, aPair, more)! + 1e-12)
        for (const point of curve.filter(({ quality }) => pgr(quality, aPair)! >= less / 100 + 1e-9)) {
          expect(cpt(curve, aPair, less)!).toBeLessThanOrEqual(point.strongShare)
          expect(cptUsd(curve, aPair, less)!).toBeLessThanOrEqual(point.costUsd)
        }
      }),
      { seed },
    )
  })
})
