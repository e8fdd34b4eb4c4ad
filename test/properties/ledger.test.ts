import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claimsFor, type PoolClaim } from '../../src/core/budget/claims.js'
import type { Ending } from '../../src/core/budget/ledger.js'
import { createReservationBook, type ReservationBook } from '../../src/core/budget/reservation-book.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { aPolicy } from '../builders/a-policy.js'
import { anAmount, rowsOf } from './history.js'
import { seed } from './seed.js'

type BudgetInput = NonNullable<PolicyFileInput['budgets']>[number]
type WindowInput = BudgetInput['window']

const HOUR = 3_600_000
/** Caps in nano-dollars: small integers, so that every boundary is met. */
const nano = (amount: number): number => amount * 1e-9

const WINDOWS: Record<string, WindowInput> = {
  fixed: { kind: 'fixed', budgetDuration: '1h' },
  day: { kind: 'fixed', budgetDuration: '1d', timeZone: 'Europe/Berlin' },
  rollover: { kind: 'fixed', budgetDuration: '1h', rollover: { maxUsd: nano(900) } },
  sliding: { kind: 'sliding', budgetDuration: '2h', buckets: 8 },
  tokenBucket: { kind: 'tokenBucket', capacity: nano(700), refillRate: { usd: nano(333), per: '1h' } },
  lifetime: { kind: 'lifetime' },
  forgetful: { kind: 'lifetime', forgetAfter: '3h' },
}
const RELEASING = new Set(['fixed', 'day', 'rollover'])

const budget = (
  id: string,
  scope: string | string[],
  window: string,
  extra: Partial<BudgetInput>,
): BudgetInput => ({
  id,
  scope,
  window: WINDOWS[window]!,
  ...(window === 'tokenBucket' ? {} : { maxBudget: nano(700) }),
  ...extra,
})

const windowName = fc.constantFrom(...Object.keys(WINDOWS))
const reserve = fc.option(fc.record({ share: fc.constantFrom(0.1, 0.35, 1 / 3), linear: fc.boolean() }), {
  nil: undefined,
})
const nested = fc
  .record({ org: windowName, user: windowName, session: windowName, reserve })
  .map((chosen) => {
    const floor = (window: string): Partial<BudgetInput> =>
      chosen.reserve === undefined
        ? {}
        : {
            priorityReserve: {
              share: chosen.reserve.share,
              minPriority: 'high',
              release: chosen.reserve.linear && RELEASING.has(window) ? 'linear' : 'none',
            },
          }
    return [
      budget('org', 'org', chosen.org, { overrides: { big: nano(1500) }, ...floor(chosen.org) }),
      budget('user', ['org', 'user'], chosen.user, floor(chosen.user)),
      budget('session', 'session', chosen.session, { onMissingLabel: 'skip' }),
    ]
  })

const endKind = fc.constantFrom(
  'settled',
  'cancelled',
  'aborted',
  'failed',
  'expired',
  'late',
  'duplicate',
  'lost',
)
const step = fc.record({
  after: fc.oneof(
    fc.integer({ min: 0, max: 1000 }),
    fc.integer({ min: 0, max: HOUR }),
    fc.integer({ min: 0, max: 30 * HOUR }),
  ),
  org: fc.constantFrom('acme', 'big', 'small'),
  user: fc.constantFrom('u1', 'u2'),
  session: fc.constantFrom('s1', 's2', undefined),
  priority: fc.integer({ min: 0, max: 3 }),
  amount: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 1600 })),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  endsAfter: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 20 * HOUR })),
  end: endKind,
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
const history = fc.array(step, { minLength: 5, maxLength: 40 })
const START = Date.parse('2026-03-28T21:00:00Z')

interface Seen {
  readonly id: string
  readonly at: number
  readonly amount: number
  readonly claims: readonly PoolClaim[]
  charged: number | undefined
}

