import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { savingAtMatchedQuality } from '../../../src/metrics/frontier/saving-at-matched-quality.js'
import { seed } from '../../properties/seed.js'
import { aPoint, somePoints } from './curves.js'

const validation = {
  points: [aPoint(1, 0.6, 'a'), aPoint(2, 0.8, 'b'), aPoint(3, 0.9, 'c')],
  reference: aPoint(5, 0.8, 'strong'),
}
const test = {
  points: [aPoint(1.1, 0.85, 'a'), aPoint(2, 0.78, 'b'), aPoint(3, 0.9, 'c')],
  reference: aPoint(4, 0.8, 'strong'),
}

describe('savingAtMatchedQuality', () => {
  it('chooses on the validation requests and quotes the test requests', () => {
    const matched = savingAtMatchedQuality(validation, test)!
    // On the test requests setting a would be cheaper and good enough, and b falls short: neither changes the choice.
    expect(matched.label).toBe('b')
    expect(matched.share).toBeCloseTo(0.5, 12)
    expect(matched.qualityDelta).toBeCloseTo(-0.02, 12)
  })

  it('is null where no setting reaches the reference, and where the reference is free', () => {
    const better = { ...validation, reference: aPoint(5, 0.95) }
    expect(savingAtMatchedQuality(better, test)).toBeNull()
    expect(savingAtMatchedQuality({ ...validation, points: [] }, test)).toBeNull()
    expect(savingAtMatchedQuality(validation, { ...test, reference: aPoint(0, 0.8) })).toBeNull()
  })

  it('takes the better one of equally cheap settings', () => {
    const points = [aPoint(2, 0.8, 'x'), aPoint(2, 0.9, 'y')]
    const curve = { points, reference: aPoint(5, 0.8) }
    expect(savingAtMatchedQuality(curve, curve)!.label).toBe('y')
  })

  it('refuses curves whose settings differ', () => {
    const lacking = { ...test, points: test.points.slice(1) }
    expect(() => savingAtMatchedQuality(validation, lacking)).toThrow(
      'test.points must have every setting, got none of a',
    )
    const twice = { ...validation, points: [...validation.points, aPoint(9, 0.9, 'a')] }
    expect(() => savingAtMatchedQuality(twice, test)).toThrow(
      'validation.points must have one point a setting',
    )
  })

  it(`on one and the same curve: matches, and nothing cheaper does (property, FC_SEED=${seed})`, () => {
    fc.assert(
      fc.property(somePoints, fc.nat(), (unlabelled, index) => {
        const points = unlabelled.map((point, at) => ({ ...point, label: String(at) }))
        const curve = { points, reference: points[index % points.length]! }
        const matched = savingAtMatchedQuality(curve, curve)!
        expect(matched.share).toBeGreaterThanOrEqual(0)
        expect(matched.qualityDelta).toBeGreaterThanOrEqual(0)
        const cost = curve.reference.costUsd * (1 - matched.share)
        for (const { costUsd, quality } of points) {
          if (quality >= curve.reference.quality) expect(costUsd).toBeGreaterThanOrEqual(cost - 1e-9)
        }
      }),
      { seed },
    )
  })
})
