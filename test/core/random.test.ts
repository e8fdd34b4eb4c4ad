import { describe, expect, it } from 'vitest'
import { createRandom, draw } from '../../src/core/random.js'

/** Chi-square of counts that should be equal; its mean is the number of bins less 1, its deviation the root of twice that. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

function binned(bins: number, size: number, at: (i: number) => number): number[] {
  const counts = new Array<number>(bins).fill(0)
  for (let i = 0; i < size; i++) counts[Math.floor(at(i) * bins)]!++
  return counts
}

describe('draw', () => {
  it.each([
    ['request ids that count up', (i: number) => draw(1, `r${i}`, 'mix')],
    ['seeds that count up', (i: number) => draw(i, 'r1', 'mix')],
    ['purposes that count up', (i: number) => draw(1, 'r1', `p${i}`)],
    ['ids of one character', (i: number) => draw(1, String.fromCharCode(i), 'mix')],
  ])('is uniform over %s', (_name, at) => {
    // 99 degrees of freedom: five standard deviations above the mean.
    expect(chiSquare(binned(100, 50_000, at))).toBeLessThan(99 + 5 * Math.sqrt(198))
  })

  it('is uniform in its low bits, which the shares of a mix never look at', () => {
    const low = (i: number): number => (draw(7, `r${i}`, 'mix') * 2 ** 40) % 1
    expect(chiSquare(binned(64, 50_000, low))).toBeLessThan(63 + 5 * Math.sqrt(126))
  })

  it('of two purposes and of two seeds does not go together', () => {
    const pairs = (second: (i: number) => number): number[] => {
      const counts = new Array<number>(100).fill(0)
      for (let i = 0; i < 50_000; i++)
        counts[Math.floor(draw(1, `r${i}`, 'a') * 10) * 10 + Math.floor(second(i) * 10)]!++
      return counts
    }
    expect(chiSquare(pairs((i) => draw(1, `r${i}`, 'b')))).toBeLessThan(99 + 5 * Math.sqrt(198))
    expect(chiSquare(pairs((i) => draw(2, `r${i}`, 'a')))).toBeLessThan(99 + 5 * Math.sqrt(198))
  })

  it('depends on its arguments alone and stays in [0, 1)', () => {
    expect(draw(1, 'r1', 'mix')).toBe(draw(1, 'r1', 'mix'))
    expect(
      new Set([draw(1, 'r1', 'mix'), draw(2, 'r1', 'mix'), draw(1, 'r2', 'mix'), draw(1, 'r1', 'x')]).size,
    ).toBe(4)
    expect(draw(1, 'ab', 'c')).not.toBe(draw(1, 'a', 'bc'))
    for (let i = 0; i < 10_000; i++) {
      const value = draw(i, '', '')
      expect(value >= 0 && value < 1).toBe(true)
    }
  })
})

describe('a random stream', () => {
  it('is uniform and the same for the same seed', () => {
    const random = createRandom(42)
    expect(chiSquare(binned(100, 50_000, () => random.next()))).toBeLessThan(99 + 5 * Math.sqrt(198))
    const [one, two] = [createRandom(7), createRandom(7)]
    for (let i = 0; i < 100; i++) expect(one.next()).toBe(two.next())
  })

  it('draws whole numbers below a bound', () => {
    const random = createRandom(3)
    const counts = new Array<number>(7).fill(0)
    for (let i = 0; i < 14_000; i++) counts[random.below(7)]!++
    expect(chiSquare(counts)).toBeLessThan(6 + 5 * Math.sqrt(12))
  })
})
