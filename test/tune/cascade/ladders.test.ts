import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import {
  answeringRung,
  ladderMeans,
  searchLadders,
  type LadderModel,
} from '../../../src/tune/cascade/ladder-search.js'
import { fitLogistic } from '../../../src/tune/learn/logistic.js'

describe('logistic regression', () => {
  it('finds planted weights', () => {
    const random = createRandom(5)
    const columns = [0, 1].map(() => Float64Array.from({ length: 20_000 }, () => 4 * random.next() - 2))
    const target = columns[0]!.map((x, row) => {
      const odds = 0.5 + 1.2 * x - 0.7 * columns[1]![row]!
      return random.next() < 1 / (1 + Math.exp(-odds)) ? 1 : 0
    })
    const [intercept, first, second] = fitLogistic(columns, target, 1)
    expect(intercept).toBeCloseTo(0.5, 1)
    expect(first).toBeCloseTo(1.2, 1)
    expect(second).toBeCloseTo(-0.7, 1)
  })

  it('leaves out unknown targets, and ends where all are alike', () => {
    const column = Float64Array.from([0, 1, 2, 3])
    const known = fitLogistic([column.slice(0, 3)], Float64Array.from([0, 1, 1]), 1)
    expect(fitLogistic([column], Float64Array.from([0, 1, 1, NaN]), 1)).toEqual(known)
    const certain = fitLogistic([column], Float64Array.from([1, 1, 1, 1]), 1)
    expect(certain.every(Number.isFinite)).toBe(true)
    expect(certain[0]).toBeGreaterThan(3)
  })
})

describe('the search of ladders', () => {
  const random = createRandom(7)
  const ROWS = 60
  const rows = Array.from({ length: ROWS }, (_, row) => row)
  const model = (cost: number, right: number): LadderModel => {
    const quality = Float64Array.from(rows, () => (random.next() < right ? 1 : 0))
    // Few different scores, so that every threshold is tried.
    const score = quality.map((value) => Math.round(2 * (0.6 * value + 0.4 * random.next())) / 2)
    return { costNanoUsd: Float64Array.from(rows, () => cost * (1 + random.next())), quality, score }
  }
  const models = [model(30, 0.9), model(1, 0.5), model(8, 0.75)]
  const found = searchLadders(models, rows)

  it('leaves the ladders that no cheaper one equals, with what they cost and give', () => {
    expect(found.length).toBeGreaterThan(3)
    found.forEach((ladder, at) => {
      const { costNanoUsd, quality } = ladderMeans(ladder, models, rows)
      expect([ladder.costNanoUsd, ladder.quality]).toEqual([costNanoUsd, quality])
      const before = found[at - 1]
      if (before === undefined) return
      expect(costNanoUsd).toBeGreaterThan(before.costNanoUsd)
      expect(quality).toBeGreaterThan(before.quality)
    })
  })

  it('misses none that brute force finds', () => {
    const orders = [
      [1, 2],
      [1, 0],
      [2, 0],
      [1, 2, 0],
    ]
    const scores = [0, 0.5, 1]
    for (const order of orders) {
      const lists = order
        .slice(1)
        .reduce<number[][]>((all) => all.flatMap((one) => scores.map((s) => [...one, s])), [[]])
      for (const accept of lists) {
        const { costNanoUsd, quality } = ladderMeans({ models: order, accept }, models, rows)
        const asGood = found.some((one) => one.costNanoUsd <= costNanoUsd && one.quality > quality - 0.0003)
        expect(asGood, `${order.join()} ${accept.join()}`).toBe(true)
      }
    }
  })

  it('asks the next rung where an answer has no score', () => {
    const unscored = [{ ...models[1]!, score: new Float64Array(ROWS).fill(NaN) }, models[0]!]
    expect(answeringRung({ models: [0, 1], accept: [0] }, unscored, 3)).toBe(1)
  })
})
