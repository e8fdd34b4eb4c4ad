import { describe, expect, it } from 'vitest'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { createRouter } from '../../src/router/router.js'
import type { RouterWarning } from '../../src/router/router-api.js'
import { aPolicyFile } from '../builders/a-policy.js'

const DAY_MS = 86_400_000
const START = Date.parse('2026-08-06T12:00:00Z')

function policy(more: object): Policy {
  return parsePolicy({ ...aPolicyFile(), ...more })
}

const DATED = { prices: { book: 'litellm.json', date: '2026-08-06' }, maxPriceAgeDays: 30 }

describe('stale prices', () => {
  it('are told of at the start, with every new policy, and once in every day of the router', async () => {
    const warnings: RouterWarning[] = []
    let now = START + 30 * DAY_MS
    const router = await createRouter(policy(DATED), {
      now: () => now,
      onWarning: (warning) => warnings.push(warning),
    })
    expect(warnings, 'thirty days old is not too old').toEqual([])
    now += DAY_MS
    for (let i = 0; i < 3; i++) await router.route({ prompt: 'a' })
    const stale = { kind: 'stalePrices', book: 'litellm.json', date: '2026-08-06', maxPriceAgeDays: 30 }
    expect(warnings).toEqual([{ ...stale, ageDays: 31 }])
    now += DAY_MS
    await router.route({ prompt: 'a' })
    await router.replacePolicy(policy(DATED))
    expect(warnings.slice(1)).toEqual([
      { ...stale, ageDays: 32 },
      { ...stale, ageDays: 32 },
    ])
    const late = await createRouter(policy(DATED), { now: () => now, onWarning: (one) => warnings.push(one) })
    expect(warnings.length).toBe(4)
    await Promise.all([router.close(), late.close()])
  })

  it('are not told of where the policy names no age, or no day', async () => {
    const warnings: RouterWarning[] = []
    const options = {
      now: () => START + 1000 * DAY_MS,
      onWarning: (one: RouterWarning) => warnings.push(one),
    }
    for (const one of [policy({ prices: DATED.prices }), policy({})]) await createRouter(one, options)
    expect(warnings).toEqual([])
    expect(() => policy({ maxPriceAgeDays: 30 })).toThrow(/maxPriceAgeDays: needs prices/)
    expect(() => policy({ ...DATED, prices: { book: 'b', date: '2026-13-01' } })).toThrow(/prices\.date/)
  })
})
