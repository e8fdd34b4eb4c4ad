import { describe, expect, it } from 'vitest'
import { listCostNanoUsd, policyPricing, type ListPrice } from '../../src/core/list-price.js'
import { roundedPico } from '../../src/core/money.js'

/** Every rate another power of ten, so that a sum tells which tokens were billed at which. */
const PRICE: ListPrice = {
  inputPico: 1000,
  outputPico: 10_000,
  cachedInputPico: 100_000,
  cacheWritePico: 1_000_000,
  hourCacheWritePico: 10_000_000,
  audioInputPico: 100_000_000,
  cachedAudioInputPico: 1_000_000_000,
  audioOutputPico: 10_000_000_000,
  reasoningPico: 100_000_000_000,
  perRequestPico: 7_000_000_000_000,
  tiers: [],
}

describe('listCostNanoUsd', () => {
  it('bills each part of the usage at its own rate, once', () => {
    const usage = {
      inputTokens: 1 + 2 + 3 + 4 + 5 + 6,
      cachedInputTokens: 2 + 6,
      cacheWriteTokens: 3 + 4,
      hourCacheWriteTokens: 4,
      audioInputTokens: 5 + 6,
      cachedAudioInputTokens: 6,
      outputTokens: 7 + 8 + 9,
      audioOutputTokens: 8,
      reasoningTokens: 9,
    }
    const pico = 1e3 + 7e4 + 2e5 + 3e6 + 4e7 + 5e8 + 6e9 + 8e10 + 9e11 + 7e12
    expect(listCostNanoUsd(PRICE, usage)).toBe(pico / 1000)
  })

  it('bills parts without a rate like what they are part of', () => {
    const plain = { inputPico: 1000, outputPico: 10_000, tiers: [] }
    const usage = {
      inputTokens: 10,
      cachedInputTokens: 4,
      cacheWriteTokens: 2,
      audioInputTokens: 3,
      outputTokens: 5,
      reasoningTokens: 2,
      audioOutputTokens: 1,
    }
    expect(listCostNanoUsd(plain, usage)).toBe(10 + 50)
  })

  it('bills the whole call at the last tier that its input passes', () => {
    const tiered = {
      ...PRICE,
      perRequestPico: 0,
      tiers: [
        { aboveInputTokens: 10, rates: { inputPico: 2000, outputPico: 0 } },
        { aboveInputTokens: 20, rates: { inputPico: 3000, outputPico: 0 } },
      ],
    }
    const cost = (inputTokens: number): unknown => listCostNanoUsd(tiered, { inputTokens, outputTokens: 0 })
    expect([cost(10), cost(11), cost(20), cost(21)]).toEqual([10, 22, 40, 63])
  })

  it('knows no cost of output that the price does not list', () => {
    const embedding = { inputPico: 1000, tiers: [] }
    expect(listCostNanoUsd(embedding, { inputTokens: 3, outputTokens: 0 })).toBe(3)
    expect(listCostNanoUsd(embedding, { inputTokens: 3, outputTokens: 1 })).toBeUndefined()
    expect(policyPricing(embedding)).toBeUndefined()
  })
})

describe('policyPricing', () => {
  it('gives dollars per million tokens, output at the dearer of plain and reasoning', () => {
    const price = { inputPico: 75_000, outputPico: 300_000, reasoningPico: 3_500_000, perRequestPico: 14e9 }
    expect(policyPricing({ ...price, tiers: [] })).toEqual({
      promptPer1m: 0.075,
      completionPer1m: 3.5,
      perRequest: 0.014,
    })
  })
})

describe('roundedPico', () => {
  it.each([
    [1.5e-7, 0, 150_000, false],
    ['0.0000000028', 0, 2800, false],
    [4.6875e-9, 0, 4688, true],
    [2.9999900000000002e-6, 0, 2_999_990, true],
    [4.4e-13, 0, 0, true],
    [0.075, 6, 75_000, false],
    [12, 3, 12_000_000_000, false],
    [0, 0, 0, false],
  ])('%s dollars for 10^%i tokens are %i pico', (dollars, exponent, pico, rounded) => {
    expect(roundedPico(dollars, exponent)).toEqual({ pico, rounded })
  })

  it.each([-1, 'free', 1e9])('refuses %s', (dollars) => {
    expect(() => roundedPico(dollars, 0)).toThrow(RangeError)
  })
})
