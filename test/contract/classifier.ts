import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClassifierContext } from '../../src/core/classify/classifier.js'
import { createClassifier } from '../../src/core/classify/index.js'
import type { ClassifierSpec } from '../../src/core/policy-schema.js'

/** What every classifier kind must keep to. Runs inside a test file, once for each spec. */
export function classifierContract<Kind extends ClassifierSpec['kind']>(
  name: string,
  spec: Extract<ClassifierSpec, { kind: Kind }>,
  seed: number,
  context: ClassifierContext = { models: [], tierBoundaries: [] },
): void {
  const classifier = createClassifier(spec, context)
  const { names } = classifier.extractor
  const features = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
    minLength: names.length,
    maxLength: names.length,
  })
  const holds = (property: (values: number[]) => void): void =>
    fc.assert(fc.property(features, property), { seed, numRuns: 300 })

  describe(`${name} keeps the contract of classifiers (FC_SEED=${seed})`, () => {
    it('bears the kind of its spec and extracts one value a name', () => {
      expect(classifier.kind).toBe(spec.kind)
      expect(classifier.extractor.extract([{ role: 'user', content: 'hello' }], 8)).toHaveLength(names.length)
      expect(new Set(names).size).toBe(names.length)
    })

    it('gives a difficulty in [0, 1], the same each time, and leaves the features alone', () => {
      holds((values) => {
        const given = Object.freeze([...values])
        const difficulty = classifier.difficulty(given)
        expect(difficulty).toBeGreaterThanOrEqual(0)
        expect(difficulty).toBeLessThanOrEqual(1)
        expect(classifier.difficulty(Float64Array.from(values))).toBe(difficulty)
      })
    })

    it('reads columns to the same bit', () => {
      holds((values) => {
        const columns = values.map((value) => Float64Array.of(Number.NaN, value))
        expect(Object.is(classifier.difficulties(columns, 2)[1], classifier.difficulty(values))).toBe(true)
      })
    })

    it('explains: the parts in their order, added and clamped, are the difficulty', () => {
      holds((values) => {
        const parts = classifier.explain(values)
        for (const { value, weight, part } of parts) expect(part).toBe(weight * value)
        const sum = parts.reduce((total, { part }) => total + part, 0)
        expect(Math.min(1, Math.max(0, sum))).toBe(classifier.difficulty(values))
      })
    })

    it('treats what is not known as hardest', () => {
      const unknown = new Float64Array(names.length).fill(Number.NaN)
      const firstUnknown = Float64Array.from(names, (_, i) => (i === 0 ? Number.NaN : 0))
      for (const given of [undefined, unknown, firstUnknown]) {
        expect(classifier.difficulty(given)).toBe(1)
        expect(classifier.explain(given).reduce((sum, { part }) => sum + part, 0)).toBe(1)
      }
      const columns = names.map(() => Float64Array.of(Number.NaN))
      expect(classifier.difficulties(columns, 1)[0]).toBe(1)
      expect(classifier.difficulties([], 1)[0]).toBe(1)
    })
  })
}
