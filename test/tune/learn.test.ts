import { describe, expect, it } from 'vitest'
import { LearnedModel } from '../../src/core/classify/learned-model.js'
import { learnedSchema } from '../../src/core/classify/learned-schema.js'
import { createRandom } from '../../src/core/random.js'
import { auc } from '../../src/metrics/auc.js'
import { blockRidge } from '../../src/tune/learn/block-ridge.js'
import { chooseCostWeight } from '../../src/tune/learn/choose-weight.js'
import { isotonic } from '../../src/tune/learn/isotonic.js'
import { learn, type LearnModel } from '../../src/tune/learn/learn.js'
import { bestBoundaries, rising, sameShares } from '../../src/tune/learn/tier-boundaries.js'
import { nonNegativeLeastSquares, smallRidge } from '../../src/tune/learn/small-ridge.js'
import { SparseMatrixBuilder } from '../../src/tune/learn/sparse-matrix.js'
import { aLearnedSpec, labelledPrompts } from '../builders/a-learned-spec.js'

const IDS = ['small', 'medium', 'large']

interface Prediction {
  readonly success: readonly number[]
  readonly tokens: readonly number[]
}

function predictions(
  spec: ReturnType<typeof aLearnedSpec>,
  prompts: readonly { text: string; task: string }[],
): Prediction[] {
  const model = new LearnedModel(spec)
  return prompts.map(({ text, task }) => {
    const [success, tokens] = [new Float64Array(IDS.length), new Float64Array(IDS.length)]
    model.predict(text, task, success, tokens)
    return { success: [...success], tokens: [...tokens] }
  })
}

describe('learning from a log', () => {
  const spec = aLearnedSpec(IDS)
  const unseen = labelledPrompts(200, 99)
  const predicted = predictions(spec, unseen)

  it('tells on unseen prompts what a small model will fail on', () => {
    const scores = predicted.map(({ success }) => success[0]!)
    expect(
      auc(
        scores,
        unseen.map(({ hard }) => (hard ? 0 : 1)),
      ),
    ).toBeGreaterThan(0.98)
    expect(predicted.every(({ success }) => success[2]! > 0.9)).toBe(true)
  })

  it('predicts output tokens of the request, not of the model', () => {
    predicted.forEach(({ tokens }, row) => {
      expect(tokens[0]!).toBeGreaterThan(unseen[row]!.hard ? 300 : 30)
      expect(tokens[0]!).toBeLessThan(unseen[row]!.hard ? 900 : 200)
    })
  })

  it('gives the same bytes for the same log and seed, and a spec that the policy schema takes', () => {
    expect(JSON.stringify(aLearnedSpec(IDS))).toBe(JSON.stringify(spec))
    expect(learnedSchema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec)
  })

  it('is not wrecked by a model with few outcomes, and learns nothing of one with hardly any', () => {
    const prompts = labelledPrompts(600)
    const random = createRandom(3)
    const quality = (share: number, of: (hard: boolean) => number): Float64Array =>
      Float64Array.from(prompts, ({ hard }) => (random.next() < share ? of(hard) : NaN))
    const model = (id: string, values: Float64Array): LearnModel => ({
      id,
      quality: values,
      outputTokens: values.map(() => NaN),
      costUsd: undefined,
    })
    const full = [
      model(
        'small',
        quality(1, (hard) => (hard ? 0 : 1)),
      ),
      model(
        'large',
        quality(1, () => 1),
      ),
    ]
    const few = model(
      'few',
      quality(0.08, (hard) => (hard ? 0 : 1)),
    )
    const hardly = model(
      'hardly',
      quality(0.01, () => 0),
    )
    const learned = learn({ requests: prompts, models: [...full, few, hardly], widelyKnown: [], seed: 1 })
    expect(learned.ids).toEqual(['small', 'large', 'few'])
    expect(learned.spec.models.map(({ success }) => success !== undefined)).toEqual([true, true, true, false])
    const own = new LearnedModel(learned.spec)
    const [success, amounts] = [new Float64Array(4), new Float64Array(4)]
    const scores = unseen.map(({ text, task }) => {
      own.predict(text, task, success, amounts)
      return [...success]
    })
    const easy = unseen.map(({ hard }) => (hard ? 0 : 1))
    expect(
      auc(
        scores.map((row) => row[0]!),
        easy,
      ),
    ).toBeGreaterThan(0.95)
    expect(
      auc(
        scores.map((row) => row[2]!),
        easy,
      ),
    ).toBeGreaterThan(0.9)
    expect(scores.every((row) => Number.isNaN(row[3]))).toBe(true)
  })

  it('promises no more than it keeps where outcomes have nothing to do with prompts', () => {
    const prompts = labelledPrompts(500)
    const random = createRandom(11)
    const models = IDS.map((id) => ({
      id,
      quality: Float64Array.from(prompts, () => (random.next() < 0.6 ? 1 : 0)),
      outputTokens: Float64Array.from(prompts, () => 100),
      costUsd: undefined,
    }))
    const { success } = learn({ requests: prompts, models, widelyKnown: [], seed: 1 })
    for (const [model, column] of success.outOfFold.entries()) {
      const skill = auc(column, models[model]!.quality) ?? 0.5
      expect(skill).toBeGreaterThan(0.38)
      expect(skill).toBeLessThan(0.62)
    }
  })

  it('names what is missing', () => {
    const nothing = {
      id: 'a',
      quality: Float64Array.of(1),
      outputTokens: Float64Array.of(1),
      costUsd: undefined,
    }
    expect(() =>
      learn({ requests: [{ text: 'x', task: undefined }], models: [nothing], widelyKnown: [], seed: 1 }),
    ).toThrow('models must have at least 30 requests with a known quality and a text, got a 1')
  })
})

