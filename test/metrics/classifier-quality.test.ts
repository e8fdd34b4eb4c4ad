import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { classifierKey, classifierQuality } from '../../src/metrics/classifier-quality.js'
import { aPolicy, MEDIUM, SMALL } from '../builders/a-policy.js'
import { anOutcome, aRun, aTable } from './builders.js'

const SIZE = 4000
const random = createRandom(7)
/** Known truth: a request is as hard as `truth` says, the small model answers it with chance 1 - truth, the large one always but 2 %. */
const truth = Float64Array.from({ length: SIZE }, () => random.next())
const small = Array.from(truth, (hard) => (random.next() < 1 - hard ? 1 : 0))
const large = Array.from(truth, (_, row) => (row % 50 === 0 ? 0 : 1))
const table = aTable({ outcomes: [anOutcome(SMALL.id, small, 0.1), anOutcome(MEDIUM.id, large, 1)] })
const policy = aPolicy({ models: [SMALL, MEDIUM], tierBoundaries: [0.5] })
const { names } = policy.classifier.extractor

function steps(difficulty: Float64Array) {
  return aRun(table, () => 0, {
    difficulty,
    requiredTier: Uint8Array.from(difficulty, (value) => (value < 0.5 ? 0 : 1)),
  }).steps
}

/** The first feature is the truth, the second its opposite, the others tell nothing. */
const features = names.map((_, at) =>
  at === 0 ? truth : at === 1 ? truth.map((hard) => 1 - hard) : new Float64Array(SIZE),
)

describe('a classifier against what every model would have done', () => {
  it('counts right and wrong tiers, and the requests that nobody answers', () => {
    const found = classifierQuality({ table, features, steps: steps(truth), policy })!
    expect(found).toMatchObject({ kind: 'heuristic', requests: SIZE, key: classifierKey(policy) })
    const cells = [0, 0, 0, 0]
    truth.forEach((hard, row) => {
      const at = (hard < 0.5 ? 0 : 2) + (small[row] === 1 ? 0 : 1)
      cells[at] = cells[at]! + 1
    })
    expect(found.confusion.flat()).toEqual(cells)
    expect(found.hopeless).toBe(large.filter((answer, row) => answer + small[row]! === 0).length)
  })

  it('finds chances that are the truth calibrated, and ones that are not off by as much as they are', () => {
    const right = classifierQuality({ table, features, steps: steps(truth), policy })!
    expect(right.calibrationError).toBeLessThan(0.03)
    // Of uniform chances of failing, an area of 5/6 is all that can be had.
    expect(right.auc).toBeCloseTo(5 / 6, 1)
    const squeezed = classifierQuality({
      table,
      features,
      steps: steps(truth.map((hard) => hard / 2)),
      policy,
    })!
    expect(squeezed.calibrationError).toBeCloseTo(0.25, 1)
    expect(squeezed.auc).toBe(right.auc)
  })

  it('puts the most telling features first, whichever way they speak, with their weights in the policy', () => {
    const { features: found } = classifierQuality({ table, features, steps: steps(truth), policy })!
    expect(found.slice(0, 2).map(({ name }) => name)).toEqual([names[0], names[1]])
    expect(found[0]!.auc).toBeCloseTo(1 - found[1]!.auc, 12)
    expect(found[0]!.hardMean).toBeGreaterThan(found[0]!.easyMean)
    expect(found[0]!.weight).toBe(policy.classifier.explain(features.map(() => 0)).at(1)?.weight)
    expect(found.slice(2).every(({ auc }) => auc === 0.5)).toBe(true)
  })

  it('says nothing with one tier, of a model without outcomes, or of a handful of requests', () => {
    const of = (parts: Parameters<typeof aPolicy>[0], rows = SIZE) => {
      const own = aTable({
        outcomes: [
          anOutcome(SMALL.id, small.slice(0, rows), 0.1),
          anOutcome(MEDIUM.id, large.slice(0, rows), 1),
        ],
      })
      const run = aRun(own, () => 0)
      return classifierQuality({ table: own, features: [], steps: run.steps, policy: aPolicy(parts) })
    }
    expect(of({ models: [SMALL], tierBoundaries: [] })).toBeNull()
    expect(of({ models: [SMALL, { ...MEDIUM, id: 'unheard of' }], tierBoundaries: [0.5] })).toBeNull()
    expect(of({ models: [SMALL, MEDIUM], tierBoundaries: [0.5] }, 99)).toBeNull()
    expect(of({ models: [SMALL, MEDIUM], tierBoundaries: [0.5] }, 100)).not.toBeNull()
  })
})
