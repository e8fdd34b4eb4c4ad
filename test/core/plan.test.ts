import { describe, expect, it } from 'vitest'
import { claimsFor } from '../../src/core/budget/claims.js'
import { chooseCandidate } from '../../src/core/budget/choose.js'
import { groupsOf, plan, tierOf, type Plan, type PlanFailure } from '../../src/core/plan.js'
import type { Policy } from '../../src/core/policy.js'
import type { Request } from '../../src/core/request.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { aBudget, aModel, aPolicy, LARGE, MEDIUM, SMALL } from '../builders/a-policy.js'
import { aRequest } from '../builders/a-request.js'

const NOTHING = { excluded: undefined, onExceed: undefined, rung: 0 }
const planned = (
  policy: Policy,
  parts: Partial<Request> = {},
  options: Parameters<typeof plan>[3] = NOTHING,
): Plan | PlanFailure => {
  const request = aRequest(parts)
  return plan(policy, request, claimsFor(policy.budgets, request.scope), options)
}
const plans = (...args: Parameters<typeof planned>): Plan => {
  const found = planned(...args)
  if (typeof found === 'string') throw new Error(`no plan: ${found}`)
  return found
}
const groups = (made: Plan): number[][] => groupsOf(made).map((group) => group.map(({ model }) => model))
const OTHER = aModel('other', 1, { inputUsd: 2, outputUsd: 5 })

describe('the order of candidates', () => {
  const policy = aPolicy({ models: [SMALL, MEDIUM, LARGE, OTHER] })

  it('is what was selected, then tier by tier downwards, cheapest first within a tier', () => {
    expect(groups(plans(policy, { assessment: { difficulty: 0.8 } }))).toEqual([[2], [3, 1], [0]])
    expect(groups(plans(policy, { assessment: { difficulty: 0.5 } }))).toEqual([[3, 1, 2], [0]])
    expect(groups(plans(policy))).toEqual([[0, 3, 1, 2]])
  })

  it('goes below the required tier only where the priority downgrades', () => {
    const waiting = aPolicy({
      models: [SMALL, MEDIUM, LARGE, OTHER],
      onExceed: { low: 'defer', normal: 'reject' },
    })
    for (const priority of ['low', 'normal'] as const)
      expect(groups(plans(waiting, { priority, assessment: { difficulty: 0.8 } }))).toEqual([[2]])
    expect(groups(plans(waiting, { priority: 'critical', assessment: { difficulty: 0.8 } }))).toEqual([
      [2],
      [3, 1],
      [0],
    ])
    const after = { ...NOTHING, onExceed: 'downgrade' as const }
    expect(groups(plans(waiting, { priority: 'low', assessment: { difficulty: 0.8 } }, after))).toHaveLength(
      3,
    )
  })

  it('a downgrade may take another model of the same tier: a critical request is refused only when nothing fits', () => {
    const fixed = aPolicy({
      models: [SMALL, MEDIUM, LARGE, OTHER],
      selector: { kind: 'fixed', model: 'medium' },
    })
    expect(groups(plans(fixed, { priority: 'critical' }))).toEqual([[1], [3], [0]])
  })

  it('where the model that was wanted is infeasible, its tier and those below stand in for it', () => {
    const strong = { ...LARGE, contextWindow: 10 }
    const threshold = aPolicy({
      models: [SMALL, MEDIUM, strong],
      selector: { kind: 'threshold', strong: 'large', weak: 'small', threshold: 0.5 },
    })
    expect(groups(plans(threshold, { assessment: { difficulty: 0.9 } }))).toEqual([[1], [0]])
  })

  it('leaves out models that failed', () => {
    const without = { ...NOTHING, excluded: new Set([2]) }
    expect(groups(plans(policy, { assessment: { difficulty: 0.8 } }, without))).toEqual([[3, 1], [0]])
    expect(planned(policy, {}, { ...NOTHING, excluded: new Set([0, 1, 2, 3]) })).toBe('noFeasibleModel')
  })

  it('a difficulty on a boundary needs the upper tier', () => {
    expect([0, 0.39, 0.4, 0.69, 0.7, 1].map((difficulty) => tierOf(difficulty, [0.4, 0.7]))).toEqual([
      0, 0, 1, 1, 2, 2,
    ])
  })

  it('what nobody assessed and has no text is hardest', () => {
    expect(plans(policy, { assessment: undefined }).requiredTier).toBe(2)
  })
})

