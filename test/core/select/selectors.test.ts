import { describe, expect, it } from 'vitest'
import type { SelectorSpec } from '../../../src/core/policy-schema.js'
import { createSelector } from '../../../src/core/select/index.js'
import { candidate, feasibleOf, selectorContract } from '../../contract/selector.js'
import { aModel, aPolicy, LARGE, MEDIUM, SMALL } from '../../builders/a-policy.js'
import { seed } from '../../properties/seed.js'

const SPECS: {
  readonly [Kind in SelectorSpec['kind']]: Record<string, Extract<SelectorSpec, { kind: Kind }>>
} = {
  cheapestCapable: { 'cheapest capable': { kind: 'cheapestCapable' } },
  fixed: { fixed: { kind: 'fixed', model: 'medium' } },
  threshold: { threshold: { kind: 'threshold', strong: 'large', weak: 'small', threshold: 0.5 } },
  utility: { utility: { kind: 'utility', costWeight: 2e7 } },
  cascade: {
    cascade: {
      kind: 'cascade',
      rungs: [
        { model: 'small', accept: 0.8, samples: 1, skipBelow: 0.4 },
        { model: 'medium', accept: 0.6, samples: 3, skipBelow: 0 },
        { model: 'large', samples: 1, skipBelow: 0 },
      ],
      scorer: { kind: 'external', costUsd: 0, latencyMs: 0, timeoutMs: 1000 },
    },
  },
  paced: {
    paced: { kind: 'paced', budget: 'day', costWeight: 2e7 },
    'paced by profile': { kind: 'paced', budget: 'day', costWeight: 2e7, pace: 100, profile: [0, 1, 0] },
  },
  mix: { mix: { kind: 'mix', shares: { small: 3, medium: 0, large: 1 } } },
}
const { models } = aPolicy({
  models: [SMALL, MEDIUM, LARGE, aModel('other', 2, { inputUsd: 9, outputUsd: 9 })],
})
const chanceOf = (model: number): number => [0.5, 0.7, 0.95, 0.9][model] ?? 0
const all = [candidate(0, 1), candidate(1, 5), candidate(2, 30), candidate(3, 20)]
const asked = {
  feasible: feasibleOf(all),
  difficulty: 0.5,
  requiredTier: 1,
  success: chanceOf,
  rung: 0,
  requestId: 'r',
  seed: 1,
}

contract('cheapestCapable')
contract('fixed')
contract('threshold')
contract('mix')
contract('utility')
contract('cascade')
contract('paced')

function contract<Kind extends SelectorSpec['kind']>(kind: Kind): void {
  for (const [name, spec] of Object.entries(SPECS[kind]) as [string, Extract<SelectorSpec, { kind: Kind }>][])
    selectorContract<Kind>(name, spec, models, seed)
}

describe('cheapest capable', () => {
  const { order } = createSelector({ kind: 'cheapestCapable' }, models)
  const names = (requiredTier: number): number[] =>
    order({ ...asked, requiredTier }).map(({ model }) => model)

  it('orders the models of the required tier and above by expected cost', () => {
    expect(names(0)).toEqual([0, 1, 3, 2])
    expect(names(1)).toEqual([1, 3, 2])
    expect(names(2)).toEqual([3, 2])
    expect(names(3)).toEqual([])
  })

  it('keeps the policy’s order where costs are equal', () => {
    const feasible = [candidate(2, 7), candidate(1, 7), candidate(3, 7), candidate(0, 7)]
    const given = { ...asked, feasible: feasibleOf(feasible), requiredTier: 0 }
    expect(order(given).map(({ model }) => model)).toEqual([0, 1, 2, 3])
  })
})

