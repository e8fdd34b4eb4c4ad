import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestByFailurePrice, failurePricedCost } from '../../../src/metrics/frontier/failure-priced-cost.js'
import { seed } from '../../properties/seed.js'
import { aPoint, somePoints } from './curves.js'

const small = aPoint(1, 0.5, 'small')
const middle = aPoint(2, 0.75, 'middle')
const large = aPoint(5, 0.875, 'large')

describe('failurePricedCost', () => {
  it('adds the price of the failures', () => {
    expect(failurePricedCost(small, 0)).toBe(1)
    expect(failurePricedCost(small, 10)).toBe(6)
    expect(failurePricedCost(large, 10)).toBe(6.25)
  })

  it('refuses prices that are none', () => {
    expect(() => failurePricedCost(small, -1)).toThrow(
      'failurePriceUsd must be a finite number of at least 0, got -1',
    )
    expect(() => failurePricedCost(small, Infinity)).toThrow(RangeError)
  })
})

describe('bestByFailurePrice', () => {
  it('has the break-even prices along the hull', () => {
    // $1 for 0.25 more is worth it from $4 a failure, $3 for 0.125 more from $24.
    expect(bestByFailurePrice([large, aPoint(3, 0.76, 'below the hull'), small, middle])).toEqual([
      { point: small, fromUsd: 0, toUsd: 4 },
      { point: middle, fromUsd: 4, toUsd: 24 },
      { point: large, fromUsd: 24, toUsd: null },
    ])
  })

  it('has one model for all prices, or none', () => {
    expect(bestByFailurePrice([small])).toEqual([{ point: small, fromUsd: 0, toUsd: null }])
    expect(bestByFailurePrice([])).toEqual([])
  })

  it(`names a point of least cost at every price (property, FC_SEED=${seed})`, () => {
    const prices = fc.integer({ min: 0, max: 100_000 }).map((price) => price / 100)
    fc.assert(
      fc.property(somePoints, prices, (points, price) => {
        const ranges = bestByFailurePrice(points)
        const range = ranges.find(
          ({ fromUsd, toUsd }) => fromUsd <= price && (toUsd === null || price <= toUsd),
        )!
        const least = Math.min(...points.map((point) => failurePricedCost(point, price)))
        expect(failurePricedCost(range.point, price)).toBeCloseTo(least, 6)
        ranges.slice(1).forEach(({ fromUsd }, index) => expect(fromUsd).toBe(ranges[index]!.toUsd))
      }),
      { seed },
    )
  })
})
