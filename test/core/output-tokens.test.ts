import { describe, expect, it } from 'vitest'
import { claimsFor } from '../../src/core/budget/claims.js'
import { plan } from '../../src/core/plan.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { aBudget, aPolicy, SMALL } from '../builders/a-policy.js'
import { aRequest } from '../builders/a-request.js'

const quantiles = (base: number) => ({
  '0.5': base,
  '0.75': base + 10,
  '0.9': base + 20,
  '0.95': base + 30,
  '0.99': base + 40,
})
/** $1 and $2 per million tokens: a micro-dollar and two a token. */
const LEARNED = {
  ...SMALL,
  outputTokens: {
    mean: 100,
    quantiles: quantiles(80),
    byTask: { long: { mean: 500, quantiles: quantiles(400) } },
  },
}

/** Micro-dollars that a request of 100 input tokens expects and reserves. */
function priced(
  reservation: PolicyFileInput['reservation'],
  task?: string,
  model: PolicyFileInput['models'][number] = LEARNED,
): { expected: number; reserved: number } {
  const policy = aPolicy({ models: [model], budgets: [aBudget('org', 1)], reservation })
  const request = aRequest({ task })
  const made = plan(policy, request, claimsFor(policy.budgets, request.scope), {
    excluded: undefined,
    onExceed: undefined,
    rung: 0,
  })
  if (typeof made === 'string') throw new Error(made)
  const { expectedNanoUsd, inputBoundPico } = made.first
  return { expected: expectedNanoUsd / 1e3, reserved: inputBoundPico / 1e6 }
}

const estimating = (estimate: 'mean' | { quantile: number }, margin = 0): PolicyFileInput['reservation'] => ({
  mode: 'estimateWithMargin',
  margin,
  estimate,
})

describe('estimates of output tokens', () => {
  it('the mean is the learned one of the task, else of the model, else what the policy expects', () => {
    expect(priced(estimating('mean'), 'long').reserved).toBe(100 + 2 * 500)
    expect(priced(estimating('mean'), 'other').reserved).toBe(100 + 2 * 100)
    expect(priced(estimating('mean')).reserved).toBe(100 + 2 * 100)
    expect(priced(estimating('mean'), 'long', { ...SMALL, expectedOutputTokens: 70 }).reserved).toBe(240)
  })

  it('a quantile is the stored one, else the next higher', () => {
    const reserved = (quantile: number) => priced(estimating({ quantile })).reserved
    expect([0.5, 0.75, 0.9, 0.95, 0.99].map(reserved)).toEqual([260, 280, 300, 320, 340])
    expect(reserved(0.2)).toBe(260)
    expect(reserved(0.91)).toBe(320)
    expect(reserved(0.96)).toBe(340)
    expect(priced(estimating({ quantile: 0.9 }), 'long').reserved).toBe(100 + 2 * 420)
  })

  it('a reservation by quantile leaves the expected cost at the mean: the choice among models stays', () => {
    expect(priced(estimating({ quantile: 0.99 }), 'long')).toEqual({ expected: 1100, reserved: 980 })
  })

  it('the margin is on top of whichever estimate, and no estimate passes what was asked for', () => {
    expect(priced(estimating({ quantile: 0.5 }, 0.5)).reserved).toBe(390)
    expect(priced({ ...estimating('mean'), defaultMaxOutputTokens: 60 }, 'long').reserved).toBe(220)
  })

  it('the worst case does not read them', () => {
    expect(priced({ mode: 'worstCase', estimate: { quantile: 0.9 } }, 'long').reserved).toBe(100)
  })
})
