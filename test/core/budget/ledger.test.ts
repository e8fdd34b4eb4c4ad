import { describe, expect, it } from 'vitest'
import type { PoolClaim } from '../../../src/core/budget/claims.js'
import type { Ending } from '../../../src/core/budget/ledger.js'
import { createReservationBook, type ReservationBook } from '../../../src/core/budget/reservation-book.js'
import type { PolicyFileInput } from '../../../src/core/policy-schema.js'
import { aPolicy } from '../../builders/a-policy.js'
import { anAmount } from '../../properties/history.js'

type BudgetInput = NonNullable<PolicyFileInput['budgets']>[number]
const LIFETIME: BudgetInput = { id: 'b', scope: 'org', maxBudget: 1000e-9, window: { kind: 'lifetime' } }
const HOURLY: BudgetInput = { ...LIFETIME, window: { kind: 'fixed', budgetDuration: '1h' } }

const book = (budget: BudgetInput = LIFETIME): ReservationBook =>
  createReservationBook(aPolicy({ budgets: [budget] }).budgets)
const claim = (label: string, parts: Partial<PoolClaim> = {}): PoolClaim => ({
  budgetId: 'b',
  label,
  capNanoUsd: 1000,
  reserve: undefined,
  softNanoUsd: undefined,
  ...parts,
})
const ending = (chargeNanoUsd: number, kind: Ending['kind'] = 'settled', at = 10): Ending => ({
  kind,
  chargeNanoUsd,
  settlement: 'actual',
  at,
})
const free = (one: ReservationBook, label = 'acme', at = 20): number => {
  const [pool] = one.ledger.open([claim(label)])
  return pool!.slot.pools.free(pool!.account, 1000, at)
}

describe('the end of a reservation', () => {
  it('is charged once: again is a duplicate, later than expiry may only lower it', () => {
    const one = book()
    one.admit('a', anAmount(one, [claim('acme')], 400, 0))
    expect(one.end('a', ending(300))).toEqual({ status: 'settled', chargedNanoUsd: 300 })
    expect(one.end('a', ending(1))).toEqual({ status: 'duplicate', chargedNanoUsd: 300 })
    one.admit('b', anAmount(one, [claim('acme')], 400, 0))
    one.end('b', ending(400, 'expired'))
    expect(one.end('b', ending(0, 'cancelled'))).toEqual({ status: 'duplicate', chargedNanoUsd: 400 })
    expect(one.end('b', ending(500))).toEqual({ status: 'late', chargedNanoUsd: 400 })
    expect(one.end('b', ending(100))).toEqual({ status: 'duplicate', chargedNanoUsd: 400 })
    expect(one.end('nobody', ending(1))).toEqual({ status: 'unknown', chargedNanoUsd: 0 })
    expect(free(one)).toBe(300)
  })

  it.each([NaN, -1, 0.5, Infinity, 2 ** 53])(
    'refuses a charge of %s, which would lift the cap for good',
    (charge) => {
      const one = book()
      one.admit('a', anAmount(one, [claim('acme')], 400, 0))
      expect(() => one.end('a', ending(charge))).toThrow(/chargeNanoUsd must be a whole number/)
      expect(free(one)).toBe(600)
      expect(one.end('a', ending(100)).status).toBe('settled')
    },
  )
})

describe('a reservation id', () => {
  it('is idempotent while it is held, and no free call once it has ended', () => {
    const one = book()
    const first = one.admit('a', anAmount(one, [claim('acme')], 400, 0))
    expect(one.admit('a', anAmount(one, [claim('acme')], 400, 5))).toMatchObject({ kind: 'admitted' })
    expect(first.kind).toBe('admitted')
    expect(free(one)).toBe(600)
    one.end('a', ending(400))
    expect(() => one.admit('a', anAmount(one, [claim('acme')], 400, 6))).toThrow(/must be new or held/)
    one.forget('a')
    expect(one.admit('a', anAmount(one, [claim('acme')], 400, 7)).kind).toBe('admitted')
  })
})

