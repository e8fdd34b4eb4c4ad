import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parsePolicy } from '../../src/core/policy.js'
import type { PolicyFile } from '../../src/core/policy-schema.js'
import { knobsOf, withMoved } from '../../src/page/knobs/index.js'
import type { Knob, KnobValue } from '../../src/page/knobs/knob.js'
import { positionOf, STEPS, sweepValues, valueAt } from '../../src/page/view/slider.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { aPolicyFile, LARGE, MEDIUM, SMALL } from '../builders/a-policy.js'

const SHIPPED = readdirSync('policies').filter((name) => name.endsWith('.json') && name !== 'tuned.json')
const read = (name: string): PolicyFile =>
  parsePolicy(JSON.parse(readFileSync(`policies/${name}`, 'utf8'))).file
const file = (over: Record<string, unknown>): PolicyFile =>
  parsePolicy({ ...aPolicyFile({ models: [SMALL, MEDIUM, LARGE] }), ...over }).file
const allKnobs = (own: PolicyFile): Knob[] => knobsOf(own).flatMap(({ knobs }) => knobs)

/** Every value that a hand could set, the ends included. */
function valuesOf(knob: Knob): KnobValue[] {
  switch (knob.kind) {
    case 'range':
      return sweepValues(knob, 5)
    case 'choice':
      return knob.options.map(({ value }) => value)
    case 'switch':
      return [true, false]
  }
}

describe('the knobs of a policy', () => {
  it.each(SHIPPED)('of %s give a policy at every single value', (name) => {
    const own = read(name)
    const broken = allKnobs(own).flatMap((knob) =>
      valuesOf(knob).flatMap((value) => {
        try {
          parsePolicy(withMoved(own, { [knob.id]: value }))
          return []
        } catch (error) {
          return [`${knob.id} = ${value}: ${String(error)}`]
        }
      }),
    )
    expect(broken).toEqual([])
  })

  it('changes nothing where nothing was moved, nor by the values that stand there already', () => {
    for (const name of SHIPPED) {
      const own = read(name)
      expect(withMoved(own, {})).toBe(own)
      const same = Object.fromEntries(allKnobs(own).map(({ id, value }) => [id, value]))
      expect(withMoved(own, same)).toEqual(own)
    }
  })

  it('says why the boundaries of a hybrid with something learned stay, and has them of every other', () => {
    const learned = aLearnedSpec(['small', 'medium', 'large'])
    const inside = { kind: 'learned', learned, tierBoundaries: [0.4, 0.7] }
    const hybrid = file({ classifier: { kind: 'hybrid', boundaryMargin: 0.1, inside } })
    expect(allKnobs(hybrid).map(({ id }) => id)).not.toContain('boundary:0')
    expect(knobsOf(hybrid)[0]).toMatchObject({ title: 'Routing', knobs: [] })
    expect(knobsOf(hybrid)[0]!.missing).toContain('tollgate replay reads the prompts anew')
    const service = { kind: 'service', name: 'judge', maxCostUsd: 0.001 }
    const asking = file({ classifier: { kind: 'hybrid', boundaryMargin: 0.1, inside: service } })
    expect(allKnobs(asking).find(({ id }) => id === 'boundary:0')?.note).toContain(
      'for others the rules decide',
    )
    expect(allKnobs(file({})).map(({ id }) => id)).toContain('boundary:0')
    expect(knobsOf(file({})).every(({ missing }) => missing === '')).toBe(true)
  })

  it('has those of the selector, and of models that no selector names', () => {
    const threshold = file({
      selector: { kind: 'threshold', strong: 'large', weak: 'small', threshold: 0.4 },
    })
    expect(allKnobs(threshold).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['threshold', 'model:medium']),
    )
    expect(allKnobs(threshold).map(({ id }) => id)).not.toContain('model:large')
    expect(withMoved(threshold, { threshold: 0.7 }).selector).toMatchObject({ threshold: 0.7 })
    const capable = file({})
    expect(allKnobs(capable).map(({ id }) => id)).toContain('boundary:0')
  })

  it('never lets boundaries fall', () => {
    expect(withMoved(file({}), { 'boundary:0': 0.9 }).tierBoundaries).toEqual([0.9, 0.9])
  })

  it('drops the boundary of a tier that no model is left in', () => {
    const { models, tierBoundaries } = withMoved(file({}), { 'model:large': false })
    expect(models.map(({ id }) => id)).toEqual(['small', 'medium'])
    expect(tierBoundaries).toHaveLength(1)
  })

  it('keeps cap and length in another kind of window, and back', () => {
    const capped = file({
      budgets: [{ id: 'b', scope: 'org', maxBudget: 8, window: { kind: 'fixed', budgetDuration: '2h' } }],
    })
    const [bucket] = withMoved(capped, { 'window:b': 'tokenBucket', 'cap:b': 6 }).budgets
    expect(bucket).toMatchObject({
      window: { kind: 'tokenBucket', capacity: 6, refillRate: { usd: 6, per: '2h' } },
    })
    expect(bucket).not.toHaveProperty('maxBudget')
    const again = withMoved({ ...capped, budgets: [bucket!] }, { 'window:b': 'sliding', 'refill:b': 1 })
    expect(again.budgets[0]).toMatchObject({
      maxBudget: 6,
      window: { kind: 'sliding', budgetDuration: '2h' },
    })
  })

  it('moves cached rates in the ratio of the plain ones', () => {
    const [first] = read('heuristic.json').models
    const own = read('heuristic.json')
    const { models } = withMoved(own, { [`inputPrice:${first!.id}`]: 0.5 })
    expect(models[0]!.pricing).toMatchObject({
      promptPer1m: 0.5,
      cachedInputPer1m: 0.05,
      completionPer1m: first!.pricing!.completionPer1m,
    })
  })
})

describe('a slider', () => {
  const ranges = SHIPPED.flatMap((name) => allKnobs(read(name))).filter((knob) => knob.kind === 'range')

  it('gives back the policy’s own value, exactly, where it stands', () => {
    for (const knob of ranges) expect(valueAt(knob, positionOf(knob, knob.value))).toBe(knob.value)
  })

  it('rises with its position, from end to end', () => {
    for (const knob of ranges) {
      const values = Array.from({ length: STEPS + 1 }, (_, position) => valueAt(knob, position))
      expect(values).toEqual([...values].sort((a, b) => a - b))
      expect(values[0]! / knob.min || 1).toBeCloseTo(1, 2)
      expect(values.at(-1)! / knob.max).toBeCloseTo(1, 2)
    }
  })
})
