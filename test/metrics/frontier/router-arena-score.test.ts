import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { routerArenaScore } from '../../../src/metrics/frontier/router-arena-score.js'
import { seed } from '../../properties/seed.js'
import { aPoint, shares } from './curves.js'

describe('routerArenaScore', () => {
  // Rows of https://github.com/RouteWorks/RouterArena: accuracy and score in percent, dollars per 1,000 requests.
  it.each([
    ['MIRT-BERT', 66.88, 0.15, 66.89],
    ['Azure-Router', 68.09, 0.54, 66.66],
    ['NIRT-BERT', 66.34, 0.21, 66.12],
    ['GPT-5', 73.96, 10.02, 64.32],
  ])('gives the published score of %s', (_, accuracy, per1000, score) => {
    // The costs are published to the cent, which moves the score of a cheap router in its second decimal.
    expect(Math.abs(routerArenaScore(aPoint(per1000 / 1000, accuracy / 100))! * 100 - score)).toBeLessThan(
      0.02,
    )
  })

  it('is 0 at the dear end and for wrong answers only, null off the scale', () => {
    expect(routerArenaScore(aPoint(0.2, 1))).toBe(0)
    expect(routerArenaScore(aPoint(0.2, 0))).toBe(0)
    expect(routerArenaScore(aPoint(0.0044 / 1000, 1))).toBeCloseTo(1, 9)
    expect(routerArenaScore(aPoint(0.3, 0.9))).toBeNull()
    expect(routerArenaScore(aPoint(0, 0.9))).toBeNull()
  })

  it('refuses qualities that are no shares', () => {
    expect(() => routerArenaScore(aPoint(0.01, 66.88))).toThrow('quality must be in [0, 1], got 66.88')
  })

  it(`rises with quality and falls with cost (property, FC_SEED=${seed})`, () => {
    const costs = fc.integer({ min: 1, max: 20_000 }).map((cents) => cents / 100_000)
    fc.assert(
      fc.property(costs, costs, shares, shares, (costA, costB, a, b) => {
        const [cheap, dear, low, high] = [
          Math.min(costA, costB),
          Math.max(costA, costB),
          Math.min(a, b),
          Math.max(a, b),
        ]
        expect(routerArenaScore(aPoint(cheap, high))!).toBeGreaterThanOrEqual(
          routerArenaScore(aPoint(dear, low))! - 1e-12,
        )
      }),
      { seed },
    )
  })
})
