import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { ridge } from '../../src/tune/ridge.js'
import { createScreen } from '../../src/tune/screen.js'
import { anOutcome, aTable } from '../metrics/builders.js'

const size = 300
const random = createRandom(7)
const column = (): Float64Array => Float64Array.from({ length: size }, () => random.next())

describe('createScreen', () => {
  const feature = column()
  const table = aTable({
    outcomes: [anOutcome('a', new Array<number>(size).fill(1), 1)],
    features: [feature],
  })
  const rungs = {
    count: 3,
    costUsd: [1, 2, 4].map((cost) => column().map((luck) => cost + luck)),
    quality: [column(), column().map((value) => value + 0.3), column().map((value) => value + 0.5)],
  }

  it('finds the cuts that trying all of them finds', () => {
    const worth = (low: number, high: number, price: number): number =>
      feature.reduce((sum, value, row) => {
        const rung = value >= high / 50 ? 2 : value >= low / 50 ? 1 : 0
        return sum + (rungs.quality[rung]?.[row] ?? NaN) - price * (rungs.costUsd[rung]?.[row] ?? NaN)
      }, 0) / size
    for (const price of [0.01, 0.1, 0.2, 1]) {
      const [found] = createScreen(table, rungs).best([0, 1], [price])
      let best = -Infinity
      for (let low = 0; low <= 50; low++) {
        for (let high = low; high <= 50; high++) best = Math.max(best, worth(low, high, price))
      }
      const [low = NaN, high = NaN] = found?.cuts ?? []
      expect(low).toBeLessThanOrEqual(high)
      expect(worth(low * 50, high * 50, price)).toBeCloseTo(
        (found?.quality ?? 0) - price * (found?.costUsd ?? 0),
        9,
      )
      expect(worth(low * 50, high * 50, price)).toBeGreaterThanOrEqual(best - 1e-9)
    }
  })
})

describe('ridge', () => {
  const [a, b] = [column(), column()]
  const target = a.map((value, row) => 0.3 + 2 * value - 0.7 * (b[row] ?? 0))

  it('finds a linear rule, and leaves out rows that are not known', () => {
    const found = ridge([a, b], target.with(3, NaN), 0)
    expect(found?.map((weight) => Number(weight.toFixed(6)))).toEqual([0.3, 2, -0.7])
  })

  it('shrinks weights with its strength, and says when there is nothing to fit', () => {
    expect(Math.abs(ridge([a, b], target, 0.1)?.[1] ?? NaN)).toBeLessThan(2)
    expect(ridge([a, b], target.fill(NaN), 0.1)).toBeUndefined()
  })
})
