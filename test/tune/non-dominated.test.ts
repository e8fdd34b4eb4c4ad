import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byRank, dominates } from '../../src/tune/non-dominated.js'
import type { Reached } from '../../src/tune/trial.js'
import { seed } from '../properties/seed.js'

/** Of so much room, where luck asks for 0.1 and half as much again is worth something. */
const reached = (loss: number, aimed: number): Reached => ({
  loss,
  aimed,
  slack: aimed + 0.1,
  roomy: aimed - 0.05,
  costUsd: loss,
  quality: 0.5,
})

describe('dominates', () => {
  it('puts who keeps the constraints before who does not, and of these the nearer one', () => {
    expect(dominates(reached(9, 0), reached(1, -0.01))).toBe(true)
    expect(dominates(reached(1, -0.01), reached(9, 0))).toBe(false)
    expect(dominates(reached(9, -0.01), reached(1, -0.02))).toBe(true)
  })

  it('weighs loss against room, up to as much as is worth something', () => {
    expect(dominates(reached(1, 0.02), reached(2, 0.01))).toBe(true)
    expect(dominates(reached(1, 0.01), reached(2, 0.02))).toBe(false)
    expect(dominates(reached(1, 0.06), reached(2, 0.5))).toBe(true)
  })
})

describe(`byRank (FC_SEED=${seed})`, () => {
  const some = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: -3, max: 6 }))
      .map(([loss, room]) => reached(loss, room / 100)),
    { maxLength: 25 },
  )

  it('keeps all, and puts nobody before one that dominates it', () => {
    fc.assert(
      fc.property(some, (candidates) => {
        const ranked = byRank(candidates)
        expect(new Set(ranked)).toEqual(new Set(candidates))
        ranked.forEach((one, place) =>
          ranked.slice(place + 1).forEach((later) => expect(dominates(later, one)).toBe(false)),
        )
      }),
      { seed },
    )
  })

  it('puts the ends of a front first, then the loneliest', () => {
    const front = [
      reached(1, 0.001),
      reached(1.1, 0.002),
      reached(1.2, 0.003),
      reached(2.5, 0.03),
      reached(3, 0.05),
    ]
    const [first, second, third] = byRank(front).map(({ loss }) => loss)
    expect([first, second]).toEqual([1, 3])
    expect(third).toBe(2.5)
  })
})
