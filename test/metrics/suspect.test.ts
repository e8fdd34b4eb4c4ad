import { describe, expect, it } from 'vitest'
import type { Prices } from '../../src/core/model.js'
import { createRandom } from '../../src/core/random.js'
import { labelClusters } from '../../src/metrics/clusters.js'
import { complementaryOutcomes } from '../../src/metrics/suspect/complementary-outcomes.js'
import { constantQuality } from '../../src/metrics/suspect/constant-quality.js'
import { goodAsAGuess } from '../../src/metrics/suspect/good-as-a-guess.js'
import { neededRequests } from '../../src/metrics/suspect/needed-requests.js'
import { priceOrder } from '../../src/metrics/suspect/price-order.js'
import { suspectOutcomes } from '../../src/metrics/suspect/suspect-outcomes.js'
import { taskOutcomes, type TaskOutcomes } from '../../src/metrics/suspect/task-outcomes.js'
import { anOutcome, aTable, aText } from './builders.js'

const SIZE = 400
const random = createRandom(11)
const numbers = Array.from({ length: SIZE }, () => random.next())
const of = (right: (row: number) => boolean): Float64Array =>
  Float64Array.from(numbers, (_, row) => (right(row) ? 1 : 0))
const isA = numbers.map(() => random.next() < 0.5)
const difficulty = numbers
const noise = numbers.map(() => random.next())

const task = (models: Readonly<Record<string, Float64Array>>): TaskOutcomes => ({
  task: 'choice',
  size: SIZE,
  models: Object.entries(models).map(([model, quality]) => ({ model, quality })),
})

/** Three that look at the question: right on what is easier than they are strong, and sometimes by luck. */
const strong = of((row) => difficulty[row]! < 0.85 || noise[row]! < 0.1)
const middling = of((row) => difficulty[row]! < 0.5 || noise[row]! > 0.97)
const alwaysA = of((row) => isA[row]!)
const alwaysB = of((row) => !isA[row]!)

describe('suspect outcomes', () => {
  it('finds quality that is the same on every request, and not on few or on unlike ones', () => {
    const all = of(() => true)
    expect(constantQuality(task({ all, strong }))).toMatchObject([
      { code: 'constant-quality', count: SIZE, figures: { model: 'all', quality: 1 } },
    ])
    expect(constantQuality(task({ few: all.map((value, row) => (row < 99 ? value : NaN)) }))).toEqual([])
  })

  it('finds two that always give the same answer, each another one', () => {
    const [found, ...others] = complementaryOutcomes(task({ alwaysA, alwaysB, strong, middling }))
    expect(found).toMatchObject({
      code: 'complementary-outcomes',
      figures: { models: ['alwaysA', 'alwaysB'], oneRight: 1, requests: SIZE },
    })
    expect(others).toEqual([])
  })

  it('does not take a good model and a bad one for such a pair', () => {
    expect(complementaryOutcomes(task({ good: of(() => true), bad: of(() => false) }))).toEqual([])
  })

  it('finds models that are worth a guess, and not a weak one that half of the requests are easy for', () => {
    const [found] = goodAsAGuess(task({ alwaysA, strong, middling }))
    expect(found).toMatchObject({ code: 'good-as-a-guess', figures: { models: ['alwaysA'], task: 'choice' } })
    expect(goodAsAGuess(task({ strong, middling }))).toEqual([])
  })

  it('looks at each task alone', () => {
    const table = aTable({
      outcomes: [
        anOutcome('alwaysA', [...alwaysA, ...strong], 1),
        anOutcome('strong', [...strong, ...strong], 1),
      ],
      task: aText([...numbers.map(() => 'choice'), ...numbers.map(() => 'open')]),
    })
    expect(taskOutcomes(table).map(({ task: name, size }) => [name, size])).toEqual([
      ['choice', SIZE],
      ['open', SIZE],
    ])
    expect(suspectOutcomes(table).map(({ code, figures }) => [code, figures['task']])).toEqual([
      ['good-as-a-guess', 'choice'],
    ])
  })
})

const prices = (inputPico: number, outputPico: number): Prices => ({
  inputPico,
  outputPico,
  cachedInputPico: inputPico,
  cacheWritePico: inputPico,
  perRequestPico: 0,
  maxInputPico: inputPico,
  priceTiers: [],
})

describe('priceOrder', () => {
  const costs = (mean: number): number[] => noise.map((one) => mean * (0.5 + one))
  const table = aTable({
    outcomes: [
      anOutcome('terse', [...strong], costs(0.01)),
      anOutcome('verbose', [...strong], costs(0.02)),
      anOutcome('like terse', [...strong], costs(0.01).reverse()),
    ],
  })
  const options = { clusters: labelClusters(table), seed: 1 }
  const codes = (listed: Parameters<typeof priceOrder>[1]): readonly unknown[] =>
    priceOrder(table, listed, options).map(({ figures }) => [figures['listedCheaper'], figures['by']])

  it('finds the model with the lower list price that costs more, with both figures', () => {
    const listed = [
      { id: 'terse', tier: 0, prices: prices(100, 1000) },
      { id: 'verbose', tier: 1, prices: prices(100, 900) },
      { id: 'like terse', tier: 0, prices: prices(100, 800) },
    ]
    const [found, ...others] = priceOrder(table, listed, options)
    expect(others).toEqual([])
    expect(found?.figures).toMatchObject({ listedCheaper: 'verbose', listedDearer: 'terse', requests: SIZE })
    const [own, other] = found?.figures['costsUsd'] as readonly number[]
    expect(own).toBeCloseTo(2 * (other ?? NaN), 4)
    expect(found?.message).toContain('2.00 times as much')
  })

  it('goes by tier where a price is unknown, and keeps silent where prices disagree among themselves', () => {
    const verbose = { id: 'verbose', tier: 0, prices: undefined }
    expect(codes([{ id: 'terse', tier: 1, prices: undefined }, verbose])).toEqual([['verbose', 'tier']])
    expect(
      codes([
        { id: 'terse', tier: 0, prices: undefined },
        { ...verbose, tier: 1 },
      ]),
    ).toEqual([])
    expect(
      codes([
        { id: 'terse', tier: 0, prices: prices(100, 1000) },
        { id: 'verbose', tier: 0, prices: prices(200, 900) },
      ]),
    ).toEqual([])
  })
})

describe('neededRequests', () => {
  it('is the textbook number: a mean of a tenth of a standard deviation needs 785', () => {
    const half = 1.96 / Math.sqrt(100)
    expect(neededRequests(0.1, [0.1 - half, 0.1 + half], 100)).toBe(785)
    expect(neededRequests(0, [-1, 1], 100)).toBe(Infinity)
  })

  it('is what a simulation needs: four in five such logs show the gain', () => {
    const [gain, deviation] = [0.3, 1]
    const half = (1.96 * deviation) / Math.sqrt(50)
    const needed = neededRequests(gain, [gain - half, gain + half], 50)
    let shown = 0
    for (let log = 0; log < 2000; log++) {
      let sum = 0
      for (let i = 0; i < needed; i++) sum += gain + (random.next() < 0.5 ? -deviation : deviation)
      if (sum / needed - (1.96 * deviation) / Math.sqrt(needed) > 0) shown++
    }
    expect(shown / 2000).toBeGreaterThan(0.75)
    expect(shown / 2000).toBeLessThan(0.88)
  })
})
