import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ceilToNano, nanoUsd, picoPerToken, usd } from '../../src/core/money.js'
import { dearestRates } from '../../src/core/model.js'
import { compilePrices } from '../../src/core/policy.js'
import { costNanoUsd } from '../../src/core/usage.js'
import { seed } from '../properties/seed.js'

describe(`picoPerToken (FC_SEED=${seed})`, () => {
  it.each([
    [0.075, 75_000],
    ['0.075', 75_000],
    [0.1, 100_000],
    [15, 15_000_000],
    [18.75, 18_750_000],
    ['1e-6', 1],
    [1e-6, 1],
    [0.000001, 1],
    ['2.50', 2_500_000],
    ['0.0000010', 1],
    [0, 0],
    ['0e99', 0],
    [1e9, 1e15],
    ['001.5', 1_500_000],
  ])('%s dollars a million tokens is %i', (price, pico) => expect(picoPerToken(price)).toBe(pico))

  it.each([0.0000001, '1.0000001', '0.00000149', 1e-7])('refuses digits finer than it holds: %s', (price) => {
    expect(() => picoPerToken(price)).toThrow(/more digits/)
  })

  it.each([-1, NaN, Infinity, '', 'abc', '1,5', '-0.1', '0x10', ' 1', '.5'])('refuses %s', (price) => {
    expect(() => picoPerToken(price)).toThrow(RangeError)
  })

  it.each([1e10, '1e400', 9e15])('refuses what integers cannot hold: %s', (price) => {
    expect(() => picoPerToken(price)).toThrow(/too large/)
  })

  it('is exact for every price of six decimals', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), fc.nat({ max: 999_999 }), (whole, fraction) => {
        const text = `${whole}.${String(fraction).padStart(6, '0')}`
        expect(picoPerToken(text)).toBe(whole * 1_000_000 + fraction)
        expect(picoPerToken(Number(text))).toBe(whole * 1_000_000 + fraction)
      }),
      { seed },
    )
  })
})

describe('nanoUsd', () => {
  it.each([
    [0.1, 100_000_000],
    [0.3, 300_000_000],
    ['0.0283', 28_300_000],
    [1.1e-9, 1],
    [0, 0],
    [9_007_199.254740991, Number.MAX_SAFE_INTEGER],
  ])('%s dollars are %i', (amount, nano) => expect(nanoUsd(amount)).toBe(nano))

  it.each([-0.01, NaN, Infinity, 9_007_200, 'abc'])('refuses %s', (amount) => {
    expect(() => nanoUsd(amount)).toThrow(RangeError)
  })

  it('comes back as dollars', () => expect(usd(nanoUsd(0.0283))).toBe(0.0283))
})

