import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPools } from '../../src/core/budget/pools.js'
import { histories, seed } from './seed.js'

interface Held {
  readonly at: number
  readonly amount: number
  charged: number | undefined
  readonly due: number
  readonly charge: number
  row: number
}

const SECOND = 1000
const CAP = 1000

/** Steps of a history: wait, ask for an amount, and let it end later with some charge. */
const steps = fc.array(
  fc.record({
    after: fc.oneof(fc.integer({ min: 0, max: 3 * SECOND }), fc.integer({ min: 0, max: 30 * SECOND })),
    amount: fc.integer({ min: 1, max: 600 }),
    endsAfter: fc.integer({ min: 0, max: 90 * SECOND }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 60 },
)
const duration = fc.constantFrom(10, 45, 60)
const buckets = fc.constantFrom(1, 2, 7, 60)
const start = fc.integer({ min: -100_000, max: 1_800_000_000_000 })

/** Sums of a plain list: what the exact window and the window in whole buckets hold. */
const exactly = (held: readonly Held[], at: number, length: number): number =>
  held
    .filter((one) => one.at > at - length && one.at <= at)
    .reduce((sum, one) => sum + (one.charged ?? one.amount), 0)
const inBuckets = (held: readonly Held[], at: number, count: number, width: number): number =>
  held
    .filter((one) => Math.floor(one.at / width) >= Math.floor(at / width) - count)
    .reduce((sum, one) => sum + (one.charged ?? one.amount), 0)

describe(`sliding windows (FC_SEED=${seed})`, () => {
  it('hold what their whole buckets hold, and never admit what the exact window refuses', () => {
    fc.assert(
      fc.property(duration, buckets, start, steps, (seconds, count, from, list) => {
        const pools = createPools({
          kind: 'sliding',
          budgetDuration: `${seconds}s`,
          buckets: count,
        })
        const length = seconds * SECOND
        const width = Math.ceil(length / count)
        const held: Held[] = []
        let now = from
        for (const { after, amount, endsAfter, share } of list) {
          now += after
          for (const one of held.filter(({ due, charged }) => due <= now && charged === undefined)) {
            pools.end(one.row, { admittedAt: one.at, held: one.amount, charged: one.charge, at: now })
            one.charged = one.charge
          }
          const free = pools.free(0, CAP, now)
          expect(free).toBe(CAP - inBuckets(held, now, count, width))
          expect(free).toBeLessThanOrEqual(CAP - exactly(held, now, length))
          if (amount > free) continue
          const charge = Math.floor(amount * share)
          const row = pools.hold(0, CAP, amount, now)
          held.push({ at: now, amount, charged: undefined, due: now + endsAfter, charge, row })
          for (const { at } of held) expect(exactly(held, at, length)).toBeLessThanOrEqual(CAP)
        }
        const spent = held.reduce((sum, one) => sum + (one.charged ?? 0), 0)
        if (held.length > 0) expect(pools.row(0).spent).toBe(spent)
        if (held.length > 0) expect(pools.row(0).peak).toBeLessThanOrEqual(CAP)
      }),
      { seed, numRuns: histories(400) },
    )
  })

  it('say exactly when an amount fits', () => {
    fc.assert(
      fc.property(duration, buckets, start, steps, (seconds, count, from, list) => {
        const pools = createPools({
          kind: 'sliding',
          budgetDuration: `${seconds}s`,
          buckets: count,
        })
        let now = from
        for (const { after, amount } of list) {
          now += after
          const time = pools.earliest(0, { capNanoUsd: CAP, amount, at: now })!
          expect(time).toBeGreaterThanOrEqual(now)
          expect(pools.free(0, CAP, time)).toBeGreaterThanOrEqual(amount)
          if (time > now) expect(pools.free(0, CAP, time - 1)).toBeLessThan(amount)
          else pools.hold(0, CAP, amount, now)
        }
        expect(pools.earliest(0, { capNanoUsd: CAP, amount: CAP + 1, at: now })).toBeNull()
      }),
      { seed, numRuns: histories(400) },
    )
  })

  it('a refund goes to the bucket of its admission, and nowhere once that has left', () => {
    const pools = createPools({ kind: 'sliding', budgetDuration: '10s', buckets: 10 })
    const row = pools.hold(0, CAP, 100, 0)
    pools.end(row, { admittedAt: 0, held: 100, charged: 100, at: 5000 })
    pools.refund(row, { admittedAt: 0, amount: 30, at: 6000 })
    expect(pools.used(0, 6000)).toEqual({ spent: 70, held: 0 })
    const later = pools.hold(0, CAP, 200, 40_000)
    pools.refund(row, { admittedAt: 0, amount: 30, at: 40_000 })
    expect(later).toBe(row)
    expect(pools.used(0, 40_000)).toEqual({ spent: 0, held: 200 })
  })

  it('takes no time proportional to the square of its buckets to say when', () => {
    const pools = createPools({ kind: 'sliding', budgetDuration: '10000s', buckets: 10_000 })
    for (let i = 0; i < 1000; i++) pools.hold(0, CAP, 1, i * 10_000)
    expect(pools.earliest(0, { capNanoUsd: CAP, amount: CAP, at: 9_990_000 })).toBe(19_991_000)
  })
})
