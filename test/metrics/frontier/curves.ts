import fc from 'fast-check'
import type { CurvePoint, ModelPair } from '../../../src/metrics/frontier/two-model-curve.js'
import type { TwoAnswers } from '../../../src/metrics/frontier/deferral-curve.js'
import type { Point } from '../../../src/metrics/result.js'
import { anOutcome } from '../builders.js'

export const aPoint = (costUsd: number, quality: number, label = 'm'): Point => ({ label, costUsd, quality })

export const aCurvePoint = (strongShare: number, quality: number, costUsd = strongShare): CurvePoint => ({
  strongShare,
  costUsd,
  quality,
})

/** Weak 0.5 for $1, strong 0.9 for $5. */
export const aPair: ModelPair = { weak: aPoint(1, 0.5, 'weak'), strong: aPoint(5, 0.9, 'strong') }

/** Answers of two models, $1 and $5 a call. */
export const someAnswers = (weak: readonly number[], strong: readonly number[]): TwoAnswers => ({
  weak: anOutcome('weak', weak, 1),
  strong: anOutcome('strong', strong, 5),
})

export const shares: fc.Arbitrary<number> = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)

/** Costs from $0.01 to $10 and qualities in hundredths, so that equal ones occur. */
export const somePoints: fc.Arbitrary<Point[]> = fc.array(
  fc.record({
    label: fc.constant('m'),
    costUsd: fc.integer({ min: 1, max: 1000 }).map((cost) => cost / 100),
    quality: shares,
  }),
  { minLength: 1, maxLength: 12 },
)

export const someCurve: fc.Arbitrary<CurvePoint[]> = fc.array(
  fc.record({ strongShare: shares, quality: shares, costUsd: shares.map((share) => 1 + 4 * share) }),
  { maxLength: 12 },
)

/** Right and wrong answers of two models with a score for each request. */
export const scoredAnswers: fc.Arbitrary<{ weak: number[]; strong: number[]; scores: Float64Array }> = fc
  .array(
    fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 5 })),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((rows) => ({
    weak: rows.map(([weak]) => weak),
    strong: rows.map(([, strong]) => strong),
    scores: Float64Array.from(rows, ([, , score]) => score),
  }))
