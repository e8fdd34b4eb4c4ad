import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../../src/core/log-table.js'
import { findBreakEven } from '../../../src/tune/what-if/break-even.js'
import type { Change } from '../../../src/tune/what-if/change.js'
import { atPrices, priceBetween } from '../../../src/tune/what-if/prices.js'
import { taskShare, withShift, withTraffic } from '../../../src/tune/what-if/traffic.js'
import { whatIf, type WhatIfResult } from '../../../src/tune/what-if/what-if.js'
import { aBudget, aModel, aPolicy } from '../../builders/a-policy.js'
import { aTable } from '../../builders/a-table.js'

/** 100 input and 10 output tokens a call: cheap costs $1 and $2 per million, dear $10 and $50. */
const USAGE = { inputTokens: 100, outputTokens: 10 }
const CHEAP = aModel('cheap', 0, { inputUsd: 1, outputUsd: 2 })
const DEAR = aModel('dear', 1, { inputUsd: 10, outputUsd: 50 })
const [CHEAP_NANO, DEAR_NANO] = [120_000, 1_500_000]

function log(size = 40): LogTable {
  return aTable(
    Array.from({ length: size }, (_, row) => ({
      at: row * 1000,
      task: row % 4 === 0 ? 'hard' : 'easy',
      difficulty: row % 4 === 0 ? 0.9 : 0.1,
      scope: { org: 'acme' },
      outcomes: {
        cheap: { ...USAGE, costNanoUsd: CHEAP_NANO, quality: 0.9 },
        dear: { ...USAGE, costNanoUsd: DEAR_NANO, quality: 0.9 },
      },
    })),
  )
}

const POLICY = aPolicy({ policyId: 'routed', models: [CHEAP, DEAR], tierBoundaries: [0.5] })
const NONE: Change = { removeModels: [], addModels: [], prices: new Map(), shifts: [], traffic: 1 }

function run(change: Partial<Change>, policy = POLICY, table = log()): WhatIfResult {
  return whatIf({
    tableOf: () => table,
    policies: [policy],
    change: { ...NONE, ...change },
    needs: [],
    maxQualityDrop: 0.01,
    seed: 1,
  })
}

function costs(result: WhatIfResult): Record<string, (number | undefined)[]> {
  return Object.fromEntries(
    result.rows.map(({ name, today, changed }) => [name, [today?.costUsd, changed?.costUsd]]),
  )
}

describe('whatIf', () => {
  it('moves costs in the ratio of the prices, for policies and for each of their models', () => {
    const result = run({ prices: new Map([['cheap', { promptPer1m: 2, completionPer1m: 4 }]]) })
    const [cheap, dear] = [CHEAP_NANO / 1e9, DEAR_NANO / 1e9]
    expect(costs(result)).toEqual({
      routed: [30 * cheap + 10 * dear, 30 * 2 * cheap + 10 * dear].map(
        (usd) => expect.closeTo(usd, 9) as number,
      ),
      'model:cheap': [40 * cheap, 40 * 2 * cheap].map((usd) => expect.closeTo(usd, 9) as number),
      'model:dear': [40 * dear, 40 * dear].map((usd) => expect.closeTo(usd, 9) as number),
    })
    expect([result.bestToday, result.bestChanged]).toEqual(['model:cheap', 'model:cheap'])
  })

  it('finds the price at which another model becomes the best', () => {
    const result = run({ prices: new Map([['cheap', { promptPer1m: 2, completionPer1m: 2 }]]) })
    // 100 tokens at p and 10 at $2 cost as much as dear's $0.0015 at p = $14.8 per million.
    // From there on the policy asks dear for everything: it costs the same as dear alone, and is named first.
    expect(result.breakEven).toMatchObject({ from: 'model:cheap', to: 'routed' })
    expect(result.breakEven?.at).toBeCloseTo(13.8, 3)
    expect(result.breakEven?.prices[0]?.pricing.promptPer1m).toBeCloseTo(14.8, 3)
  })

  it('has no break-even where prices do not change, or fall', () => {
    expect(run({ traffic: 2 }).breakEven).toBeNull()
    expect(
      run({ prices: new Map([['cheap', { promptPer1m: 0.5, completionPer1m: 1 }]]) }).breakEven,
    ).toBeNull()
  })

  it('keeps caps as they are when more requests come', () => {
    const capped = aPolicy({
      ...POLICY.file,
      budgets: [aBudget('org', (40 * CHEAP_NANO + 40 * DEAR_NANO) / 1e9)],
      reservation: { mode: 'estimateWithMargin', margin: 0 },
    })
    const [routed] = run({ traffic: 3 }, capped).rows
    expect(routed?.today).toMatchObject({ offered: 40, rejected: 0 })
    expect(routed?.changed?.offered).toBe(120)
    expect((routed?.changed?.rejected ?? 0) + (routed?.changed?.downgraded ?? 0)).toBeGreaterThan(0)
    expect(routed?.changed?.costUsd).toBeLessThanOrEqual((40 * CHEAP_NANO + 40 * DEAR_NANO) / 1e9)
  })

  it('takes models away and adds them, as good as another or as stated', () => {
    const gone = run({ removeModels: ['cheap'] }, aPolicy({ ...POLICY.file, tierBoundaries: [0.5] }))
    expect(gone.rows.find(({ name }) => name === 'model:cheap')).toMatchObject({ changed: null })
    const spec = aModel('new', 0, { inputUsd: 0.5, outputUsd: 1 })
    const copied = run({ addModels: [{ spec, quality: { kind: 'model', model: 'dear' } }] })
    expect(copied.rows.at(-1)).toMatchObject({
      name: 'model:new',
      today: null,
      changed: { quality: expect.closeTo(0.9) as number, costUsd: expect.closeTo(0.0024) as number },
    })
    const stated = run({ addModels: [{ spec, quality: { kind: 'stated', quality: 0.7 } }] })
    expect(stated.rows.at(-1)?.changed?.quality).toBeCloseTo(0.7)
    expect(() => run({ addModels: [{ spec, quality: { kind: 'model', model: 'daer' } }] })).toThrow(
      /did you mean dear/,
    )
    expect(() => run({ addModels: [{ spec, quality: { kind: 'log' } }] })).toThrow(/--quality-from MODEL/)
  })

  it('says of a policy that cannot do with the change why', () => {
    const fixed = aPolicy({ ...POLICY.file, selector: { kind: 'fixed', model: 'cheap' } })
    expect(() => run({ removeModels: ['cheap'] }, fixed)).toThrow(
      /routed cannot do with this change:\n.*cheap/,
    )
  })
})

