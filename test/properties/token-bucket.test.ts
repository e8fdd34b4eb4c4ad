import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPools } from '../../src/core/budget/pools.js'
import { durationMs } from '../../src/core/duration.js'
import { nanoUsd } from '../../src/core/money.js'
import { createReservationBook } from '../../src/core/budget/reservation-book.js'
import { compileBudget } from '../../src/core/budget/budget.js'
import { anAmount } from './history.js'
import { aPolicy } from '../builders/a-policy.js'
import { histories, seed } from './seed.js'

/** Nano-dollars per period: rates that divide evenly, never, and so large that doubles would round. */
const rate = fc.constantFrom(
  { usd: 4, per: '1h' },
  { usd: 4.123456789, per: '1h' },
  { usd: 0.000000007, per: '13s' },
  { usd: 1234.567891234, per: '7d' },
  { usd: 9_000_000.000000001, per: '1s' },
  { usd: 0, per: '1d' },
)
const CAPACITY_USD = 20
const CAPACITY = nanoUsd(CAPACITY_USD)

const steps = fc.array(
  fc.record({
    after: fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 5_000_000 }),
      fc.integer({ min: 0, max: 1e10 }),
    ),
    amount: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: CAPACITY })),
    endsAfter: fc.integer({ min: 0, max: 10_000_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 40 },
)

/** A level in exact fractions: nano-dollars x the period's milliseconds. */
function exactBucket(usd: number, per: string) {
  const ms = BigInt(durationMs(per))
  const nano = BigInt(nanoUsd(usd))
  const full = BigInt(CAPACITY) * ms
  let level = full
  let heldNano = 0n
  let last: number | undefined
  const missingFloor = (): bigint => full - level
  return {
    /** Available in whole nano-dollars: what is missing rounds up. */
    available(at: number): number {
      if (last !== undefined) level += BigInt(at - last) * nano
      if (level > full) level = full
      last = at
      return CAPACITY - Number((missingFloor() + ms - 1n) / ms) - Number(heldNano)
    },
    hold: (amount: number) => void (heldNano += BigInt(amount)),
    end(held: number, charged: number) {
      heldNano -= BigInt(held)
      level -= BigInt(charged) * ms
    },
  }
}

