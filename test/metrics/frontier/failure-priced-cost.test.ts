import { describe, expect, it } from 'vitest'
import { failurePricedCost } from '../../../src/metrics/frontier/failure-priced-cost.js'
import { aPoint } from './curves.js'

describe('failurePricedCost', () => {
  it('adds the price of the wrong answers', () => {
    expect(failurePricedCost(aPoint(1, 0.5), 0)).toBe(1)
    expect(failurePricedCost(aPoint(1, 0.5), 10)).toBe(6)
    expect(failurePricedCost(aPoint(5, 0.875), 10)).toBe(6.25)
  })

  it('refuses prices that are none', () => {
    expect(() => failurePricedCost(aPoint(1, 0.5), -1)).toThrow(/at least 0, got -1/)
    expect(() => failurePricedCost(aPoint(1, 0.5), Infinity)).toThrow(RangeError)
  })
})