describe('threshold', () => {
  const { order } = createSelector(SPECS.threshold.threshold!, models)
  const model = (difficulty: number, feasible = all): number | undefined =>
    order({ ...asked, difficulty, feasible: feasibleOf(feasible) })[0]?.model

  it('asks the strong model from the threshold on, the weak one below it', () => {
    expect([model(0.499), model(0.5), model(1)]).toEqual([0, 2, 2])
  })

  it('asks the strong one where the weak one cannot', () => {
    expect(model(0.1, all.slice(1))).toBe(2)
    expect(model(0.1, [candidate(1, 1)])).toBeUndefined()
  })
})

describe('cascade', () => {
  const { order, wantedTier } = createSelector(SPECS.cascade.cascade!, models)
  const model = (parts: Partial<typeof asked>): number | undefined => order({ ...asked, ...parts })[0]?.model

  it('begins at the first rung and goes on where it is told', () => {
    expect([0, 1, 2, 3].map((rung) => model({ rung }))).toEqual([0, 1, 2, undefined])
  })

  it('skips a rung whose success is unlikely, and passes over one that cannot take the request', () => {
    expect(model({ success: () => 0.39 })).toBe(1)
    expect(model({ success: (() => undefined) as never, difficulty: 0.7 })).toBe(1)
    expect(model({ success: (() => undefined) as never, difficulty: 0.5 })).toBe(0)
    expect(model({ feasible: feasibleOf(all.slice(1)) })).toBe(1)
    expect(wantedTier({ ...asked, success: () => 0.39 })).toBe(1)
    const unlikely = createSelector(
      {
        ...SPECS.cascade.cascade!,
        rungs: [
          { model: 'small', accept: 0.8, samples: 1, skipBelow: 0 },
          { model: 'medium', accept: 0.6, samples: 1, skipBelow: 0.4 },
          { model: 'large', samples: 1, skipBelow: 0 },
        ],
      },
      models,
    )
    const [found] = unlikely.order({ ...asked, success: () => 0.39, feasible: feasibleOf(all.slice(1)) })
    expect(found?.model).toBe(2)
  })
})

describe('mix', () => {
  const { order } = createSelector(SPECS.mix.mix!, models)
  const draw = (requestId: string, feasible = all): number =>
    order({ ...asked, requestId, feasible: feasibleOf(feasible) })[0]!.model

  it('gives each model its share, and none to a share of 0', () => {
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 20_000; i++) counts[draw(`r${i}`)]!++
    expect(counts[1]).toBe(0)
    expect(counts[3]).toBe(0)
    // Within four standard deviations (61) of 15,000.
    expect(Math.abs(counts[0]! - 15_000)).toBeLessThan(245)
  })

  it('draws the same for a request whatever other requests there are, and scales to what is feasible', () => {
    const alone = draw('r17')
    for (let i = 0; i < 100; i++) draw(`x${i}`)
    expect(draw('r17')).toBe(alone)
    for (let i = 0; i < 50; i++) expect(draw(`r${i}`, all.slice(1))).toBe(2)
    expect(order({ ...asked, feasible: feasibleOf([all[1]!]) })).toEqual([])
  })
})

describe('utility', () => {
  const names = (costWeight: number, success = chanceOf): number[] =>
    createSelector({ kind: 'utility', costWeight }, models)
      .order({ ...asked, success })
      .map(({ model }) => model)

  it('asks the best model where cost weighs nothing, the cheapest where it weighs all', () => {
    expect(names(0)[0]).toBe(2)
    expect(names(1e12)[0]).toBe(0)
  })

  it('weighs chance of success against expected dollars', () => {
    // 0.5 - 2e7 x 1e-9, 0.7 - 2e7 x 5e-9, 0.95 - 2e7 x 30e-9, 0.9 - 2e7 x 20e-9
    expect(names(2e7)).toEqual([1, 3, 2])
    expect(names(1e7)[0]).toBe(3)
  })

  it('never puts a model of which nothing is known before one that is known to succeed', () => {
    expect(names(0, (model) => (model === 1 ? 0.7 : undefined) as number)[0]).toBe(1)
  })
})