describe(`token buckets (FC_SEED=${seed})`, () => {
  it('refill exactly, hold no more than their capacity, and keep the bound of every interval', () => {
    fc.assert(
      fc.property(rate, steps, fc.integer({ min: 0, max: 1.8e12 }), ({ usd, per }, list, from) => {
        const refillRate = { usd, per }
        const pools = createPools({ kind: 'tokenBucket', capacity: CAPACITY_USD, refillRate })
        const reference = exactBucket(usd, per)
        const held: {
          at: number
          amount: number
          charged: number | undefined
          due: number
          charge: number
          row: number
        }[] = []
        let now = from
        for (const { after, amount, endsAfter, share } of list) {
          now += after
          for (const one of held.filter(({ due, charged }) => due <= now && charged === undefined)) {
            pools.end(one.row, { admittedAt: one.at, held: one.amount, charged: one.charge, at: now })
            reference.available(now)
            reference.end(one.amount, one.charge)
            one.charged = one.charge
          }
          const free = pools.free(0, CAPACITY, now)
          expect(free).toBe(reference.available(now))
          expect(free + pools.used(0, now).held).toBeLessThanOrEqual(CAPACITY)
          if (amount > free) {
            const state = JSON.stringify(pools.save())
            pools.earliest(0, { capNanoUsd: CAPACITY, amount, at: now })
            pools.free(0, CAPACITY, now)
            expect(JSON.stringify(pools.save())).toBe(state)
            continue
          }
          const row = pools.hold(0, CAPACITY, amount, now)
          reference.hold(amount)
          held.push({
            at: now,
            amount,
            charged: undefined,
            due: now + endsAfter,
            charge: Math.floor(amount * share),
            row,
          })
        }
        keepsIntervals(
          held.map(({ at, amount, charged }) => ({ at, amount: charged ?? amount })),
          usd,
          per,
        )
      }),
      { seed, numRuns: histories(400) },
    )
  })

  it('say exactly when an amount fits', () => {
    fc.assert(
      fc.property(rate, steps, ({ usd, per }, list) => {
        const refillRate = { usd, per }
        const pools = createPools({ kind: 'tokenBucket', capacity: CAPACITY_USD, refillRate })
        let now = 0
        for (const { after, amount } of list) {
          now += after
          const time = pools.earliest(0, { capNanoUsd: CAPACITY, amount, at: now })
          if (time === null) {
            expect(usd).toBe(0)
            continue
          }
          expect(time).toBeGreaterThanOrEqual(now)
          expect(pools.free(0, CAPACITY, time)).toBeGreaterThanOrEqual(amount)
          if (time > now) expect(pools.free(0, CAPACITY, time - 1)).toBeLessThan(amount)
          else
            pools.end(pools.hold(0, CAPACITY, amount, now), {
              admittedAt: now,
              held: amount,
              charged: amount,
              at: now,
            })
        }
      }),
      { seed, numRuns: histories(400) },
    )
  })

  it('keep the bound of every interval although late answers lower expired charges', () => {
    const late = fc.array(
      fc.record({
        after: fc.integer({ min: 0, max: 2000 }),
        amount: fc.integer({ min: 1, max: 20 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        lateBy: fc.integer({ min: 0, max: 6000 }),
      }),
      { minLength: 2, maxLength: 40 },
    )
    const window = { kind: 'tokenBucket' as const, capacity: 20e-9, refillRate: { usd: 3e-9, per: '1s' } }
    const policy = aPolicy({ budgets: [{ id: 'b', scope: 'org', window }] })
    fc.assert(
      fc.property(late, (list) => {
        const book = createReservationBook(policy.budgets.map((budget) => budget))
        const charges = new Map<string, { at: number; amount: number }>()
        const due: { at: number; act: () => void }[] = []
        let now = 0
        for (const [index, { after, amount, share, lateBy }] of list.entries()) {
          now += after
          due.sort((a, b) => a.at - b.at)
          while (due[0] !== undefined && due[0].at <= now) due.shift()!.act()
          const id = `r${index}`
          const admission = book.admit(
            id,
            anAmount(
              book,
              [{ budgetId: 'b', label: 'acme', capNanoUsd: 20, reserve: undefined, softNanoUsd: undefined }],
              amount,
              now,
            ),
          )
          if (admission.kind === 'refused') continue
          charges.set(id, { at: now, amount })
          const end = (kind: 'expired' | 'settled', chargeNanoUsd: number, at: number) => () => {
            const { chargedNanoUsd } = book.end(id, { kind, chargeNanoUsd, settlement: 'bound', at })
            charges.set(id, { at: charges.get(id)!.at, amount: chargedNanoUsd })
          }
          due.push({ at: now + 1000, act: end('expired', amount, now + 1000) })
          due.push({
            at: now + 1001 + lateBy,
            act: end('settled', Math.floor(amount * share), now + 1001 + lateBy),
          })
        }
        keepsIntervals([...charges.values()], 3e-9, '1s', 20)
      }),
      { seed, numRuns: 1500 },
    )
    expect(compileBudget(policy.file.budgets[0]!).capNanoUsd).toBe(20)
  })
})

/** Charges of what was admitted between any two admissions: at most capacity + rate x time, in exact fractions. */
function keepsIntervals(
  admitted: readonly { readonly at: number; readonly amount: number }[],
  usd: number,
  per: string,
  capacity = CAPACITY,
): void {
  const ms = BigInt(durationMs(per))
  let above = 0n
  let last = admitted[0]?.at ?? 0
  for (const { at, amount } of admitted) {
    const refilled = above - BigInt(nanoUsd(usd)) * BigInt(at - last)
    above = (refilled > 0n ? refilled : 0n) + BigInt(amount) * ms
    last = at
    expect(above <= BigInt(capacity) * ms).toBe(true)
  }
}