describe('a changed window', () => {
  const change = (one: ReservationBook, at = 5): void =>
    one.configure(aPolicy({ budgets: [HOURLY] }).budgets, at)

  it('opens with what is charged and held', () => {
    const one = book()
    one.admit('a', anAmount(one, [claim('acme')], 400, 0))
    one.admit('b', anAmount(one, [claim('acme')], 300, 0))
    one.end('b', ending(300, 'settled', 2))
    change(one)
    expect(free(one)).toBe(300)
    one.end('a', ending(100))
    expect(free(one)).toBe(600)
  })

  it('to shorter windows and back, within the long one: what the long one spent stays spent', () => {
    const day: BudgetInput = { ...LIFETIME, window: { kind: 'fixed', budgetDuration: '1d' } }
    const one = book(day)
    one.admit('a', anAmount(one, [claim('acme')], 1000, 0))
    one.end('a', ending(1000))
    one.configure(aPolicy({ budgets: [HOURLY] }).budgets, 10)
    one.configure(aPolicy({ budgets: [day] }).budgets, 7_200_000)
    expect(one.admit('b', anAmount(one, [claim('acme')], 1, 7_200_001)).kind).toBe('refused')
    expect(one.admit('c', anAmount(one, [claim('acme')], 1, 86_400_000)).kind).toBe('admitted')
  })

  it('a late answer after expiry touches nobody’s new pool', () => {
    const one = book()
    one.admit('other', anAmount(one, [claim('other')], 0, 0))
    one.admit('a', anAmount(one, [claim('acme')], 400, 0))
    one.end('a', ending(400, 'expired', 2))
    change(one)
    one.admit('c', anAmount(one, [claim('third')], 500, 6))
    expect(one.end('a', ending(0, 'settled', 7)).status).toBe('late')
    expect([free(one, 'acme'), free(one, 'third'), free(one, 'other')]).toEqual([600, 500, 1000])
  })

  it('takes free calls in flight along', () => {
    const one = book()
    one.admit('x', anAmount(one, [claim('x')], 10, 0))
    one.admit('free', anAmount(one, [claim('acme')], 0, 0))
    change(one)
    one.end('free', ending(0))
    one.admit('y', anAmount(one, [claim('y')], 10, 20))
    const { pools } = one.ledger.slots[0]!
    for (let row = 0; row < pools.size; row++) expect(Number.isSafeInteger(pools.row(row).held)).toBe(true)
  })

  it('keeps a budget that a policy leaves out, for the day it comes back', () => {
    const one = book()
    one.admit('a', anAmount(one, [claim('acme')], 400, 0))
    one.configure([], 5)
    one.configure(aPolicy({ budgets: [LIFETIME] }).budgets, 6)
    expect(free(one)).toBe(600)
  })
})

describe('a floor for important work', () => {
  const reserve = { share: 0.3, minPriority: 2, linearRelease: false }
  const floored = claim('acme', { reserve })

  it('is out of reach below its priority, and important spending does not shrink it', () => {
    const one = book()
    expect(one.admit('low', anAmount(one, [floored], 701, 0, 1)).kind).toBe('refused')
    expect(one.admit('high', anAmount(one, [floored], 200, 0, 2)).kind).toBe('admitted')
    expect(one.admit('low', anAmount(one, [floored], 501, 0, 1)).kind).toBe('refused')
    expect(one.admit('low', anAmount(one, [floored], 500, 0, 1)).kind).toBe('admitted')
    expect(one.admit('all', anAmount(one, [floored], 300, 0, 3)).kind).toBe('admitted')
  })

  it('opens in step with the window, and retryAt says when', () => {
    const one = book(HOURLY)
    const opening = claim('acme', { reserve: { ...reserve, linearRelease: true } })
    const request = anAmount(one, [opening], 850, 0, 1)
    expect(one.admit('low', request).kind).toBe('refused')
    expect(one.ledger.earliest(request)).toBe(1_800_000)
    expect(one.ledger.earliest(anAmount(one, [opening], 1000, 0, 1))).toBeNull()
    one.admit('high', anAmount(one, [opening], 900, 0, 3))
    expect(one.ledger.earliest(anAmount(one, [opening], 850, 0, 1))).toBe(3_600_000 + 1_800_000)
  })
})

describe('a saved state', () => {
  it('is a picture and not a view', () => {
    const one = book()
    const before = one.save()
    const text = JSON.stringify(before)
    one.admit('a', anAmount(one, [claim('acme')], 400, 0))
    expect(JSON.stringify(before)).toBe(text)
  })
})
