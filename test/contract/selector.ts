import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../src/core/budget/choose.js'
import type { Model } from '../../src/core/model.js'
import { createSelector } from '../../src/core/select/index.js'
import type { FeasibleModels } from '../../src/core/select/selector.js'
import type { SelectorSpec } from '../../src/core/policy-schema.js'

/** What every selector kind must keep to. Runs inside a test file, once for each spec. */
export function selectorContract<Kind extends SelectorSpec['kind']>(
  name: string,
  spec: Extract<SelectorSpec, { kind: Kind }>,
  models: readonly Model[],
  seed: number,
): void {
  const selector = createSelector<Kind>(spec, models)
  const candidates = fc
    .array(fc.integer({ min: 0, max: 1000 }), { minLength: models.length, maxLength: models.length })
    .map((costs) => costs.map((expectedNanoUsd, model) => candidate(model, expectedNanoUsd)))
  const input = fc
    .tuple(candidates, fc.array(fc.boolean(), { minLength: models.length, maxLength: models.length }))
    .chain(([all, kept]) =>
      fc.record({
        candidates: fc.constant(all.filter((_, index) => kept[index])),
        difficulty: fc.double({ min: 0, max: 1, noNaN: true }),
        requiredTier: fc.integer({ min: 0, max: 3 }),
        success: fc.func(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined })),
        rung: fc.integer({ min: 0, max: 3 }),
        budgetHint: fc.option(
          fc.record({
            usedNanoUsd: fc.integer({ min: 0, max: 2000 }),
            capNanoUsd: fc.integer({ min: 0, max: 1000 }),
            elapsed: fc.option(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
          }),
          { nil: undefined },
        ),
        requestId: fc.string({ maxLength: 8 }),
        seed: fc.integer(),
      }),
    )

  describe(`${name} keeps the contract of selectors (FC_SEED=${seed})`, () => {
    it('bears the kind of its spec', () => expect(selector.kind).toBe(spec.kind))

    it('answers with some of the feasible candidates, each once, the same each time, and changes nothing', () => {
      fc.assert(
        fc.property(input, ({ candidates: list, ...rest }) => {
          Object.freeze(list)
          const given = { ...rest, feasible: feasibleOf(list) }
          const order = selector.order(given)
          expect(new Set(order).size).toBe(order.length)
          for (const one of order) expect(list).toContain(one)
          expect(selector.order(given)).toEqual(order)
          expect(createSelector<Kind>(spec, models).order(given)).toEqual(order)
        }),
        { seed, numRuns: 300 },
      )
    })

    it('finds nothing where nothing is feasible', () => {
      const nothing = {
        feasible: feasibleOf([]),
        difficulty: 0.5,
        requiredTier: 0,
        success: () => undefined,
        rung: 0,
        requestId: 'r',
        seed: 1,
      }
      expect(selector.order(nothing)).toEqual([])
    })
  })
}

/** Only these models can take the request. */
export function feasibleOf(candidates: readonly Candidate[]): FeasibleModels {
  return { candidate: (model) => candidates.find((one) => one.model === model) }
}

export function candidate(model: number, expectedNanoUsd: number): Candidate {
  return {
    model,
    expectedNanoUsd,
    inputBoundPico: 0,
    outputPricePico: 1000,
    minOutputTokens: 10,
    maxOutputTokens: 100,
  }
}
