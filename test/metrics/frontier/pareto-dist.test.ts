import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { paretoDist } from '../../../src/metrics/frontier/pareto-dist.js'
import { seed } from '../../properties/seed.js'
import { aPoint, somePoints } from './curves.js'

const singles = [aPoint(1, 0.5), aPoint(10, 0.7), aPoint(100, 0.9)]

describe('paretoDist', () => {
  it('is 0 on the front', () => {
    expect(paretoDist([aPoint(10, 0.7)], singles)).toBe(0)
    expect(paretoDist([aPoint(3, 0.8)], singles)).toBe(0)
  })

  it('adds the scaled differences of log cost and quality to the nearest point of the front', () => {
    // log10 cost is scaled by 2, quality by 0.4: ($10, 0.6) is a quarter below ($10, 0.7).
    expect(paretoDist([aPoint(10, 0.6)], singles)).toBeCloseTo(0.25, 12)
    // ($100, 0.7) is half a scale from ($10, 0.7) and from ($100, 0.9).
    expect(paretoDist([aPoint(100, 0.7)], singles)).toBeCloseTo(0.5, 12)
    expect(paretoDist([aPoint(10, 0.6), aPoint(100, 0.7)], singles)).toBeCloseTo(0.375, 12)
  })

  it('counts an axis on which all are equal as 0', () => {
    expect(paretoDist([aPoint(10, 0.5)], [aPoint(1, 0.5)])).toBeCloseTo(1, 12)
    expect(paretoDist([aPoint(1, 0.5)], [aPoint(1, 0.5)])).toBe(0)
    expect(paretoDist([aPoint(1, 0.5)], [])).toBe(0)
  })

  it('is null without points and where something is free, and refuses costs that are none', () => {
    expect(paretoDist([], singles)).toBeNull()
    expect(paretoDist([aPoint(0, 0.5)], singles)).toBeNull()
    expect(() => paretoDist([aPoint(-1, 0.5)], singles)).toThrow('costUsd must be at least 0, got -1')
    expect(() => paretoDist([aPoint(NaN, 0.5)], singles)).toThrow(RangeError)
  })

  it(`lies in [0, 2] and knows no unit of cost (property, FC_SEED=${seed})`, () => {
    fc.assert(
      fc.property(somePoints, somePoints, (router, others) => {
        const distance = paretoDist(router, others)!
        expect(distance).toBeGreaterThanOrEqual(0)
        expect(distance).toBeLessThanOrEqual(2 + 1e-9)
        const cents = (points: typeof router) =>
          points.map((point) => ({ ...point, costUsd: point.costUsd * 100 }))
        expect(paretoDist(cents(router), cents(others))).toBeCloseTo(distance, 9)
      }),
      { seed },
    )
  })
})
