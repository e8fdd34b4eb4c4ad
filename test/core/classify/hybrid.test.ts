import { describe, expect, it } from 'vitest'
import { parsePolicy, type Policy } from '../../../src/core/policy.js'
import { createRandom } from '../../../src/core/random.js'
import { aLearnedSpec, labelledPrompts } from '../../builders/a-learned-spec.js'
import { aPolicyFile } from '../../builders/a-policy.js'
import { seed } from '../../properties/seed.js'

const learned = aLearnedSpec(['small', 'medium', 'large'], 60)

function aHybrid(boundaryMargin: number, tierBoundaries = [0.4, 0.7]): Policy {
  const inside = { kind: 'learned' as const, learned, tierBoundaries: [0.2, 0.5] }
  return parsePolicy(aPolicyFile({ classifier: { kind: 'hybrid', inside, boundaryMargin }, tierBoundaries }))
}

describe('a hybrid', () => {
  it('says the same of features that hold what is inside for every request as of its own (property)', () => {
    const random = createRandom(seed)
    const everywhere = aHybrid(1).classifier.extractor
    let [inside, outside] = [0, 0]
    for (let run = 0; run < 20; run++) {
      const boundaries = [random.next(), random.next()].sort((a, b) => a - b)
      const { classifier } = aHybrid(random.next() * 0.3, boundaries)
      for (const { text, task } of labelledPrompts(20, run)) {
        const messages = [{ role: 'user' as const, content: text }]
        const own = classifier.extractor.extract(messages, 20, task)
        const all = everywhere.extract(messages, 20, task)
        if (Number.isNaN(own.at(-1)!)) outside++
        else inside++
        expect(classifier.difficulty(all)).toBe(classifier.difficulty(own))
        expect(classifier.explain(all)).toEqual(classifier.explain(own))
        for (const model of [0, 1, 2]) {
          expect(classifier.predictor?.success(all, model)).toBe(classifier.predictor?.success(own, model))
          expect(classifier.predictor?.outputTokens(all, model)).toBe(
            classifier.predictor?.outputTokens(own, model),
          )
        }
      }
    }
    expect(Math.min(inside, outside)).toBeGreaterThan(20)
  })
})
