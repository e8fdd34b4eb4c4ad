import { describe, expect, it } from 'vitest'
import { parsePolicy } from '../../src/core/policy.js'
import { createRandom } from '../../src/core/random.js'
import { knobsOf, neighbour, withKnobs } from '../../src/tune/knobs.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { aBudget, aPolicyFile } from '../builders/a-policy.js'

const classifier = { kind: 'learned' as const, learned: aLearnedSpec(['small', 'medium', 'large'], 60) }
const budgets = [
  aBudget('day', 1, { window: { kind: 'fixed', budgetDuration: '1d' } }),
  aBudget('slide', 1, { window: { kind: 'sliding', budgetDuration: '1d' } }),
]
const file = (parts: object) =>
  ({
    ...aPolicyFile({ classifier, budgets }),
    selector: { kind: 'paced', budget: 'day', costWeight: 8, profile: [1, 2], ...parts },
  }) as const

describe('the knobs of a paced selector', () => {
  it('are its cost weight and its pace, which has a default for each kind of window', () => {
    const paceOf = (parts: object): number | undefined => knobsOf(parsePolicy(file(parts))).logPace[0]
    expect(knobsOf(parsePolicy(file({}))).logCostWeight[0]).toBeCloseTo(Math.log(8), 12)
    expect(paceOf({})).toBeCloseTo(Math.log(6), 12)
    expect(paceOf({ budget: 'slide', profile: undefined })).toBeCloseTo(Math.log(2), 12)
    expect(paceOf({ pace: 3 })).toBeCloseTo(Math.log(3), 12)
    // What does not follow the budget is not made to.
    expect(paceOf({ pace: 0 })).toBeUndefined()
  })

  it('turn both and nothing else of it, within what a policy may say', () => {
    const json = file({})
    const policy = parsePolicy(json)
    const random = createRandom(5)
    let knobs = knobsOf(policy)
    for (let i = 0; i < 300; i++) {
      knobs = neighbour(knobs, random, 3)
      parsePolicy(withKnobs(json, policy, knobs))
    }
    const turned = parsePolicy(
      withKnobs(json, policy, { ...knobs, logPace: [Math.log(2)], logCostWeight: [0] }),
    )
    expect(turned.file.selector).toEqual({
      kind: 'paced',
      budget: 'day',
      costWeight: 1,
      pace: 2,
      profile: [1, 2],
    })
  })
})
