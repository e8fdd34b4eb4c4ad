import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { parseSearch } from '../../src/cli/search-option.js'
import { createRandom } from '../../src/core/random.js'
import { crossed, neighbour, withKnobs } from '../../src/tune/knobs.js'
import { SEARCHABLE, shapesOf, type Searchable } from '../../src/tune/shapes/shapes.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { anOutcome, aTable } from '../metrics/builders.js'
import { aBudget, aPolicyFile } from '../builders/a-policy.js'

const models = ['small', 'medium', 'large']
const outcomes = models.map((id, i) => anOutcome(id, [0.5 + i / 10, 0.5 + i / 5, 1], 0.001 * 4 ** i))
const seen = aTable({ outcomes })
const learned = aPolicyFile({ classifier: { kind: 'learned', learned: aLearnedSpec(models, 60) } })
const cascade = aPolicyFile({
  selector: {
    kind: 'cascade',
    scorer: { kind: 'external' },
    rungs: [{ model: 'small', accept: 0.6 }, { model: 'large' }],
  },
})
const shapesWith = (json: object, search: readonly Searchable[], others: readonly object[] = []) =>
  shapesOf({
    json: json as Record<string, unknown>,
    search,
    others: others.map((one) => parsePolicy(one)),
    readBy: () => seen,
    seen,
  })
const namesOf = (...input: Parameters<typeof shapesWith>): string[] =>
  shapesWith(...input).map(({ name }) => name)

describe('shapesOf', () => {
  it('is the policy alone where nothing but numbers is searched', () => {
    expect(namesOf(aPolicyFile(), [])).toEqual(['as given'])
  })

  it('are the selectors that its classifier and models allow', () => {
    expect(namesOf(aPolicyFile(), ['selector'])).toEqual([
      'as given',
      'threshold medium over small',
      'threshold large over small',
      'threshold large over medium',
      'mix',
      ...models.map((id) => `fixed ${id}`),
    ])
    const budgets = [aBudget('day', 1, { window: { kind: 'fixed', budgetDuration: '1d' } })]
    const names = namesOf({ ...learned, budgets, selector: { kind: 'utility', costWeight: 3 } }, ['selector'])
    expect(names).toContain('paced by day')
    expect(names).toContain('cheapestCapable')
    expect(names).not.toContain('utility')
  })

  it('are the classifiers that it or another policy holds, with the boundaries that belong to them', () => {
    const names = namesOf(aPolicyFile(), ['classifier', 'selector'], [learned])
    expect(names).toContain('learned classifier')
    expect(names).toContain('utility, learned classifier')
    const inside = { kind: 'learned' as const, learned: aLearnedSpec(models, 60), tierBoundaries: [0.2, 0.5] }
    const hybrid = aPolicyFile({ classifier: { kind: 'hybrid', inside } })
    const own = shapesWith(hybrid, ['classifier'])
    expect(own.map(({ name }) => name)).toEqual(['as given', 'heuristic classifier', 'learned classifier'])
    expect(own.map(({ policy }) => policy.file.tierBoundaries)).toEqual([
      [0.4, 0.7],
      [0.4, 0.7],
      [0.2, 0.5],
    ])
  })

  it('turn the boundaries and the band of a hybrid where its inside can read every request', () => {
    const inside = { kind: 'learned' as const, learned: aLearnedSpec(models, 60), tierBoundaries: [0.2, 0.5] }
    const json = aPolicyFile({ classifier: { kind: 'hybrid', inside, boundaryMargin: 0.1 } })
    const policy = parsePolicy(json)
    const startWith = (reads: (other: Policy) => boolean) =>
      shapesOf({
        json: json as Record<string, unknown>,
        search: [],
        others: [],
        readBy: (other) => (reads(other) ? seen : undefined),
        seen,
      })[0]?.start
    const own = ({ classifier }: Policy): boolean =>
      classifier.extractor.key === policy.classifier.extractor.key
    expect(startWith(own)).toMatchObject({ cuts: [], bands: [] })
    const start = startWith(() => true)
    expect(start).toMatchObject({ cuts: [0.4, 0.7], bands: [0.1] })
    const turned = parsePolicy(
      withKnobs(json as Record<string, unknown>, policy, { ...start!, cuts: [0.3, 0.8], bands: [0.25] }),
    )
    expect(turned.file.tierBoundaries).toEqual([0.3, 0.8])
    expect(turned.file.classifier).toEqual({ ...policy.file.classifier, boundaryMargin: 0.25 })
    for (const [cuts, boundaries] of [
      [
        [0, 0],
        [0.001, 0.002],
      ],
      [
        [1, 1],
        [0.999, 1],
      ],
    ] as const) {
      const squeezed = withKnobs(json as Record<string, unknown>, policy, { ...start!, cuts })
      expect(parsePolicy(squeezed).file.tierBoundaries).toEqual(boundaries)
    }
  })

  it('are the ladders of a scorer that is there, and none without one', () => {
    expect(namesOf(aPolicyFile(), ['cascade'])).toEqual(['as given'])
    expect(namesOf(cascade, ['cascade'])).toEqual([
      'as given',
      'cascade small, medium',
      'cascade small, medium, large',
      'cascade medium, large',
    ])
    expect(namesOf(aPolicyFile(), ['cascade'], [cascade])).toContain('cascade small, large')
  })

  it('are other windows that let no more through, with budgets only', () => {
    const windows = ['fixed', 'sliding'].map((kind) => ({ kind, budgetDuration: '1d' }))
    const budgets = [...windows, { kind: 'lifetime' }].map((window, i) => ({
      id: `b${i}`,
      scope: 'org',
      maxBudget: 8,
      window,
    }))
    const shapes = shapesWith({ ...aPolicyFile(), budgets }, ['budgets'])
    expect(shapes.map(({ name }) => name)).toEqual([
      'as given',
      'fixed windows',
      'sliding windows',
      'tokenBucket windows',
    ])
    const caps = shapes.map(({ policy }) =>
      policy.file.budgets.map(({ maxBudget, window }) => maxBudget ?? window),
    )
    expect(caps).toEqual([
      [8, 8, 8],
      [8, 4, 8],
      [8, 8, 8],
      [
        { kind: 'tokenBucket', capacity: 8, refillRate: { usd: 8, per: '1d' } },
        { kind: 'tokenBucket', capacity: 4, refillRate: { usd: 4, per: '1d' } },
        8,
      ],
    ])
  })

  it('stay valid whatever is turned and crossed', () => {
    const random = createRandom(2)
    const budgets = [
      aBudget('day', 8, { window: { kind: 'sliding', budgetDuration: '1d' }, overrides: { acme: 3 } }),
    ]
    for (const { json, policy, start } of shapesWith({ ...cascade, budgets }, SEARCHABLE, [learned])) {
      let knobs = start
      for (let i = 0; i < 3; i++) {
        const other = neighbour(knobs, random, 3)
        knobs = crossed(knobs, other, random)
        parsePolicy(withKnobs(json, policy, knobs))
      }
    }
  })
})

describe('parseSearch', () => {
  it('reads names, and none', () => {
    expect(parseSearch('selector, budgets')).toEqual(['selector', 'budgets'])
    expect(parseSearch('none')).toEqual([])
    expect(() => parseSearch('selectors')).toThrow(InputError)
    expect(() => parseSearch('selectors')).toThrow('did you mean selector?')
    expect(() => parseSearch('')).toThrow(/does not know “”: selector, classifier/)
  })
})