describe('what a call costs', () => {
  const prices = compilePrices({
    currency: 'USD',
    promptPer1m: 3,
    completionPer1m: 15,
    cachedInputPer1m: 0.3,
    cacheWritePer1m: 3.75,
    perRequest: 0.001,
    priceTiers: [],
  })

  it('each kind of token at its own rate, cached and written tokens being part of the input', () => {
    const usage = { inputTokens: 1000, cachedInputTokens: 600, cacheWriteTokens: 100, outputTokens: 50 }
    expect(costNanoUsd(prices, usage)).toBe(300 * 3000 + 600 * 300 + 100 * 3750 + 50 * 15_000 + 1_000_000)
  })

  it('is rounded up once, at the end', () => {
    const fine = compilePrices({
      currency: 'USD',
      promptPer1m: 0.0001,
      completionPer1m: 0.0002,
      perRequest: 0,
      priceTiers: [],
    })
    expect(costNanoUsd(fine, { inputTokens: 3, outputTokens: 2 })).toBe(1)
    expect(costNanoUsd(fine, { inputTokens: 6, outputTokens: 2 })).toBe(1)
    expect(costNanoUsd(fine, { inputTokens: 7, outputTokens: 2 })).toBe(2)
    expect(ceilToNano(1001)).toBe(2)
    expect(ceilToNano(1000)).toBe(1)
  })

  it('bills rates that are left out like plain input, and bounds by the dearest', () => {
    const plain = compilePrices({
      currency: 'USD',
      promptPer1m: 3,
      completionPer1m: 15,
      perRequest: 0,
      priceTiers: [],
    })
    expect([plain.cachedInputPico, plain.cacheWritePico, plain.maxInputPico]).toEqual([3e6, 3e6, 3e6])
    expect(prices.maxInputPico).toBe(3_750_000)
  })

  it('as a whole at the rates of the last tier that its input reaches, cached tokens counted', () => {
    const tiered = compilePrices({
      currency: 'USD',
      promptPer1m: 3,
      completionPer1m: 15,
      cachedInputPer1m: 0.3,
      perRequest: 0,
      priceTiers: [
        { aboveInputTokens: 200, promptPer1m: 6, completionPer1m: 10 },
        { aboveInputTokens: 500, promptPer1m: 2, completionPer1m: 30, cacheWritePer1m: 8 },
      ],
    })
    const cost = (inputTokens: number, cachedInputTokens = 0): number =>
      costNanoUsd(tiered, { inputTokens, cachedInputTokens, outputTokens: 10 })
    expect(cost(200)).toBe(200 * 3000 + 10 * 15_000)
    expect(cost(201)).toBe(201 * 6000 + 10 * 10_000)
    expect(cost(201, 200)).toBe(201 * 6000 + 10 * 10_000)
    expect(cost(501)).toBe(501 * 2000 + 10 * 30_000)
    // A call that is known to be no longer than a bound may be billed at any tier below it.
    expect(dearestRates(tiered, 200)).toMatchObject({ maxInputPico: 3e6, outputPico: 15e6 })
    expect(dearestRates(tiered, 201)).toMatchObject({ maxInputPico: 6e6, outputPico: 15e6 })
    expect(dearestRates(tiered, 501)).toMatchObject({ maxInputPico: 8e6, outputPico: 30e6 })
  })

  it('never passes the dearest rates at a bound of its input, whatever tiers there are', () => {
    const rate = fc.integer({ min: 0, max: 75_000_000 }).map((micro) => micro / 1e6)
    const tier = fc.record({
      aboveInputTokens: fc.integer({ min: 1, max: 900 }),
      promptPer1m: rate,
      completionPer1m: rate,
      cacheWritePer1m: rate,
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(tier, { maxLength: 3, selector: ({ aboveInputTokens }) => aboveInputTokens }),
        fc.tuple(rate, rate),
        fc.nat(500),
        fc.nat(500),
        fc.nat(200),
        fc.nat(300),
        (tiers, [promptPer1m, completionPer1m], plain, written, slack, outputTokens) => {
          const priceTiers = tiers.sort((a, b) => a.aboveInputTokens - b.aboveInputTokens)
          const made = compilePrices({
            currency: 'USD',
            promptPer1m,
            completionPer1m,
            perRequest: 0,
            priceTiers,
          })
          const usage = { inputTokens: plain + written, cacheWriteTokens: written, outputTokens }
          const bound = usage.inputTokens + slack
          const { maxInputPico, outputPico } = dearestRates(made, bound)
          expect(costNanoUsd(made, usage)).toBeLessThanOrEqual(
            ceilToNano(bound * maxInputPico + outputTokens * outputPico),
          )
        },
      ),
    )
  })

  it('never passes the bound of its input and output, however the input splits', () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.nat(5000),
        fc.nat(5000),
        fc.nat(5000),
        (plain, cached, written, output) => {
          const inputTokens = plain + cached + written
          const cost = costNanoUsd(prices, {
            inputTokens,
            cachedInputTokens: cached,
            cacheWriteTokens: written,
            outputTokens: output,
          })
          const bound = inputTokens * prices.maxInputPico + output * prices.outputPico + prices.perRequestPico
          expect(cost).toBeLessThanOrEqual(ceilToNano(bound))
        },
      ),
      { seed },
    )
  })
})
