import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oracleGap } from '../../../src/metrics/frontier/oracle-gap.js'
import { convexHull } from '../../../src/metrics/hull.js'
import { seed } from '../../properties/seed.js'
import { aPoint, shares, somePoints } from './curves.js'

const singles = [aPoint(1, 0.5), aPoint(5, 0.9)]
const oracle = aPoint(2, 1)

describe('oracleGap', () => {
  it('stands between the hull and the oracle at its own cost', () => {
    // At $3 the hull is at 0.7.
    const gap = oracleGap(aPoint(3, 0.8), singles, oracle)!
    expect(gap.gain).toBeCloseTo(0.1, 12)
    expect(gap.gap).toBeCloseTo(0.2, 12)
    expect(gap.recovered).toBeCloseTo(1 / 3, 12)
  })

  it('mixes the oracle with the models below its cost', () => {
    // At $1.50: hull 0.55, half the cheapest model and half the oracle 0.75.
    expect(oracleGap(aPoint(1.5, 0.65), singles, oracle)!.recovered).toBeCloseTo(0.5, 12)
  })

  it('has a negative share below the hull', () => {
    expect(oracleGap(aPoint(3, 0.6), singles, oracle)!.recovered).toBeCloseTo(-1 / 3, 12)
  })

  it('is null left of the hull, and has no share where the oracle gains nothing', () => {
    expect(oracleGap(aPoint(0.5, 0.5), singles, oracle)).toBeNull()
    expect(oracleGap(aPoint(3, 0.5), [], oracle)).toBeNull()
    expect(oracleGap(aPoint(5, 0.9), singles, aPoint(5, 0.9))).toEqual({ gain: 0, gap: 0, recovered: null })
    expect(oracleGap(aPoint(1, 0.5), singles, oracle)!.recovered).toBeNull()
  })

  it(`is 0 on the hull and 1 at the oracle (property, FC_SEED=${seed})`, () => {
    fc.assert(
      fc.property(somePoints, shares, (points, above) => {
        const hull = convexHull(points)
        const best = aPoint(hull[0]!.costUsd, Math.max(...points.map(({ quality }) => quality)) + above)
        for (const point of hull) expect(oracleGap(point, points, best)!.recovered ?? 0).toBeCloseTo(0, 9)
        expect(oracleGap(best, points, best)!.recovered ?? 1).toBeCloseTo(1, 9)
      }),
      { seed },
    )
  })
})