describe('the parts', () => {
  it('block ridge solves the normal equations, and each head on its own rows', () => {
    const random = createRandom(5)
    const [rows, columns] = [40, 6]
    const dense = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => random.next() - 0.5),
    )
    const builder = new SparseMatrixBuilder(columns)
    for (const row of dense) {
      row.forEach((value, column) => builder.put(column, value))
      builder.endRow()
    }
    const targets = [0, 1].map((head) =>
      Float64Array.from(dense, (_, row) => (head === 1 && row % 3 === 0 ? NaN : random.next())),
    )
    const strengths = [0.5, 2]
    const weights = blockRidge({ matrix: builder.build(), targets, strengths, iterations: 50 })
    targets.forEach((target, head) => {
      for (let column = 0; column < columns; column++) {
        const gradient = dense.reduce((sum, row, r) => {
          if (Number.isNaN(target[r])) return sum
          const fitted = row.reduce((total, value, c) => total + value * weights[2 * c + head]!, 0)
          return sum + row[column]! * (target[r]! - fitted)
        }, 0)
        expect(gradient - strengths[head]! * weights[2 * column + head]!).toBeCloseTo(0, 8)
      }
    })
  })

  it('isotonic rises, keeps the mean, and is empty without rows', () => {
    const random = createRandom(8)
    const scores = Float64Array.from({ length: 400 }, () => random.next())
    const outcomes = scores.map((score) => (random.next() < score ? 1 : 0))
    const knots = isotonic(scores, outcomes)
    for (const [i, [score, probability]] of knots.entries()) {
      expect(score).toBeGreaterThan(knots[i - 1]?.[0] ?? -1)
      expect(probability).toBeGreaterThan(knots[i - 1]?.[1] ?? -1)
      expect(Math.abs(probability - score)).toBeLessThan(0.2)
    }
    expect(isotonic([NaN], [1])).toEqual([])
    // Equal scores, outcomes that drift: their order must not pass for knowledge.
    const drift = Float64Array.from({ length: 200 }, (_, row) => (row < 100 ? 0 : 1))
    expect(
      isotonic(
        drift.map(() => 0.5),
        drift,
      ),
    ).toEqual([[0.5, 0.5]])
  })

  it('small ridge finds a line and leaves noise alone; least squares stay above 0', () => {
    const random = createRandom(2)
    const x = Float64Array.from({ length: 500 }, () => random.next() - 0.5)
    const noise = x.map(() => random.next() - 0.5)
    expect(
      smallRidge(
        [x],
        x.map((value) => 3 * value),
      )[0],
    ).toBeCloseTo(3, 0)
    expect(Math.abs(smallRidge([noise], x)[0]!)).toBeLessThan(0.1)
    const mixed = x.map((value, row) => 2 * value - noise[row]!)
    expect(nonNegativeLeastSquares([x, noise], mixed)).toEqual([expect.closeTo(2, 0), 0])
  })
})

