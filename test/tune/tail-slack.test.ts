import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import type { Bound } from '../../src/tune/evaluate.js'
import { parseConstraint } from '../../src/tune/objective.js'
import { tailSlack } from '../../src/tune/tail-slack.js'
import { tailOf } from '../../src/tune/tail.js'

const bound = (text: string, segment?: Uint8Array): Bound => ({ ...parseConstraint(text), segment })
const all = (size: number): Uint8Array => new Uint8Array(size).fill(1)
const slow = (size: number, share: number): Float64Array =>
  Float64Array.from({ length: size }, (_, row) => (row < share * size ? 9000 : 800))

describe('tailSlack', () => {
  const limit = bound('latencyP95Ms <= 1000')

  it('is the share that may be above the bound, less the share that is', () => {
    const of = (share: number) => tailSlack(limit, { values: slow(1000, share), rows: all(1000) }, undefined)
    expect(of(0.02).value).toBeCloseTo(0.03, 12)
    expect(of(0.08).value).toBeCloseTo(-0.03, 12)
    const { values, value } = of(0.02)
    expect(values.reduce((sum, one) => sum + one, 0) / 1000).toBeCloseTo(value, 12)
    const least = bound('latencyP95Ms >= 1000')
    expect(tailSlack(least, { values: slow(1000, 0.08), rows: all(1000) }, undefined).value).toBeCloseTo(0.03)
  })

  it.each([
    [0, true, true],
    [71, false, false],
    [72, true, true],
  ])('of %i requests that all keep it is sure: %s', (size, isFirm, isSure) => {
    const rows = Uint8Array.from({ length: 500 }, (_, row) => (row < size ? 1 : 0))
    const { firm, value, leastDoubt } = tailSlack(limit, { values: slow(500, 0), rows }, undefined)
    expect([firm, value - leastDoubt >= 0]).toEqual([isFirm, isSure])
  })

  it('is of the requests of its segment', () => {
    const segment = Uint8Array.from({ length: 1000 }, (_, row) => (row < 500 ? 1 : 0))
    const of = bound('latencyP95Ms[task=a] <= 1000', segment)
    const { value, values } = tailSlack(of, { values: slow(1000, 0.02), rows: all(1000) }, undefined)
    expect(value).toBeCloseTo(0.01, 12)
    expect(values[999]).toBeNaN()
  })

  it('is unknown where too many values are', () => {
    const values = slow(1000, 0).map((value, row) => (row % 10 === 0 ? NaN : value))
    expect(tailSlack(limit, { values, rows: all(1000) }, undefined).value).toBeNaN()
  })

  it('takes the luck of the baseline in, and none where both took the same', () => {
    const random = createRandom(4)
    const values = Float64Array.from({ length: 2000 }, () => 1000 * (1 + random.next()))
    const rows = all(2000)
    const [fixed, relative] = [
      `latencyP95Ms <= ${tailOf({ values, rows }, undefined).value}`,
      'latencyP95Ms <= baseline',
    ]
    const spread = (text: string, baseline: Float64Array): number => {
      const { value, values: slacks } = tailSlack(
        bound(text),
        { values, rows },
        tailOf({ values: baseline, rows }, undefined),
      )
      return Math.sqrt(slacks.reduce((sum, one) => sum + (one - value) ** 2, 0) / 2000)
    }
    const others = values.map((_, row) => values[(row * 7 + 3) % 2000] ?? NaN)
    expect(spread(relative, values)).toBeLessThan(0.5 * spread(fixed, values))
    expect(spread(relative, others)).toBeGreaterThan(1.2 * spread(fixed, values))
  })
})
