import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aiqRouterbenchCode } from '../../../src/metrics/frontier/aiq-routerbench-code.js'
import { aiq } from '../../../src/metrics/frontier/aiq.js'
import { areaUnder } from '../../../src/metrics/frontier/area-under.js'
import { convexHull, qualityOnHull } from '../../../src/metrics/hull.js'
import { seed } from '../../properties/seed.js'
import { aPoint, somePoints } from './curves.js'

const points = [aPoint(1, 0.5), aPoint(2, 0.4), aPoint(3, 0.9)]

describe('areaUnder', () => {
  it('adds trapezoids; a step and a single corner have no area', () => {
    const corners = [
      { x: 0, y: 1 },
      { x: 2, y: 3 },
      { x: 2, y: 5 },
      { x: 3, y: 5 },
    ]
    expect(areaUnder(corners)).toBe(4 + 5)
    expect(areaUnder(corners.slice(0, 1))).toBe(0)
    expect(areaUnder([])).toBe(0)
  })
})

describe('aiq', () => {
  it('is the mean height of the hull over the range', () => {
    // From 0.5 to 0.9 in a line, then flat: (2 * 0.7 + 1 * 0.9) / 3.
    expect(aiq(points, { fromUsd: 1, toUsd: 4 })).toBeCloseTo(2.3 / 3, 12)
    expect(aiq(points, { fromUsd: 2, toUsd: 3 })).toBeCloseTo(0.8, 12)
    expect(aiq([...points, aPoint(5, 1)], { fromUsd: 1, toUsd: 2 })).toBeCloseTo(0.6, 12)
  })

  it('is null where the range has no width or begins left of the hull', () => {
    expect(aiq(points, { fromUsd: 2, toUsd: 2 })).toBeNull()
    expect(aiq(points, { fromUsd: 0.5, toUsd: 4 })).toBeNull()
    expect(aiq([], { fromUsd: 1, toUsd: 4 })).toBeNull()
  })

  it('refuses a range that is none', () => {
    expect(() => aiq(points, { fromUsd: -1, toUsd: 4 })).toThrow('fromUsd must be at least 0, got -1')
    expect(() => aiq(points, { fromUsd: 4, toUsd: 1 })).toThrow(
      'toUsd must be a finite number of at least fromUsd (4), got 1',
    )
    expect(() => aiq(points, { fromUsd: 1, toUsd: Infinity })).toThrow(RangeError)
    expect(() => aiq(points, { fromUsd: NaN, toUsd: 1 })).toThrow(RangeError)
  })

  it(`is what a fine sum under the hull gives (property, FC_SEED=${seed})`, () => {
    fc.assert(
      fc.property(somePoints, (all) => {
        const hull = convexHull(all)
        const [fromUsd, toUsd, steps] = [hull[0]!.costUsd, 11, 2000]
        let height = 0
        for (let i = 0; i < steps; i++) {
          height += qualityOnHull(hull, fromUsd + ((i + 0.5) / steps) * (toUsd - fromUsd))!
        }
        expect(aiq(all, { fromUsd, toUsd })).toBeCloseTo(height / steps, 3)
      }),
      { seed },
    )
  })

  it(`never falls by one more point, and does not depend on the unit of cost (property, FC_SEED=${seed})`, () => {
    fc.assert(
      fc.property(somePoints, somePoints, (all, more) => {
        const range = { fromUsd: Math.max(...all.map(({ costUsd }) => costUsd)), toUsd: 11 }
        const value = aiq(all, range)!
        expect(aiq([...all, ...more], range)!).toBeGreaterThanOrEqual(value - 1e-12)
        const cents = all.map((point) => ({ ...point, costUsd: point.costUsd * 100 }))
        expect(aiq(cents, { fromUsd: range.fromUsd * 100, toUsd: 1100 })).toBeCloseTo(value, 9)
      }),
      { seed },
    )
  })
})

describe('aiqRouterbenchCode', () => {
  it('starts at the first cost and divides by the last', () => {
    expect(aiqRouterbenchCode(points, 4)).toBeCloseTo(2.3 / 4, 12)
    expect(aiqRouterbenchCode(points, 3)).toBeCloseTo(1.4 / 3, 12)
  })

  it('is null without points and where everything is free', () => {
    expect(aiqRouterbenchCode([], 4)).toBeNull()
    expect(aiqRouterbenchCode([aPoint(0, 0.5)], 0)).toBeNull()
  })

  it('refuses a greatest cost that the hull passes', () => {
    expect(() => aiqRouterbenchCode(points, 2)).toThrow(
      "maxCostUsd must be a finite number of at least the hull's last cost (3), got 2",
    )
    expect(() => aiqRouterbenchCode(points, Infinity)).toThrow(RangeError)
  })

  it(`is the paper's form times the covered part of the range (property, FC_SEED=${seed})`, () => {
    fc.assert(
      fc.property(somePoints, (all) => {
        const fromUsd = convexHull(all)[0]!.costUsd
        const paper = aiq(all, { fromUsd, toUsd: 20 })!
        expect(aiqRouterbenchCode(all, 20)).toBeCloseTo(paper * (1 - fromUsd / 20), 10)
      }),
      { seed },
    )
  })
})
