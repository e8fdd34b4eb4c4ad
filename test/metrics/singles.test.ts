import { describe, expect, it } from 'vitest'
import type { Prices } from '../../src/core/model.js'
import { oracle } from '../../src/metrics/oracle.js'
import { singlePoints, singles } from '../../src/metrics/singles.js'
import { anOutcome, aTable } from './builders.js'

const NONE = NaN
const prices: Prices = {
  inputPico: 1_000_000,
  outputPico: 2_000_000,
  cachedInputPico: 100_000,
  cacheWritePico: 1_250_000,
  perRequestPico: 0,
  maxInputPico: 1_250_000,
  priceTiers: [],
}

describe('singles', () => {
  it('takes means over known values and counts the unknown ones', () => {
    const table = aTable({
      outcomes: [
        anOutcome('a', [1, 0, NONE, NONE], [0.1, NONE, 0.3, NONE]),
        anOutcome('b', [1, 1, 1, 1], NONE),
      ],
    })
    expect(singles(table)).toEqual([
      { model: 'a', outcomes: 3, meanQuality: 0.5, meanCostUsd: 0.2, unknownQuality: 1, unknownCost: 1 },
      { model: 'b', outcomes: 4, meanQuality: 1, meanCostUsd: null, unknownQuality: 0, unknownCost: 4 },
    ])
    expect(singlePoints(singles(table))).toEqual([{ label: 'a', costUsd: 0.2, quality: 0.5 }])
  })

  it('prices usage where no cost was recorded, and only there', () => {
    const outcome = {
      ...anOutcome('a', [1, 1, 1], [0.5, NONE, NONE]),
      inputTokens: Int32Array.of(100, 100, -1),
      outputTokens: Int32Array.of(10, 10, 10),
      cachedInputTokens: Int32Array.of(0, 50, 0),
    }
    // 50 x 1 + 50 x 0.1 + 10 x 2 micro-dollars = 75 micro-dollars
    const [model] = singles(aTable({ outcomes: [outcome] }), new Map([['a', prices]]))
    expect(model).toMatchObject({ unknownCost: 1 })
    expect(model!.meanCostUsd).toBeCloseTo((0.5 + 0.000075) / 2, 12)
  })

  it('knows nothing of an empty log', () => {
    expect(singles(aTable({ outcomes: [anOutcome('a', [], [])] }))[0]).toMatchObject({ meanQuality: null })
    expect(oracle(aTable({ outcomes: [] }))).toEqual({
      quality: null,
      costUsd: null,
      requests: 0,
      unknownCost: 0,
    })
  })
})

describe('oracle', () => {
  it('takes the best quality at the cheapest model that got it, the cheapest where none did', () => {
    const table = aTable({
      outcomes: [anOutcome('cheap', [1, 0, 0], [0.1, 0.1, 0.2]), anOutcome('dear', [1, 1, 0], [1, 2, 0.1])],
    })
    const { quality, costUsd } = oracle(table)
    expect(quality).toBeCloseTo(2 / 3, 12)
    expect(costUsd).toBeCloseTo((0.1 + 2 + 0.1) / 3, 12)
  })

  it('leaves out what nobody knows, and says so', () => {
    const table = aTable({
      outcomes: [
        anOutcome('a', [NONE, 1, 1, 0.4], [0.1, NONE, 0.5, 0.1]),
        anOutcome('b', [NONE, 0, 1, NONE], [0.2, 0.1, NONE, 0.1]),
      ],
    })
    // Row 0 has no quality at all; row 1's only good answer has no known cost.
    expect(oracle(table)).toEqual({
      quality: (1 + 1 + 0.4) / 3,
      costUsd: (0.5 + 0.1) / 2,
      requests: 3,
      unknownCost: 1,
    })
  })
})
