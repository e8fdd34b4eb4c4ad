import { describe, expect, it } from 'vitest'
import { policyPricing } from '../../../src/core/list-price.js'
import type { BookEntry, PriceBook } from '../../../src/core/price-book.js'
import { parsePriceBook } from '../../../src/logs/prices/parse-price-book.js'
import { hasRealBooks, LITELLM_2025, LITELLM_2026, realBook } from './real-books.js'

const context = { file: 'prices.json', rates: new Map([['CNY', 0.14]]) }

function bookOf(entries: Readonly<Record<string, object>>): PriceBook {
  return parsePriceBook(JSON.stringify(entries), context)
}

function entryOf(book: PriceBook, model: string): BookEntry {
  const found = book.find(model)
  if (found.kind !== 'found') throw new Error(`${model} is ${found.kind}`)
  return found.entry
}

describe("LiteLLM's price map", () => {
  const book = bookOf({
    'gemini/pro': {
      input_cost_per_token: 1.25e-6,
      output_cost_per_token: 1e-5,
      input_cost_per_token_above_200k_tokens: 2.5e-6,
      output_cost_per_token_above_200k_tokens: 1.5e-5,
      cache_read_input_token_cost_above_200k_tokens: 2.5e-7,
      max_input_tokens: 1_000_000,
      supports_vision: true,
    },
    'vendor/flat': { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 },
    'vendor/fine': { input_cost_per_token: 4.6875e-9, output_cost_per_token: 1.25e-12 },
    'vendor/yuan': { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6, currency: 'CNY' },
    'vendor/broken': { input_cost_per_token: -1, output_cost_per_token: 2e-6 },
    'vendor/picture': { output_cost_per_image: 0.04 },
  })

  it('has the dearer rates of long inputs as price tiers of a policy', () => {
    const entry = entryOf(book, 'gemini/pro')
    expect(policyPricing(entry.priceAt(0, 'standard')!)).toEqual({
      promptPer1m: 1.25,
      completionPer1m: 10,
      priceTiers: [
        { aboveInputTokens: 200_000, promptPer1m: 2.5, completionPer1m: 15, cachedInputPer1m: 0.25 },
      ],
    })
    expect(entry.limits).toEqual({ contextWindow: 1_000_000, capabilities: ['vision'] })
  })

  it('rounds what is finer than a pico-dollar, and says so; leaves out what is no price', () => {
    expect(entryOf(book, 'vendor/fine').priceAt(0, 'standard')).toEqual({
      inputPico: 4688,
      outputPico: 1,
      tiers: [],
    })
    expect(book.find('vendor/broken').kind).toBe('unknown')
    expect(book.find('vendor/picture').kind).toBe('unknown')
    expect(book.notes).toEqual([
      'vendor/fine has prices finer than a pico-dollar per token, which are rounded',
      'vendor/broken has a price that is no amount of money, which is left out',
    ])
  })

  it('turns other money into dollars at the rate that is given, and refuses it without one', () => {
    expect(entryOf(book, 'vendor/yuan').priceAt(0, 'standard')).toMatchObject({
      inputPico: 140_000,
      outputPico: 280_000,
    })
    const text = JSON.stringify({ yuan: { input_cost_per_token: 1e-6, currency: 'CNY' } })
    expect(() => parsePriceBook(text, { file: 'p.json', rates: new Map() })).toThrow(
      /p\.json: yuan is in CNY.*--rate CNY=0\.14/,
    )
  })

  it.each([
    ['[]', /no price book that Tollgate knows\n {2}genai-prices: .*\n {2}litellm: /],
    ['{"a": {"input_cost_per_token": "free"}}', /no entry has input_cost_per_token/],
    ['{', /prices\.json is not JSON/],
  ])('refuses %s', (text, message) => {
    expect(() => parsePriceBook(text, context)).toThrow(message)
  })
})