describe('atPrices', () => {
  const to = { promptPer1m: 2, completionPer1m: 4 }

  it('leaves what the price of today does not explain, and prices usage where none is known', () => {
    const table = aTable([{ at: 0, outcomes: { m: { ...USAGE, costNanoUsd: 500_000 }, n: { quality: 1 } } }])
    const cost = (today: [string, typeof to][]): number | undefined =>
      atPrices(
        table,
        new Map([
          ['m', to],
          ['n', to],
        ]),
        new Map(today),
      ).outcomes[0]?.costNanoUsd[0]
    expect(cost([['m', { promptPer1m: 1, completionPer1m: 2 }]])).toBe(1_000_000)
    expect(cost([])).toBe(240_000)
    expect(atPrices(table, new Map([['n', to]]), new Map()).outcomes[1]?.costNanoUsd[0]).toBeNaN()
  })

  it('interpolates and extrapolates prices, never below 0', () => {
    const from = { promptPer1m: 1, completionPer1m: 4, cachedInputPer1m: 0.1 }
    const goal = { promptPer1m: 2, completionPer1m: 2 }
    expect(priceBetween(from, goal, 0.5)).toEqual({
      promptPer1m: 1.5,
      completionPer1m: 3,
      cachedInputPer1m: 1.05,
      perRequest: 0,
    })
    expect(priceBetween(from, goal, 4)).toMatchObject({ promptPer1m: 5, completionPer1m: 0 })
  })
})

describe('traffic and tasks', () => {
  it('repeats every request, or keeps a share of them by lot', () => {
    const table = log()
    expect(withTraffic(table, 1, 1)).toBe(table)
    const tripled = withTraffic(table, 3, 1)
    expect([tripled.size, new Set(tripled.ids).size]).toEqual([120, 120])
    expect([...tripled.at]).toEqual([...tripled.at].sort((a, b) => a - b))
    const half = withTraffic(log(4000), 0.5, 1)
    expect(half.size / 4000).toBeCloseTo(0.5, 1)
    expect(withTraffic(log(4000), 0.5, 1).ids).toEqual(half.ids)
  })

  it('gives a task another share over the same arrivals, and its requests their outcomes', () => {
    const table = log(400)
    for (const factor of [0, 0.5, 1.2, 4]) {
      const shifted = withShift(table, { task: 'hard', factor }, 7)
      expect(taskShare(shifted, 'hard')).toBeCloseTo(0.25 * factor, 9)
      expect(shifted.at).toBe(table.at)
      expect(new Set(shifted.ids).size).toBe(400)
      shifted.assessedDifficulty.forEach((difficulty, row) => {
        expect(difficulty).toBe(shifted.task.values[shifted.task.codes[row]!] === 'hard' ? 0.9 : 0.1)
      })
    }
    expect(withShift(table, { task: 'hard', factor: 2 }, 7).ids).toEqual(
      withShift(table, { task: 'hard', factor: 2 }, 7).ids,
    )
  })
})

describe('findBreakEven', () => {
  it.each([0.1, 0.6, 1, 3, 15.9])('finds a flip at %d', (at) => {
    const found = findBreakEven((t) => (t < at ? 0 : 1))
    expect(found).toMatchObject({ from: 0, to: 1 })
    expect(found?.at).toBeCloseTo(at, 4)
  })

  it('finds none beyond sixteen times the change, nor where nothing is known', () => {
    expect(findBreakEven((t) => (t < 17 ? 0 : 1))).toBeUndefined()
    expect(findBreakEven(() => undefined)).toBeUndefined()
  })
})