describe('the first candidate that fits', () => {
  const policy = aPolicy({ budgets: [aBudget('b', 1)] })
  const all = plans(policy, { assessment: { difficulty: 0.5 } })
  const chosen = (headroom: number): [number, number] | undefined => {
    const choice = chooseCandidate(all, headroom)
    return choice && [choice.candidate.model, choice.maxOutputTokens]
  }
  const at = (model: number, tokens: number): number =>
    [100 * 1000 + tokens * 2000, 100 * 3000 + tokens * 10_000, 100 * 10_000 + tokens * 50_000][model]!

  it('is tried at full length in every model of a group, then clamped, before a lower tier', () => {
    expect(chosen(at(1, 1000))).toEqual([1, 1000])
    expect(chosen(at(1, 1000) - 1)).toEqual([1, 999])
    expect(chosen(at(1, 50))).toEqual([1, 50])
    expect(chosen(at(1, 50) - 1)).toEqual([0, 349])
    expect(chosen(at(0, 50))).toEqual([0, 50])
    expect(chosen(at(0, 50) - 1)).toBeUndefined()
  })

  it('reserves what it grants and no nano-dollar more than there is', () => {
    for (let headroom = 200_000; headroom < 12_000_000; headroom += 7919) {
      const choice = chooseCandidate(all, headroom)!
      expect(choice.reservedNanoUsd).toBeLessThanOrEqual(headroom)
      expect(choice.reservedNanoUsd).toBe(at(choice.candidate.model, choice.maxOutputTokens))
    }
  })
})