describe('the cost weight', () => {
  const random = createRandom(21)
  const rows = 2000
  const hard = Uint8Array.from({ length: rows }, () => (random.next() < 0.3 ? 1 : 0))
  const column = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => value(row))
  const models = {
    quality: [column((row) => (hard[row] === 1 ? 0 : 1)), column(() => 1)],
    costUsd: [column(() => 0.001), column(() => 0.02)],
    success: [column((row) => (hard[row] === 1 ? 0.1 : 0.9)), column(() => 0.95)],
    expectedUsd: [column(() => 0.001), column(() => 0.02)],
  }

  it('is the slope of the hull between two models', () => {
    const [cheap, dear] = models.quality.map(
      (quality) => quality.reduce((sum, value) => sum + value, 0) / rows,
    )
    expect(chooseCostWeight(models)).toBeCloseTo((dear! - cheap!) / 0.019, 3)
  })

  it('prefers a steady gain to a larger one that is noise', () => {
    // Between the first two models a dollar buys so much quality that the noise of costs alone makes a gain, or a loss.
    const cheapest = column(() => (random.next() < 0.3 ? 1 : 0))
    const noisy = column(() => 0.0009 + 0.0008 * (random.next() - 0.5))
    const choices = (cost: (row: number) => number): number | null =>
      chooseCostWeight({
        quality: [cheapest, ...models.quality],
        costUsd: [noisy, column(cost), models.costUsd[1]!],
        success: [column(() => random.next()), ...models.success],
        expectedUsd: [column(() => 0.0009), ...models.expectedUsd],
      })
    for (let round = 0; round < 5; round++) {
      const weight = choices(() => 0.001 + 0.0008 * (random.next() - 0.5))
      expect(weight).toBeGreaterThan(10)
      expect(weight).toBeLessThan(20)
    }
  })

  it('is none where one model is best at any price, or there is one', () => {
    expect(
      chooseCostWeight({
        quality: [column(() => 1)],
        costUsd: [column(() => 1)],
        success: [column(() => 1)],
        expectedUsd: [column(() => 1)],
      }),
    ).toBeNull()
    const [, dear] = models.quality
    expect(chooseCostWeight({ ...models, quality: [dear!, dear!] })).toBeNull()
  })
})

describe('required tiers', () => {
  it('cuts where most are in their tier, exactly', () => {
    const difficulties = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    const required = Float64Array.of(0, 0, 1, 0, 2, 2)
    const boundaries = bestBoundaries(difficulties, required, 2)
    const right = required.filter(
      (tier, row) => tier === boundaries.filter((cut) => difficulties[row]! >= cut).length,
    )
    expect(right).toHaveLength(5)
  })

  it('keeps shares where nobody knows, and rises strictly for a hybrid', () => {
    const rows = Array.from({ length: 100 }, (_, row) => row)
    const own = Float64Array.from(rows, (row) => 1 - row / 100)
    const others = Float64Array.from(rows, (row) => row / 100)
    const [low = 0, high = 0] = sameShares(own, others, [0.25, 0.75], rows)
    expect([low, high].map((cut) => own.filter((value) => value < cut).length)).toEqual([25, 75])
    for (const list of [
      [0, 0],
      [0.4, 0.4],
      [1, 1],
      [0.9999, 1, 1],
    ]) {
      const up = rising(list)
      expect(up.every((one, i) => one > (up[i - 1] ?? 0) && one <= 1)).toBe(true)
    }
  })
})
