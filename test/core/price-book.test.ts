import { describe, expect, it } from 'vitest'
import { parsePriceBook } from '../../src/core/price-book.js'

describe('a price book', () => {
  const book = parsePriceBook(
    {
      'gemini/pro': {
        input_cost_per_token: 1.25e-6,
        output_cost_per_token: 1e-5,
        input_cost_per_token_above_200k_tokens: 2.5e-6,
        output_cost_per_token_above_200k_tokens: 1.5e-5,
        cache_read_input_token_cost_above_200k_tokens: 2.5e-7,
      },
      'vendor/flat': { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 },
    },
    'prices.json',
  )

  it('has the dearer rates of long inputs as price tiers', () => {
    expect(book('gemini/pro')?.pricing).toEqual({
      promptPer1m: 1.25,
      completionPer1m: 10,
      priceTiers: [
        { aboveInputTokens: 200_000, promptPer1m: 2.5, completionPer1m: 15, cachedInputPer1m: 0.25 },
      ],
    })
  })

  it('has none where the entry has one price', () => {
    expect(book('flat')?.pricing).toEqual({ promptPer1m: 1, completionPer1m: 2 })
  })
})
