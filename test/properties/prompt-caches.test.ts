import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reservationOf } from '../../src/core/budget/choose.js'
import { candidateFor } from '../../src/core/feasibility.js'
import type { CacheHint } from '../../src/core/prompt-cache.js'
import { aCachedModel, aPolicy } from '../builders/a-policy.js'
import { aRequest } from '../builders/a-request.js'
import { seed } from './seed.js'

/** A cache may always miss: whatever a session left, no reservation is lower than without caches. */

const hints: fc.Arbitrary<CacheHint> = fc.record({
  sharedTokens: fc.nat(50_000),
  basis: fc.constantFrom('told', 'assumed'),
  cachedTokens: fc.record({ cached: fc.nat(50_000) }),
})
const rates = fc.integer({ min: 0, max: 30_000 }).map((mills) => mills / 1000)
const caches = fc.record({
  minTokens: fc.nat(4000),
  granularity: fc.integer({ min: 1, max: 1000 }),
  inputOverheadTokens: fc.nat(500),
  read: rates,
  write: rates,
})

describe.each(['worstCase', 'estimateWithMargin'] as const)('reservations in mode %s', (mode) => {
  it('are at least those without caches, and with worstCase the same', () => {
    fc.assert(
      fc.property(caches, hints, fc.nat(50_000), ({ read, write, ...cache }, hint, inputTokens) => {
        const { inputOverheadTokens, ...promptCache } = cache
        const pricing = {
          promptPer1m: 10,
          completionPer1m: 50,
          cachedInputPer1m: read,
          cacheWritePer1m: write,
        }
        const model = aCachedModel('cached', 0, promptCache, { pricing, inputOverheadTokens })
        const policy = aPolicy({ models: [model], tierBoundaries: [], reservation: { mode } })
        const request = aRequest({ inputTokensEstimate: inputTokens, inputTokensBound: inputTokens + 7 })
        const [bare, hinted] = [undefined, hint].map((one) =>
          candidateFor(policy, policy.models[0]!, request, true, one),
        )
        if (typeof bare !== 'object' || typeof hinted !== 'object') throw new Error('not feasible')
        for (const tokens of [0, 100, hinted.maxOutputTokens]) {
          const [without, withCaches] = [reservationOf(bare, tokens), reservationOf(hinted, tokens)]
          expect(withCaches).toBeGreaterThanOrEqual(without)
          if (mode === 'worstCase') expect(withCaches).toBe(without)
        }
        // And what is expected is never above what worstCase holds.
        if (mode === 'worstCase')
          expect(hinted.expectedNanoUsd).toBeLessThanOrEqual(reservationOf(hinted, hinted.maxOutputTokens))
      }),
      { seed, numRuns: 2000 },
    )
  })
})
