import { describe, expect, it } from 'vitest'
import { chooseCandidate } from '../../src/core/budget/choose.js'
import { claimsFor } from '../../src/core/budget/claims.js'
import { plan } from '../../src/core/plan.js'
import type { Policy } from '../../src/core/policy.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { propensitiesOf } from '../../src/core/propensities.js'
import type { Priority, Request } from '../../src/core/request.js'
import { aBudget, aModel, aPolicy, LARGE, MEDIUM, SMALL } from '../builders/a-policy.js'

const TWIN = aModel('twin', 1, { inputUsd: 4, outputUsd: 8 })
const FIRST = { excluded: undefined, onExceed: undefined, rung: 0 }
const DRAWS = 6000

function aRequest(id: string, priority: Priority = 'normal'): Request {
  return {
    id,
    at: 0,
    scope: { org: 'acme' },
    priority,
    task: undefined,
    needs: [],
    inputTokensEstimate: 100,
    inputTokensBound: 100,
    maxOutputTokens: undefined,
    features: undefined,
    assessment: { difficulty: 0.5 },
  }
}

const policyOf = (parts: Partial<PolicyFileInput>): Policy =>
  aPolicy({ models: [SMALL, MEDIUM, LARGE, TWIN], budgets: [aBudget('b', 1)], ...parts })

function propensities(
  policy: Policy,
  headroom: number,
  priority?: Priority,
): Readonly<Record<string, number>> {
  const request = aRequest('any', priority)
  return propensitiesOf({ policy, request, claims: claimsFor(policy.budgets, request.scope) }, headroom)
}

/** What the plans of many requests choose with that much left: shares of the models. */
function frequencies(policy: Policy, headroom: number): Readonly<Record<string, number>> {
  const shares: Record<string, number> = {}
  for (let i = 0; i < DRAWS; i++) {
    const request = aRequest(`r${i}`)
    const planned = plan(policy, request, claimsFor(policy.budgets, request.scope), FIRST)
    if (typeof planned === 'string') throw new Error(planned)
    const id = policy.models[chooseCandidate(planned, headroom)?.candidate.model ?? -1]?.id
    if (id !== undefined) shares[id] = (shares[id] ?? 0) + 1 / DRAWS
  }
  return shares
}

const EXPLORING = { exploration: { epsilon: 0.4 } } as const
const MIX = { selector: { kind: 'mix', shares: { small: 1, large: 3 } } } as const
/** Whole reservations: small 2,100,000, medium 10,300,000, twin 8,400,000, large 51,000,000 nano-dollars. */
const CASES: readonly [what: string, parts: Partial<PolicyFileInput>, headroom: number][] = [
  ['all fit', EXPLORING, Infinity],
  ['the dearest does not fit', EXPLORING, 11_000_000],
  ['only the cheapest fits', EXPLORING, 3_000_000],
  ['none fits at its full length', EXPLORING, 1_500_000],
  ['nothing below a tier is explored', { exploration: { epsilon: 0.4, minTier: 1 } }, 12_000_000],
  ['none of what may be explored fits', { exploration: { epsilon: 0.4, minTier: 2 } }, 3_000_000],
  ['every request explores', { exploration: { epsilon: 1 } }, 11_000_000],
  ['every request explores and none fits', { exploration: { epsilon: 1, minTier: 2 } }, 3_000_000],
  ['a mix', MIX, Infinity],
  ['a mix whose dear model goes down', MIX, 11_000_000],
  ['a mix that explores', { ...MIX, ...EXPLORING }, 11_000_000],
]

describe('propensities', () => {
  it.each(CASES)('are the shares that many requests get: %s', (_, parts, headroom) => {
    const policy = policyOf(parts)
    const expected = propensities(policy, headroom)
    const seen = frequencies(policy, headroom)
    expect(Object.values(expected).reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12)
    for (const id of new Set([...Object.keys(expected), ...Object.keys(seen)])) {
      const chance = expected[id] ?? 0
      // Five standard deviations of a share.
      const most = 5 * Math.sqrt((chance * (1 - chance)) / DRAWS) + 1e-9
      expect(Math.abs((seen[id] ?? 0) - chance), `${id}: ${seen[id]} of ${chance}`).toBeLessThanOrEqual(most)
    }
  })

  it('by hand: epsilon over the models that fit, and the rest for what the selector says', () => {
    const policy = policyOf(EXPLORING)
    const third = 0.4 / 3
    expect(propensities(policy, 11_000_000)).toEqual({
      small: third,
      medium: third,
      twin: expect.closeTo(0.6 + third, 12),
    })
  })

  it('are certain for priorities that never explore', () => {
    const policy = policyOf(EXPLORING)
    expect(propensities(policy, Infinity, 'critical')).toEqual({ twin: 1 })
    const request = aRequest('r', 'critical')
    for (let i = 0; i < 200; i++) {
      const planned = plan(
        policy,
        { ...request, id: `c${i}` },
        claimsFor(policy.budgets, request.scope),
        FIRST,
      )
      expect(planned).not.toHaveProperty('usual')
    }
  })
})