describe('feasibility', () => {
  const one = (model: Parameters<typeof aModel>[3], parts: Parameters<typeof aPolicy>[0] = {}): Policy =>
    aPolicy({ models: [{ ...SMALL, ...model }], tierBoundaries: [], ...parts })
  const budgets = [aBudget('b', 1)]

  it('context window: input, overhead and answer must fit', () => {
    const policy = one({ contextWindow: 1150, inputOverheadTokens: 50 })
    expect(typeof planned(policy)).toBe('object')
    expect(planned(policy, { inputTokensEstimate: 101 })).toBe('contextWindow')
    expect(typeof planned(policy, { inputTokensEstimate: 101, maxOutputTokens: 999 })).toBe('object')
  })

  it('output length: what was asked for must be possible, a default is cut to what is', () => {
    const policy = one({ maxOutputTokens: 500 })
    expect(planned(policy, { maxOutputTokens: 501 })).toBe('outputLength')
    expect(plans(policy).first.maxOutputTokens).toBe(500)
  })

  it('needs', () => {
    const policy = one({ capabilities: ['tools', 'vision'] })
    expect(typeof planned(policy, { needs: ['vision', 'tools'] })).toBe('object')
    expect(planned(policy, { needs: ['vision', 'audio'] })).toBe('needs')
  })

  it('deny lists, by label', () => {
    const policy = aPolicy({ denyModels: { 'org:acme': ['small', 'medium'], 'team:x:y': ['large'] } })
    expect(groups(plans(policy))).toEqual([[2]])
    expect(groups(plans(policy, { scope: { org: 'other' } }))).toEqual([[0, 1, 2]])
    expect(groups(plans(policy, { scope: { team: 'x:y' } }))).toEqual([[0, 1]])
    expect(planned(policy, { scope: { org: 'acme', team: 'x:y' } })).toBe('denied')
  })

  it('unknown prices: nothing to worry about without a budget, refused or taken as the tier’s dearest with one', () => {
    const models = [{ ...SMALL, pricing: undefined }, aModel('priced', 0, { inputUsd: 4, outputUsd: 8 })]
    const parts = { models, tierBoundaries: [] }
    // Nobody knows what the unpriced one costs, so it comes last.
    expect(groups(plans(aPolicy(parts)))).toEqual([[1, 0]])
    expect(groups(plans(aPolicy({ ...parts, budgets })))).toEqual([[1]])
    const assuming = plans(aPolicy({ ...parts, budgets, unknownPrice: 'assumeTierMaximum' }))
    const [unpriced, priced] = [0, 1].map((model) =>
      groupsOf(assuming)[0]!.find((one) => one.model === model)!,
    )
    expect(unpriced).toEqual({ ...priced, model: 0 })
    expect(planned(one({ pricing: undefined }, { budgets, unknownPrice: 'assumeTierMaximum' }))).toBe(
      'unknownPrice',
    )
  })

  it('an input that cannot be bounded is refused under worstCase and estimated otherwise', () => {
    expect(planned(one({}, { budgets }), { inputTokensBound: undefined })).toBe('inputUnbounded')
    const estimating = one(
      {},
      { budgets, reservation: { mode: 'estimateWithMargin', margin: 0.5, defaultMaxOutputTokens: 1000 } },
    )
    const { first } = plans(estimating, { inputTokensBound: undefined })
    expect(first).toMatchObject({ inputBoundPico: (100e6 + 100 * 2e6) * 1.5, outputPricePico: 0 })
    const unknown = { inputTokensBound: undefined, inputTokensEstimate: Infinity }
    expect(planned(estimating, unknown)).toBe('inputUnbounded')
  })

  it('the bound takes the dearest rate for the bounded input, overhead and fee; the expectation takes the plain one', () => {
    const pricing = { promptPer1m: 3, completionPer1m: 15, cacheWritePer1m: 3.75, perRequest: 0.001 }
    const { first } = plans(one({ pricing, inputOverheadTokens: 20 }, { budgets }), { inputTokensBound: 130 })
    expect(first.inputBoundPico).toBe(150 * 3_750_000 + 1e9)
    expect(first.expectedNanoUsd).toBe((120 * 3_000_000 + 100 * 15_000_000 + 1e9) / 1000)
  })

  it('the bound takes the dearest price tier that the bounded input may reach; the expectation that of the estimate', () => {
    const priceTiers = [{ aboveInputTokens: 120, promptPer1m: 6, completionPer1m: 22.5 }]
    const pricing = { promptPer1m: 3, completionPer1m: 15, priceTiers }
    const at = (inputTokensBound: number): Plan => plans(one({ pricing }, { budgets }), { inputTokensBound })
    expect(at(120).first).toMatchObject({ inputBoundPico: 120 * 3_000_000, outputPricePico: 15_000_000 })
    expect(at(121).first).toMatchObject({
      inputBoundPico: 121 * 6_000_000,
      outputPricePico: 22_500_000,
      expectedNanoUsd: (100 * 3_000_000 + 100 * 15_000_000) / 1000,
    })
  })

  it('the least length is never above the one asked for', () => {
    expect(plans(one({}), { maxOutputTokens: 10 }).first).toMatchObject({
      minOutputTokens: 10,
      maxOutputTokens: 10,
    })
  })

  it('a missing label can refuse', () => {
    const policy = aPolicy({ budgets: [aBudget('b', 1, { onMissingLabel: 'reject' })] })
    expect(planned(policy, { scope: {} })).toBe('missingLabel')
  })
})

describe('a prediction of output tokens', () => {
  const learned = aLearnedSpec(['small'])
  const policyWith = (mode: object) =>
    aPolicy({
      models: [{ ...SMALL, expectedOutputTokens: 400 }],
      tierBoundaries: [],
      classifier: { kind: 'learned', learned },
      reservation: { mode: 'estimateWithMargin', margin: 0, ...mode },
      budgets: [aBudget('b', 1)],
    })

  it('orders models, may raise what is held, and never lowers it', () => {
    const held = (tokens: number): number => {
      const request = { features: Float64Array.of(0.9, tokens) }
      const { first } = plans(policyWith({}), request)
      expect(first.expectedNanoUsd).toBe((100 * 1_000_000 + tokens * 2_000_000) / 1000)
      return first.inputBoundPico
    }
    expect(held(0)).toBe(100 * 1_000_000 + 400 * 2_000_000)
    expect(held(60)).toBe(held(0))
    expect(held(900)).toBe(100 * 1_000_000 + 900 * 2_000_000)
  })
})
