import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPools } from '../../src/core/budget/pools.js'
import { histories, seed } from './seed.js'

const CAP = 1000
const FORGET = 60_000

const steps = fc.array(
  fc.record({
    after: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 50_000, max: 70_000 })),
    amount: fc.integer({ min: 1, max: 400 }),
    endsAfter: fc.integer({ min: 0, max: 100_000 }),
    charge: fc.integer({ min: 0, max: 400 }),
  }),
  { maxLength: 40 },
)

interface Held {
  readonly at: number
  readonly amount: number
  readonly due: number
  readonly charge: number
  readonly row: number
  charged: number | undefined
}

describe(`lifetimes (FC_SEED=${seed})`, () => {
  it.each([true, false])('count everything since their beginning; forgetting: %s', (forgets) => {
    fc.assert(
      fc.property(steps, (list) => {
        const pools = createPools({ kind: 'lifetime', ...(forgets && { forgetAfter: '60s' }) })
        let life: Held[] = []
        const earlier: Held[] = []
        let now = 0
        for (const { after, amount, endsAfter, charge } of list) {
          now += after
          for (const one of [...earlier, ...life].filter(
            ({ due, charged }) => due <= now && charged === undefined,
          )) {
            pools.end(one.row, { admittedAt: one.at, held: one.amount, charged: one.charge, at: now })
            one.charged = one.charge
          }
          const idle = life.length > 0 && now >= life.at(-1)!.at + FORGET
          if (forgets && idle && life.every(({ charged }) => charged !== undefined)) {
            earlier.push(...life)
            life = []
          }
          const used = life.reduce((sum, one) => sum + (one.charged ?? one.amount), 0)
          expect(pools.free(0, CAP, now)).toBe(CAP - used)
          const row = pools.hold(0, CAP, amount, now)
          life.push({ at: now, amount, due: now + endsAfter, charge, row, charged: undefined })
        }
      }),
      { seed, numRuns: histories(400) },
    )
  })

  it('say when they forget, or never', () => {
    const forever = createPools({ kind: 'lifetime' })
    forever.end(forever.hold(0, CAP, 900, 0), { admittedAt: 0, held: 900, charged: 900, at: 10 })
    expect(forever.earliest(0, { capNanoUsd: CAP, amount: 100, at: 20 })).toBe(20)
    expect(forever.earliest(0, { capNanoUsd: CAP, amount: 101, at: 20 })).toBeNull()
    const forgetful = createPools({ kind: 'lifetime', forgetAfter: '60s' })
    const row = forgetful.hold(0, CAP, 900, 0)
    forgetful.end(row, { admittedAt: 0, held: 900, charged: 900, at: 10 })
    const time = forgetful.earliest(0, { capNanoUsd: CAP, amount: 101, at: 20 })!
    expect(time).toBe(FORGET)
    expect(forgetful.free(0, CAP, time)).toBe(CAP)
    expect(forgetful.free(0, CAP, time - 1)).toBe(100)
    expect(forgetful.earliest(0, { capNanoUsd: CAP, amount: CAP + 1, at: 20 })).toBeNull()
  })

  it('a call in flight keeps a lifetime alive, and nobody is sent to ask again at once', () => {
    const pools = createPools({ kind: 'lifetime', forgetAfter: '1s' })
    const row = pools.hold(0, CAP, 900, 0)
    expect(pools.free(0, CAP, 5000)).toBe(100)
    expect(pools.earliest(0, { capNanoUsd: CAP, amount: 200, at: 5000 })).toBeGreaterThan(5000)
    pools.end(row, { admittedAt: 0, held: 900, charged: 900, at: 6000 })
    expect(pools.free(0, CAP, 6000)).toBe(CAP)
  })
})
