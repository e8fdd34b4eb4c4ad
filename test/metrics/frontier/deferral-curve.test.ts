import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apgr } from '../../../src/metrics/frontier/apgr.js'
import {
  deferralArea,
  deferralCurve,
  normalisedDeferralArea,
  oracleDeferralCurve,
} from '../../../src/metrics/frontier/deferral-curve.js'
import { seed } from '../../properties/seed.js'
import { aPoint, scoredAnswers, someAnswers } from './curves.js'

const scores = (...values: number[]) => Float64Array.from(values)
/** Strong alone is right on the first, weak alone on the last. */
const answers = someAnswers([0, 1, 0, 1], [1, 1, 0, 0])

describe('deferralCurve', () => {
  it('defers the highest scores first', () => {
    expect(deferralCurve(answers, scores(4, 3, 2, 1))).toEqual([
      { strongShare: 0, costUsd: 1, quality: 0.5 },
      { strongShare: 0.25, costUsd: 2, quality: 0.75 },
      { strongShare: 0.5, costUsd: 3, quality: 0.75 },
      { strongShare: 0.75, costUsd: 4, quality: 0.75 },
      { strongShare: 1, costUsd: 5, quality: 0.5 },
    ])
  })

  it('defers equal scores together, so that a constant is random deferral', () => {
    expect(deferralCurve(answers, scores(7, 7, 7, 7)).map(({ strongShare }) => strongShare)).toEqual([0, 1])
    expect(deferralCurve(answers, scores(7, 7, -Infinity, Infinity))).toHaveLength(4)
  })

  it('is empty without requests', () => {
    expect(deferralCurve(someAnswers([], []), scores())).toEqual([])
    expect(deferralArea([])).toBeNull()
    expect(normalisedDeferralArea(someAnswers([], []), scores())).toBeNull()
  })

  it('refuses unknown values and columns of other lengths', () => {
    expect(() => deferralCurve(answers, scores(1))).toThrow('scores must cover all 4 rows, got 1')
    expect(() => deferralCurve(answers, scores(1, NaN, 1, 1))).toThrow('scores must be numbers, got NaN')
    expect(() => deferralCurve(someAnswers([0, 1], [0, NaN]), scores(1, 2))).toThrow(
      'quality must be known of both models, got NaN at row 1',
    )
    expect(() => deferralCurve(someAnswers([0, 1], [0]), scores(1, 2))).toThrow(
      'strong.quality must cover all 2 rows, got 1',
    )
  })
})

describe('normalisedDeferralArea', () => {
  it('is 1 for hindsight, 0 for coins, -1 for hindsight turned round', () => {
    expect(deferralArea(oracleDeferralCurve(answers))).toBeCloseTo(0.625 * 0.5 + 0.75 * 0.5, 12)
    expect(normalisedDeferralArea(answers, scores(2, 1, 1, 0))).toBeCloseTo(1, 12)
    expect(normalisedDeferralArea(answers, scores(1, 1, 1, 1))).toBeCloseTo(0, 12)
    expect(normalisedDeferralArea(answers, scores(0, 1, 1, 2))).toBeCloseTo(-1, 12)
  })

  it('is null where hindsight gains nothing', () => {
    expect(normalisedDeferralArea(someAnswers([0, 1], [0, 1]), scores(2, 1))).toBeNull()
    expect(normalisedDeferralArea(someAnswers([0, 0], [1, 1]), scores(2, 1))).toBeNull()
  })
})

describe(`deferral curves (properties, FC_SEED=${seed})`, () => {
  it('run from the weak model to the strong one, below hindsight', () => {
    fc.assert(
      fc.property(scoredAnswers, ({ weak, strong, scores: given }) => {
        const both = someAnswers(weak, strong)
        const curve = deferralCurve(both, given)
        const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
        expect(curve[0]).toMatchObject({ strongShare: 0, costUsd: 1, quality: mean(weak) })
        expect(curve.at(-1)).toMatchObject({ strongShare: 1, costUsd: 5, quality: mean(strong) })
        expect(deferralArea(curve)!).toBeLessThanOrEqual(deferralArea(oracleDeferralCurve(both))! + 1e-12)
        expect(normalisedDeferralArea(both, given) ?? 0).toBeLessThanOrEqual(1 + 1e-12)
        const turned = normalisedDeferralArea(
          both,
          given.map((score) => -score),
        )
        expect(turned ?? 0).toBeLessThanOrEqual(1 + 1e-12)
      }),
      { seed },
    )
  })

  it('have the average recovered gap as the area above the weak model', () => {
    fc.assert(
      fc.property(scoredAnswers, ({ weak, strong, scores: given }) => {
        const curve = deferralCurve(someAnswers(weak, strong), given)
        const [first, last] = [curve[0]!.quality, curve.at(-1)!.quality]
        fc.pre(last > first)
        const recovered = apgr(curve, { weak: aPoint(1, first), strong: aPoint(5, last) })
        expect(recovered).toBeCloseTo((deferralArea(curve)! - first) / (last - first), 9)
      }),
      { seed },
    )
  })
})