/** Read by hand from litellm_model_prices_2026-08-06.json, in pico-dollars per token: 2.5e-06 is 2,500,000. */
const GOLDEN: Readonly<Record<string, object>> = {
  'gpt-4o-2024-08-06': {
    inputPico: 2_500_000,
    outputPico: 10_000_000,
    cachedInputPico: 1_250_000,
    tiers: [],
  },
  'claude-sonnet-4-5': {
    inputPico: 3_000_000,
    outputPico: 15_000_000,
    cachedInputPico: 300_000,
    cacheWritePico: 3_750_000,
    hourCacheWritePico: 6_000_000,
    tiers: [
      {
        aboveInputTokens: 200_000,
        rates: {
          inputPico: 6_000_000,
          outputPico: 22_500_000,
          cachedInputPico: 600_000,
          cacheWritePico: 7_500_000,
          hourCacheWritePico: 12_000_000,
        },
      },
    ],
  },
  'claude-opus-4-1': {
    inputPico: 15_000_000,
    outputPico: 75_000_000,
    cachedInputPico: 1_500_000,
    cacheWritePico: 18_750_000,
    hourCacheWritePico: 30_000_000,
    tiers: [],
  },
  'gpt-5.4': {
    inputPico: 2_500_000,
    outputPico: 15_000_000,
    cachedInputPico: 250_000,
    tiers: [
      {
        aboveInputTokens: 272_000,
        rates: { inputPico: 5_000_000, outputPico: 22_500_000, cachedInputPico: 500_000 },
      },
    ],
  },
  'gemini/gemini-2.5-flash': {
    inputPico: 300_000,
    outputPico: 2_500_000,
    cachedInputPico: 30_000,
    audioInputPico: 1_000_000,
    reasoningPico: 2_500_000,
    tiers: [],
  },
  'gpt-4o-audio-preview': {
    inputPico: 2_500_000,
    outputPico: 10_000_000,
    audioInputPico: 40_000_000,
    audioOutputPico: 80_000_000,
    tiers: [],
  },
  'groq/llama-3.3-70b-versatile': { inputPico: 590_000, outputPico: 790_000, tiers: [] },
  'dashscope/qwen-flash': {
    inputPico: 50_000,
    outputPico: 400_000,
    tiers: [{ aboveInputTokens: 256_000, rates: { inputPico: 250_000, outputPico: 2_000_000 } }],
  },
  'text-embedding-3-small': { inputPico: 20_000, outputPico: 0, tiers: [] },
  'xai/grok-4': { inputPico: 3_000_000, outputPico: 15_000_000, tiers: [] },
}

describe.skipIf(!hasRealBooks)('the real LiteLLM maps', () => {
  const [book, older] = hasRealBooks ? [realBook(LITELLM_2026), realBook(LITELLM_2025)] : []

  it.each(Object.keys(GOLDEN))('has the price of %s', (model) => {
    expect(entryOf(book!, model).priceAt(0, 'standard')).toEqual(GOLDEN[model])
  })

  it('has the prices of the other services', () => {
    const entry = entryOf(book!, 'gpt-5.4')
    expect(entry.priceAt(0, 'batch')).toMatchObject({ inputPico: 1_250_000, outputPico: 7_500_000 })
    expect(entry.priceAt(0, 'flex')).toMatchObject({ cachedInputPico: 130_000 })
    expect(entry.priceAt(0, 'priority')).toMatchObject({ inputPico: 5_000_000, outputPico: 30_000_000 })
    expect(entryOf(book!, 'xai/grok-4').priceAt(0, 'batch')).toBeUndefined()
  })

  it('reads them whole', () => {
    expect([book!.size, older!.size]).toEqual([2531, 1461])
  })

  it.each([
    ['gpt-4o-2024-08-06', 'gpt-4o-2024-08-06: exact'],
    [
      'claude-sonnet-4-5@20250929',
      'claude-sonnet-4-5@20250929 -> vertex_ai/claude-sonnet-4-5@20250929: provider prefix',
    ],
    ['anthropic/claude-opus-4.1', 'anthropic/claude-opus-4.1 -> claude-opus-4-1: provider prefix'],
    [
      'anthropic/claude-sonnet-4',
      'anthropic/claude-sonnet-4 -> claude-sonnet-4-20250514: provider prefix, date suffix',
    ],
    [
      'groq/Llama-3.3-70b-versatile',
      'groq/Llama-3.3-70b-versatile -> groq/llama-3.3-70b-versatile: spelling',
    ],
  ])('finds %s by a rule that it shows', (model, rule) => {
    expect(book!.find(model)).toMatchObject({ kind: 'found', rule })
  })

  it('refuses a name that several hosts sell at several prices, with the candidates', () => {
    const found = book!.find('llama-3-70b-instruct')
    expect(found).toMatchObject({ kind: 'ambiguous' })
  })

  it('does not take one dated model for another', () => {
    const price = { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 }
    const dated = bookOf({ 'm-2024-05-13': price, 'n-2024-05-13': price })
    expect(dated.find('m-2024-08-06')).toEqual({ kind: 'ambiguous', candidates: ['m-2024-05-13'] })
    expect(dated.find('m')).toMatchObject({ rule: 'm -> m-2024-05-13: date suffix' })
  })

  it('names the nearest where it has none', () => {
    expect(book!.find('gpt-4oo')).toMatchObject({ kind: 'unknown', near: 'gpt-4o' })
  })
})