/** Plays a history; `observe` sees each question before it is asked and each answer after it. */
function play(
  book: ReservationBook,
  budgets: readonly BudgetInput[],
  steps: readonly Step[],
  observe: (event: {
    readonly book: ReservationBook
    readonly seen: readonly Seen[]
    readonly now: number
  }) => void = () => undefined,
): unknown[] {
  const compiled = aPolicy({ budgets: [...budgets] }).budgets
  const seen: Seen[] = []
  const answers: unknown[] = []
  const due: { readonly at: number; readonly act: (at: number) => void }[] = []
  let now = START
  for (const [index, asked] of steps.entries()) {
    now += asked.after
    due.sort((a, b) => a.at - b.at)
    for (let next = due[0]; next !== undefined && next.at <= now; next = due[0]) {
      due.shift()
      next.act(next.at)
    }
    const { org, user, session, amount, priority } = asked
    const claims = claimsFor(compiled, { org, user, ...(session === undefined ? {} : { session }) })
    if (claims.kind !== 'claims') throw new Error('no label is missing')
    const id = `r${index}`
    const request = anAmount(book, claims.pools, amount, now, priority)
    const before = JSON.stringify(book.save())
    const retryAt = book.ledger.earliest(request)
    const admission = book.admit(id, request)
    answers.push(admission.kind, retryAt)
    if (admission.kind === 'refused') {
      expect(JSON.stringify(book.save())).toBe(before)
      expect(retryAt === null || retryAt > now).toBe(true)
      answers.push(admission.bindingPool)
      continue
    }
    expect(retryAt).toBe(now)
    const entry: Seen = { id, at: now, amount, claims: claims.pools, charged: undefined }
    seen.push(entry)
    const end = (kind: Ending['kind'], chargeNanoUsd: number) => (at: number) => {
      const answer = book.end(id, { kind, chargeNanoUsd, settlement: 'actual', at })
      entry.charged = answer.chargedNanoUsd
      answers.push(answer)
    }
    const charge = Math.floor(amount * asked.share)
    const at = now + asked.endsAfter
    switch (asked.end) {
      case 'lost':
        break
      case 'late':
        due.push({ at, act: end('expired', amount) }, { at: at + 1000, act: end('settled', charge) })
        break
      case 'duplicate':
        due.push({ at, act: end('settled', charge) }, { at: at + 5, act: end('settled', amount) })
        break
      case 'expired':
        due.push({ at, act: end('expired', amount) })
        break
      default:
        due.push({ at, act: end(asked.end, asked.end === 'cancelled' ? 0 : charge) })
    }
    observe({ book, seen, now })
  }
  return answers
}

