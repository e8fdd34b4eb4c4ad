import { describe, expect, it } from 'vitest'
import { createSelector } from '../../../src/core/select/index.js'
import { createPacing, type PacedSpec } from '../../../src/core/select/pacing.js'
import { candidate, feasibleOf } from '../../contract/selector.js'
import { aPolicy } from '../../builders/a-policy.js'

const SPEC: PacedSpec = { kind: 'paced', budget: 'day', costWeight: 2e7 }
const hint = (used: number, elapsed: number | null) => ({
  usedNanoUsd: used * 1e6,
  capNanoUsd: 1e6,
  elapsed,
})
const weight = (used: number, elapsed: number | null, parts: Partial<PacedSpec> = {}): number =>
  createPacing({ ...SPEC, ...parts })(hint(used, elapsed)).costWeight / SPEC.costWeight

describe('the weight of a paced selector', () => {
  it('stands as given where the budget is used as planned', () => {
    for (const share of [0, 0.25, 0.5, 0.999]) expect(weight(share, share)).toBeCloseTo(1, 9)
    expect(weight(0.5, null)).toBe(1)
  })

  it('is the planned share left over the share left, to the power of the pace', () => {
    expect(weight(0.6, 0.2, { pace: 1 })).toBeCloseTo(2, 9)
    expect(weight(0.6, 0.2, { pace: 3 })).toBeCloseTo(8, 9)
    expect(weight(0.2, 0.6, { pace: 3 })).toBeCloseTo(1 / 8, 9)
    expect(weight(0.9, 0.1, { pace: 0 })).toBe(1)
    // The defaults: 6 towards an end, 2 without one.
    expect(weight(0.6, 0.2)).toBeCloseTo(64, 6)
    expect(weight(0.75, null)).toBeCloseTo(4, 9)
  })

  it('rises with what is used and falls with what has passed', () => {
    const shares = [0, 0.1, 0.5, 0.9, 0.99, 1]
    const rising = shares.map((used) => weight(used, 0.5))
    const falling = shares.slice(0, -1).map((elapsed) => weight(0.5, elapsed))
    for (let i = 1; i < rising.length; i++) expect(rising[i]).toBeGreaterThan(rising[i - 1]!)
    for (let i = 1; i < falling.length; i++) expect(falling[i]).toBeLessThan(falling[i - 1]!)
  })

  it('telescopes: small steps of mirror descent on what is left lead to the same weight', () => {
    const [steps, pace] = [100_000, 4]
    let log = 0
    for (let i = 0; i < steps; i++) {
      const spent = 0.7 / steps / (1 - (0.7 * i) / steps)
      const planned = 0.4 / steps / (1 - (0.4 * i) / steps)
      log += pace * (spent - planned)
    }
    expect(weight(0.7, 0.4, { pace })).toBeCloseTo(Math.exp(log), 3)
  })

  it('follows a profile of the window’s traffic', () => {
    const { plannedShare } = createPacing({ ...SPEC, profile: [1, 3, 0, 4] })(hint(0, 0.375))
    expect(plannedShare).toBeCloseTo((1 + 1.5) / 8, 12)
    const planned = (elapsed: number): number =>
      createPacing({ ...SPEC, profile: [1, 3, 0, 4] })(hint(0, elapsed)).plannedShare
    expect([0, 0.25, 0.5, 0.6, 0.75].map(planned)).toEqual([0, 1 / 8, 0.5, 0.5, 0.5])
    // Nothing is expected after noon: all of it is planned to be spent by then, and the weight stays a number.
    expect(weight(1, 0.75, { profile: [1, 0] })).toBe(1)
    expect(weight(0.5, 0.75, { profile: [1, 0] })).toBeLessThan(1e-12)
  })

  it('stays a number whatever was spent', () => {
    for (const used of [0, 1, 1.7])
      for (const elapsed of [0, 1 - 1e-12, null])
        for (const costWeight of [1e-300, 1e308]) {
          const { costWeight: found } = createPacing({ ...SPEC, costWeight, pace: 100 })(hint(used, elapsed))
          expect(found).toBeGreaterThanOrEqual(0)
          expect(Number.isFinite(found)).toBe(true)
        }
    const nothing = createPacing(SPEC)({ usedNanoUsd: 0, capNanoUsd: 0, elapsed: 0.5 })
    expect(nothing.usedShare).toBe(1)
    expect(nothing.costWeight).toBeGreaterThan(SPEC.costWeight)
  })
})

describe('paced', () => {
  const { models } = aPolicy()
  const all = [candidate(0, 1), candidate(1, 5), candidate(2, 30)]
  const asked = {
    feasible: feasibleOf(all),
    difficulty: 0.5,
    requiredTier: 0,
    success: (model: number) => [0.5, 0.7, 0.95][model],
    rung: 0,
    requestId: 'r',
    seed: 1,
  }
  const paced = createSelector(SPEC, models)
  const first = (used: number, elapsed: number): number | undefined =>
    paced.order({ ...asked, budgetHint: hint(used, elapsed) })[0]?.model

  it('is utility at the weight as given where nobody knows how much is used', () => {
    const utility = createSelector({ kind: 'utility', costWeight: SPEC.costWeight }, models)
    expect(paced.order(asked)).toEqual(utility.order(asked))
    expect(paced.order({ ...asked, budgetHint: hint(0.3, 0.3) })).toEqual(utility.order(asked))
  })

  it('asks cheaper models ahead of the plan, better ones behind it', () => {
    expect(first(0.5, 0.5)).toBe(1)
    expect(first(0.95, 0.5)).toBe(0)
    expect(first(0.1, 0.5)).toBe(2)
  })

  it('names its budget, so that hosts ask for no other and policies without it for none', () => {
    expect(paced.pacedBy).toBe('day')
    expect(createSelector({ kind: 'utility', costWeight: 1 }, models).pacedBy).toBeUndefined()
  })
})
