import { describe, expect, it } from 'vitest'
import { createRouter } from '../../../src/router/router.js'
import type { PolicyFileInput } from '../../../src/core/policy-schema.js'
import { aPolicy } from '../../builders/a-policy.js'

type Window = NonNullable<PolicyFileInput['budgets']>[number]['window']

const CAP = 2_100_000 / 1e9
const DAY: Window = { kind: 'fixed', budgetDuration: '1d' }
const BRIEF: Window = { kind: 'sliding', budgetDuration: '1m' }
const BUCKET: Window = { kind: 'tokenBucket', capacity: CAP, refillRate: { usd: CAP, per: '1m' } }
const LIFE: Window = { kind: 'lifetime' }

const policyOf = (window: Window) =>
  aPolicy({
    budgets: [
      { id: 'b', scope: 'org', window, ...(window.kind === 'tokenBucket' ? {} : { maxBudget: CAP }) },
    ],
  })

describe('a window that is changed and changed back', () => {
  it.each([
    ['a day, a bucket', DAY, BUCKET],
    ['a day, a brief window', DAY, BRIEF],
    ['24 sliding hours, a brief window', { kind: 'sliding', budgetDuration: '24h' } as Window, BRIEF],
    ['a lifetime, a brief window', LIFE, BRIEF],
    ['a lifetime, one that forgets', LIFE, { kind: 'lifetime', forgetAfter: '1m' } as Window],
  ])('gives no second allowance: %s', async (_name, first, second) => {
    let now = Date.parse('2026-11-23T09:00:00Z')
    const router = await createRouter(policyOf(first), { now: () => now })
    const ask = (id: string) =>
      router.route({
        id,
        prompt: 'hi',
        scope: { org: 'acme' },
        inputTokensBound: 100,
        assessment: { difficulty: 0 },
      })
    expect((await ask('1')).kind).toBe('route')
    // Without a usage the whole reservation is charged: the cap is used up.
    await router.settle('1')
    expect((await ask('2')).kind).toBe('reject')
    await router.replacePolicy(policyOf(second))
    now += 130_000
    await router.replacePolicy(policyOf(first))
    expect((await ask('3')).kind).toBe('reject')
  })
})
