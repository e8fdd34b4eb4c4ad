import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apgr, pgr } from '../../../src/metrics/frontier/apgr.js'
import { seed } from '../../properties/seed.js'
import { aCurvePoint, aPair, aPoint, shares, someCurve } from './curves.js'

const upsideDown = { weak: aPair.strong, strong: aPair.weak }

describe('pgr', () => {
  it('is 0 at the weak model, 1 at the strong one, and goes beyond', () => {
    expect(pgr(0.5, aPair)).toBe(0)
    expect(pgr(0.7, aPair)).toBeCloseTo(0.5, 12)
    expect(pgr(0.9, aPair)).toBe(1)
    expect(pgr(0.4, aPair)).toBeCloseTo(-0.25, 12)
    expect(pgr(0.98, aPair)).toBeCloseTo(1.2, 12)
  })

  it('is null where there is no gap', () => {
    expect(pgr(0.7, upsideDown)).toBeNull()
    expect(pgr(0.7, { weak: aPoint(1, 0.7), strong: aPoint(5, 0.7) })).toBeNull()
    expect(pgr(0.7, { weak: aPoint(1, 0.3), strong: aPoint(5, 0.1 + 0.2) }), 'a rounding error').toBeNull()
  })
})

describe('apgr', () => {
  it('is the area under the recovered gap, linear between points', () => {
    // Recovered: 0 at 0, 1 at a half, 1 at 1.
    expect(apgr([aCurvePoint(0.5, 0.9)], aPair)).toBeCloseTo(0.75, 12)
    // 0 at 0, 0.5 at 0.25, 1 at 1: 0.0625 + 0.5625.
    expect(apgr([aCurvePoint(0.25, 0.7)], aPair)).toBeCloseTo(0.625, 12)
  })

  it('takes two qualities at one share as a step, in whatever order they come', () => {
    const step = [aCurvePoint(0.5, 0.9), aCurvePoint(0.5, 0.5)]
    expect(apgr(step, aPair)).toBeCloseTo(0.5, 12)
    expect(apgr([...step].reverse(), aPair)).toBeCloseTo(0.5, 12)
  })

  it('is null where there is no gap, and refuses shares outside [0, 1]', () => {
    expect(apgr([], upsideDown)).toBeNull()
    expect(() => apgr([aCurvePoint(1.5, 0.9)], aPair)).toThrow('strongShare must be in [0, 1], got 1.5')
    expect(() => apgr([aCurvePoint(NaN, 0.9)], aPair)).toThrow(RangeError)
  })

  it(`is a half for coins, whatever their settings (property, FC_SEED=${seed})`, () => {
    fc.assert(
      fc.property(fc.array(shares), (settings) => {
        const coins = settings.map((share) => aCurvePoint(share, 0.5 + 0.4 * share))
        expect(apgr(coins, aPair)).toBeCloseTo(0.5, 10)
      }),
      { seed },
    )
  })

  it(`lies between the least and the most that is recovered anywhere (property, FC_SEED=${seed})`, () => {
    fc.assert(
      fc.property(someCurve, (curve) => {
        const recovered = [0, 1, ...curve.map(({ quality }) => pgr(quality, aPair)!)]
        expect(apgr(curve, aPair)!).toBeGreaterThanOrEqual(Math.min(...recovered) - 1e-12)
        expect(apgr(curve, aPair)!).toBeLessThanOrEqual(Math.max(...recovered) + 1e-12)
      }),
      { seed },
    )
  })
})