describe(`ledgers over nested pools (FC_SEED=${seed})`, () => {
  it('pass no cap in any window, leave no trace of what they refuse, and say "now" only when it is true', () => {
    fc.assert(
      fc.property(nested, history, (budgets, steps) => {
        const policy = aPolicy({ budgets })
        const book = createReservationBook(policy.budgets)
        play(book, budgets, steps, ({ now }) => {
          for (const slot of book.ledger.slots) {
            rowsOf(slot.pools).forEach(({ held, peak, cap }, row) => {
              expect(held).toBeGreaterThanOrEqual(0)
              if (slot.window.kind !== 'tokenBucket') expect(peak).toBeLessThanOrEqual(cap)
              expect(slot.pools.free(slot.pools.accountOf(row), cap, now)).toBeGreaterThanOrEqual(0)
            })
          }
        })
      }),
      { seed, numRuns: 300 },
    )
  })

  it('add up: what the rows hold and have spent is what the reservations hold and have cost', () => {
    fc.assert(
      fc.property(nested, history, (budgets, steps) => {
        const book = createReservationBook(aPolicy({ budgets }).budgets)
        play(book, budgets, steps, ({ seen }) => {
          for (const { id: budgetId, pools } of book.ledger.slots) {
            const mine = seen.filter(({ claims }) => claims.some((claim) => claim.budgetId === budgetId))
            const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0)
            expect(sum(rowsOf(pools).map(({ spent }) => spent))).toBe(
              sum(mine.map(({ charged }) => charged ?? 0)),
            )
            const open = mine.filter(({ charged }) => charged === undefined)
            expect(sum(rowsOf(pools).map(({ held }) => held))).toBe(sum(open.map(({ amount }) => amount)))
            expect(sum(rowsOf(pools).map(({ reservations }) => reservations))).toBe(mine.length)
          }
        })
      }),
      { seed, numRuns: 150 },
    )
  })

  it('go on the same after their state went through JSON at any moment', () => {
    fc.assert(
      fc.property(nested, history, fc.nat(), (budgets, steps, cut) => {
        const compiled = aPolicy({ budgets }).budgets
        const one = createReservationBook(compiled)
        let two = createReservationBook(compiled)
        const at = cut % steps.length
        const straight = play(one, budgets, steps)
        const saving: ReservationBook = {
          get ledger() {
            return two.ledger
          },
          admit: (id, request) => {
            if (id === `r${at}`) {
              two = createReservationBook(compiled, JSON.parse(JSON.stringify(two.save())))
              return two.admit(id, { ...request, pools: two.ledger.open(request.pools) })
            }
            return two.admit(id, request)
          },
          end: (id, ending) => two.end(id, ending),
          get: (id) => two.get(id),
          reservations: () => two.reservations(),
          forget: (id) => two.forget(id),
          configure: (next, now) => two.configure(next, now),
          save: () => two.save(),
        }
        expect(play(saving, budgets, steps)).toEqual(straight)
        expect(JSON.parse(JSON.stringify(two.save()))).toEqual(JSON.parse(JSON.stringify(one.save())))
      }),
      { seed, numRuns: 150 },
    )
  })

  it('tell the truth with retryAt: then it fits, a millisecond before it does not, if nothing else comes', () => {
    fc.assert(
      fc.property(nested, history, (budgets, steps) => {
        const policy = aPolicy({ budgets })
        const book = createReservationBook(policy.budgets)
        // In flight counted at what it holds: everything is charged in full at once.
        let now = START
        for (const [index, { after, org, user, session, amount, priority }] of steps.entries()) {
          now += after
          const claims = claimsFor(policy.budgets, { org, user, ...(session && { session }) })
          if (claims.kind !== 'claims') throw new Error('no label is missing')
          const request = anAmount(book, claims.pools, amount, now, priority)
          const time = book.ledger.earliest(request)
          const asked = (at: number): string => {
            const copy = createReservationBook([], book.save())
            return copy.admit('x', anAmount(copy, claims.pools, amount, at, priority)).kind
          }
          if (time === null) {
            for (const later of [HOUR, 30 * HOUR, 100 * HOUR]) expect(asked(now + later - 1)).toBe('refused')
            continue
          }
          expect(asked(time)).toBe('admitted')
          if (time > now) expect(asked(time - 1)).toBe('refused')
          if (time > now) continue
          book.admit(`r${index}`, request)
          book.end(`r${index}`, { kind: 'settled', chargeNanoUsd: amount, settlement: 'actual', at: now })
        }
      }),
      { seed, numRuns: 300 },
    )
  })

  it('give no second allowance when windows, caps or floors change under the same ids', () => {
    fc.assert(
      fc.property(nested, nested, history, fc.nat(), (before, after, steps, cut) => {
        const book = createReservationBook(aPolicy({ budgets: before }).budgets)
        const half = cut % steps.length
        const all: Seen[] = []
        play(book, before, steps.slice(0, half), ({ seen }) => void all.splice(0, all.length, ...seen))
        const now = START + steps.slice(0, half).reduce((sum, one) => sum + one.after, 0)
        const changed = aPolicy({ budgets: after }).budgets
        const used = book.ledger.slots.map(({ pools, labels }) =>
          labels.map((_, account) => pools.used(account, now)),
        )
        book.configure(changed, now)
        book.ledger.slots.forEach(({ pools, labels }, slot) =>
          labels.forEach((_, account) => {
            const { spent, held } = pools.used(account, now)
            const old = used[slot]![account]!
            expect(spent + held).toBeGreaterThanOrEqual(old.spent + old.held)
          }),
        )
        for (const [index, { id, amount }] of all.entries()) {
          const kind = index % 3 === 0 ? 'expired' : 'settled'
          book.end(id, { kind, chargeNanoUsd: amount, settlement: 'actual', at: now + index })
          book.end(id, { kind: 'settled', chargeNanoUsd: 0, settlement: 'actual', at: now + index })
        }
        for (const { pools } of book.ledger.slots) {
          for (const value of pools.save().records)
            expect(value === null || Number.isSafeInteger(value)).toBe(true)
          for (const { held, spent } of rowsOf(pools)) {
            expect(held).toBe(0)
            expect(spent).toBeGreaterThanOrEqual(0)
          }
        }
      }),
      { seed, numRuns: 300 },
    )
  })
})
