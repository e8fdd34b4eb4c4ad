import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { convexHull, qualityOnHull } from '../../src/metrics/hull.js'
import { randomMix } from '../../src/metrics/random-mix.js'
import type { Point } from '../../src/metrics/result.js'

const point = (label: string, costUsd: number, quality: number): Point => ({ label, costUsd, quality })

describe('convexHull', () => {
  it('keeps the models that no mix of others beats', () => {
    const hull = convexHull([
      point('a', 1, 0.5),
      point('under the chord', 2, 0.55),
      point('b', 3, 0.8),
      point('worse and dearer', 4, 0.7),
      point('c', 5, 0.9),
    ])
    expect(hull.map(({ label }) => label)).toEqual(['a', 'b', 'c'])
  })

  it('takes the better of equally cheap models, and the cheaper of equally good ones', () => {
    const hull = convexHull([point('a', 1, 0.5), point('b', 1, 0.6), point('c', 2, 0.6)])
    expect(hull.map(({ label }) => label)).toEqual(['b'])
  })

  it('drops a point on the chord', () => {
    const hull = convexHull([point('a', 1, 0.25), point('b', 2, 0.5), point('c', 3, 0.75)])
    expect(hull.map(({ label }) => label)).toEqual(['a', 'c'])
  })

  const points = fc.array(
    fc.record({
      label: fc.constant('m'),
      costUsd: fc.integer({ min: 0, max: 1000 }).map((cost) => cost / 100),
      quality: fc.integer({ min: 0, max: 100 }).map((quality) => quality / 100),
    }),
    { minLength: 1, maxLength: 20 },
  )

  it('is rising, concave, and above every point (property)', () => {
    fc.assert(
      fc.property(points, (all) => {
        const hull = convexHull(all)
        for (const each of all) {
          expect(qualityOnHull(hull, each.costUsd)!).toBeGreaterThanOrEqual(each.quality - 1e-9)
        }
        const slopes = hull.slice(1).map((to, i) => {
          const from = hull[i]!
          expect(to.costUsd).toBeGreaterThan(from.costUsd)
          return (to.quality - from.quality) / (to.costUsd - from.costUsd)
        })
        slopes.forEach((slope, i) => {
          expect(slope).toBeGreaterThan(0)
          if (i > 0) expect(slope).toBeLessThan(slopes[i - 1]!)
        })
      }),
      { seed: 1, verbose: true },
    )
  })

  it('does not depend on the order of the points (property)', () => {
    fc.assert(
      fc.property(points, (all) => {
        const corners = (list: readonly Point[]) => convexHull(list).map((p) => [p.costUsd, p.quality])
        expect(corners([...all].reverse())).toEqual(corners(all))
      }),
      { seed: 1, verbose: true },
    )
  })
})

describe('qualityOnHull', () => {
  const hull = [point('a', 1, 0.5), point('b', 3, 0.9)]

  it('is linear between, flat to the right, unknown to the left', () => {
    expect(qualityOnHull(hull, 1)).toBe(0.5)
    expect(qualityOnHull(hull, 2)).toBeCloseTo(0.7, 12)
    expect(qualityOnHull(hull, 3)).toBe(0.9)
    expect(qualityOnHull(hull, 30)).toBe(0.9)
    expect(qualityOnHull(hull, 0.9)).toBeNull()
    expect(qualityOnHull([], 1)).toBeNull()
    expect(qualityOnHull(hull, NaN)).toBeNull()
  })

  it('does not lose the first point to the last bit of a sum', () => {
    expect(qualityOnHull(hull, 1 - 1e-15)).toBe(0.5)
  })
})

describe('randomMix', () => {
  it('lists mixes on the hull with their shares', () => {
    const mix = randomMix([point('a', 1, 0.5), point('b', 3, 0.9)], 1)
    expect(mix.map(({ label }) => label)).toEqual(['a', '50 % a + 50 % b', 'b'])
    expect(mix[1]!.costUsd).toBe(2)
    expect(mix[1]!.quality).toBeCloseTo(0.7, 12)
    expect(randomMix([])).toEqual([])
  })
})
