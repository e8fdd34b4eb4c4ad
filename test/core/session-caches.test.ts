import { describe, expect, it } from 'vitest'
import type { Model } from '../../src/core/model.js'
import { cachedInputPico, splitInput, switchPenaltyPico } from '../../src/core/prompt-cache.js'
import { createSessionCaches, type SessionCall, type SessionRequest } from '../../src/core/session-caches.js'
import { aCachedModel, aPolicy, SMALL } from '../builders/a-policy.js'

const TTL = 60_000
const { models } = aPolicy({
  models: [
    aCachedModel('a', 0, { minTokens: 1000, ttlMs: TTL, granularity: 100 }),
    aCachedModel('b', 0, { minTokens: 1000, ttlMs: TTL, granularity: 100 }),
    SMALL,
  ],
})
const [a, b, plain] = models as [Model, Model, Model]
const call = (parts: Partial<SessionCall> = {}): SessionCall => ({
  session: 's',
  model: a,
  at: 0,
  inputTokens: 2000,
  asPlanned: true,
  ...parts,
})
const request = (parts: Partial<SessionRequest> = {}): SessionRequest => ({
  session: 's',
  at: 1000,
  inputTokens: 3000,
  sharedPrefixTokens: undefined,
  ...parts,
})

describe('what a session leaves in prompt caches', () => {
  it('is the last input where the new one is longer, of the model that was called', () => {
    const caches = createSessionCaches(10)
    caches.ended(call())
    expect(caches.hint(request(), models)).toEqual({
      sharedTokens: 2000,
      basis: 'assumed',
      cachedTokens: { a: 2000 },
    })
    expect(caches.hint(request({ inputTokens: 2000 }), models).cachedTokens).toEqual({})
    expect(caches.hint(request({ session: 'other' }), models)).toEqual({
      sharedTokens: 0,
      basis: 'assumed',
      cachedTokens: {},
    })
  })

  it('is at most what the log says is shared, in whole blocks, and nothing below the minimum', () => {
    const caches = createSessionCaches(10)
    caches.ended(call())
    const cached = (sharedPrefixTokens: number): unknown =>
      caches.hint(request({ sharedPrefixTokens }), models).cachedTokens
    expect(cached(1999)).toEqual({ a: 1900 })
    expect(cached(1000)).toEqual({ a: 1000 })
    expect(cached(999)).toEqual({})
    expect(cached(5000)).toEqual({ a: 2000 })
  })

  it('is lost when the time is over, to the millisecond, and a use renews it', () => {
    const caches = createSessionCaches(10)
    caches.ended(call())
    expect(caches.cachedTokens(request({ at: TTL }), a)).toBe(2000)
    expect(caches.cachedTokens(request({ at: TTL + 1 }), a)).toBe(0)
    caches.ended(call({ at: TTL, inputTokens: 2500 }))
    expect(caches.cachedTokens(request({ at: 2 * TTL }), a)).toBe(2500)
  })

  it('of two models, each has what it was last sent', () => {
    const caches = createSessionCaches(10)
    caches.ended(call())
    caches.ended(call({ model: b, at: 10, inputTokens: 2800 }))
    expect(caches.hint(request(), models).cachedTokens).toEqual({ a: 2000, b: 2800 })
    caches.ended(call({ model: plain, at: 20, inputTokens: 2900 }))
    expect(caches.hint(request(), models)).toMatchObject({
      sharedTokens: 2900,
      cachedTokens: { a: 2000, b: 2800 },
    })
  })

  it('is what the provider told of its cache, where it told of writes', () => {
    const told = (parts: Partial<SessionCall>): number => {
      const caches = createSessionCaches(10)
      caches.ended(call(parts))
      return caches.cachedTokens(request(), a)
    }
    expect(told({ cachedInputTokens: 0, cacheWriteTokens: 0 })).toBe(0)
    expect(told({ cachedInputTokens: 1000, cacheWriteTokens: 500 })).toBe(1500)
    expect(told({ cachedInputTokens: 1000 })).toBe(2000)
  })

  it('is forgotten of the session that was used longest ago', () => {
    const caches = createSessionCaches(2)
    for (const session of ['x', 'y', 'x', 'z']) caches.ended(call({ session }))
    expect(caches.save().sessions.map(({ session }) => session)).toEqual(['x', 'z'])
    expect(caches.cachedTokens(request({ session: 'y' }), a)).toBe(0)
  })

  it('goes on the same after it was saved as JSON and loaded', () => {
    const caches = createSessionCaches(10)
    caches.ended(call())
    caches.ended(call({ model: b, at: 500, inputTokens: 2200 }))
    caches.ended(call({ session: 't', asPlanned: false }))
    const loaded = createSessionCaches(10, JSON.parse(JSON.stringify(caches.save())))
    expect(loaded.save()).toEqual(caches.save())
    for (const one of [caches, loaded]) one.ended(call({ at: 900, inputTokens: 2600 }))
    const asked = request({ maxSwitches: 1 })
    expect(loaded.hint(asked, models)).toEqual(caches.hint(asked, models))
    expect(loaded.hint(asked, models).pinned).toBe('a')
  })

  it('pins the model that served as planned, after as many switches as may be', () => {
    const caches = createSessionCaches(10)
    const pinned = (maxSwitches?: number): string | undefined =>
      caches.hint(request({ maxSwitches }), models).pinned
    caches.ended(call({ model: plain, asPlanned: false }))
    expect(pinned(0)).toBeUndefined()
    caches.ended(call())
    expect([pinned(0), pinned(1), pinned()]).toEqual(['a', undefined, undefined])
    caches.ended(call({ model: b, asPlanned: false }))
    expect(pinned(0)).toBe('a')
    caches.ended(call({ model: b }))
    expect([pinned(0), pinned(1), pinned(2)]).toEqual(['b', 'b', undefined])
  })
})

describe('the price of a cached input', () => {
  const cache = { minTokens: 1000, ttlMs: TTL, granularity: 100 }

  it('reads what is cached, writes the other whole blocks, and has the rest plain', () => {
    expect(splitInput(cache, 2050, 1200)).toEqual({ cachedInputTokens: 1200, cacheWriteTokens: 800 })
    expect(splitInput(cache, 999, 0)).toEqual({ cachedInputTokens: 0, cacheWriteTokens: 0 })
    expect(splitInput(cache, 1100, 5000)).toEqual({ cachedInputTokens: 1100, cacheWriteTokens: 0 })
  })

  it('is by hand: 10 $ plain, 1 $ read, 12.5 $ written per million', () => {
    const hint = { sharedTokens: 1250, basis: 'told', cachedTokens: { a: 1200 } } as const
    // 1,200 read + 800 written + 50 plain.
    expect(cachedInputPico(a, a.prices!, 2050, hint)).toBe((1200 * 1 + 800 * 12.5 + 50 * 10) * 1e6)
    expect(cachedInputPico(plain, plain.prices!, 2050, hint)).toBe(2050 * 1e6)
    expect(switchPenaltyPico(a, a.prices!, 2050, hint)).toBe(0)
    expect(switchPenaltyPico(b, b.prices!, 2050, hint)).toBe(1200 * 11.5 * 1e6)
    expect(switchPenaltyPico(plain, plain.prices!, 2050, hint)).toBe(0)
  })
})
