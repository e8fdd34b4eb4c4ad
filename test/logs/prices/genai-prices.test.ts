import { describe, expect, it } from 'vitest'
import type { BookEntry, PriceBook } from '../../../src/core/price-book.js'
import { parsePriceBook } from '../../../src/logs/prices/parse-price-book.js'
import { GENAI_PRICES, hasRealBooks, realBook } from './real-books.js'

const NOON = Date.parse('2026-08-21T12:00:00Z')

function entryOf(book: PriceBook, model: string): BookEntry {
  const found = book.find(model)
  if (found.kind !== 'found') throw new Error(`${model} is ${found.kind}`)
  return found.entry
}

/** Read by hand from pydantic_genai_prices_2026-08-21.json, dollars per million tokens there and pico-dollars per token here. */
const GOLDEN: Readonly<Record<string, object>> = {
  'openai/gpt-4o': { inputPico: 2_500_000, outputPico: 10_000_000, cachedInputPico: 1_250_000, tiers: [] },
  'anthropic/claude-sonnet-4-5': {
    inputPico: 3_000_000,
    outputPico: 15_000_000,
    cachedInputPico: 300_000,
    cacheWritePico: 3_750_000,
    tiers: [
      {
        aboveInputTokens: 200_000,
        rates: {
          inputPico: 6_000_000,
          outputPico: 22_500_000,
          cachedInputPico: 600_000,
          cacheWritePico: 7_500_000,
        },
      },
    ],
  },
  'google/gemini-2.5-flash': {
    inputPico: 300_000,
    outputPico: 2_500_000,
    cachedInputPico: 30_000,
    audioInputPico: 1_000_000,
    cachedAudioInputPico: 100_000,
    tiers: [],
  },
  'google/gemini-2.5-pro': {
    inputPico: 1_250_000,
    outputPico: 10_000_000,
    cachedInputPico: 125_000,
    tiers: [
      {
        aboveInputTokens: 200_000,
        rates: { inputPico: 2_500_000, outputPico: 15_000_000, cachedInputPico: 250_000 },
      },
    ],
  },
  'groq/llama-3.3-70b-versatile': { inputPico: 590_000, outputPico: 790_000, tiers: [] },
  'perplexity/sonar-pro': {
    inputPico: 3_000_000,
    outputPico: 15_000_000,
    perRequestPico: 14_000_000_000,
    tiers: [],
  },
  'x-ai/grok-4-0709': { inputPico: 3_000_000, outputPico: 15_000_000, cachedInputPico: 750_000, tiers: [] },
  'openai/text-embedding-3-small': { inputPico: 20_000, tiers: [] },
  'openrouter/x-ai/grok-4-fast': {
    inputPico: 200_000,
    outputPico: 500_000,
    cachedInputPico: 50_000,
    tiers: [
      {
        aboveInputTokens: 128_000,
        rates: { inputPico: 400_000, outputPico: 1_000_000, cachedInputPico: 50_000 },
      },
    ],
  },
  'openai/o3': { inputPico: 2_000_000, outputPico: 8_000_000, cachedInputPico: 500_000, tiers: [] },
}

describe.skipIf(!hasRealBooks)('the real genai-prices', () => {
  const book = hasRealBooks ? realBook(GENAI_PRICES) : undefined

  it.each(Object.keys(GOLDEN))('has the price of %s', (model) => {
    expect(entryOf(book!, model).priceAt(NOON, 'standard')).toEqual(GOLDEN[model])
  })

  it.each([
    'anthropic/claude-sonnet-5',
    'aws/global.anthropic.claude-sonnet-5-v1:0',
    'openrouter/anthropic/claude-sonnet-5',
  ])('changes the price of %s with the first moment of 2026-09-01', (model) => {
    const entry = entryOf(book!, model)
    const before = { inputPico: 2_000_000, outputPico: 10_000_000, cachedInputPico: 200_000 }
    const after = { inputPico: 3_000_000, outputPico: 15_000_000, cachedInputPico: 300_000 }
    expect(entry.isDated).toBe(true)
    expect(entry.priceAt(Date.parse('2026-08-31T00:00:00Z'), 'standard')).toMatchObject(before)
    expect(entry.priceAt(Date.parse('2026-08-31T23:59:59.999Z'), 'standard')).toMatchObject(before)
    expect(entry.priceAt(Date.parse('2026-09-01T00:00:00Z'), 'standard')).toMatchObject(after)
  })

  it('has the prices of the time of the day', () => {
    const entry = entryOf(book!, 'deepseek/deepseek-chat')
    const input = (at: string): number | undefined => entry.priceAt(Date.parse(at), 'standard')?.inputPico
    expect(input('2026-08-21T00:29:59Z')).toBe(135_000)
    expect(input('2026-08-21T00:30:00Z')).toBe(270_000)
    expect(input('2026-08-21T16:29:59Z')).toBe(270_000)
    expect(input('2026-08-21T16:30:00Z')).toBe(135_000)
  })

  it.each([
    [
      'claude-sonnet-4-5-20250929',
      'claude-sonnet-4-5-20250929 -> anthropic/claude-sonnet-4-5: starts with claude-sonnet-4-5',
    ],
    ['openai/gpt-4o', 'openai/gpt-4o: exact'],
    ['xai/grok-4-0709', 'xai/grok-4-0709 -> x-ai/grok-4-0709: provider prefix, exact'],
    [
      'azure/claude-opus-4-8',
      'azure/claude-opus-4-8 -> anthropic/claude-opus-4-8: provider prefix, starts with claude-opus-4-8',
    ],
  ])('finds %s by a rule that it shows', (model, rule) => {
    expect(book!.find(model)).toMatchObject({ kind: 'found', rule })
  })

  it("takes the log's provider before the name's", () => {
    expect(book!.find('anthropic/claude-sonnet-4.5', 'openrouter')).toMatchObject({
      entry: { id: 'openrouter/anthropic/claude-sonnet-4.5' },
    })
  })

  it('refuses a name that several hosts sell at several prices, with the candidates', () => {
    expect(book!.find('Qwen/Qwen3-32B')).toMatchObject({ kind: 'ambiguous' })
    expect(book!.find('gpt-4oo-mini-nonsense-of-nobody').kind).not.toBe('ambiguous')
  })

  it('has no batch prices, and does not make them up', () => {
    expect(entryOf(book!, 'openai/gpt-4o').priceAt(NOON, 'batch')).toBeUndefined()
  })
})

describe('genai-prices', () => {
  it.each([{ regex: '(' }, { sounds_like: 'b' }, { or: [{ equals: 7 }] }, null])(
    'refuses an entry whose match is %j, with its place',
    (match) => {
      const models = [{ id: 'b', match, prices: { input_mtok: 1, output_mtok: 2 } }]
      expect(() =>
        parsePriceBook(JSON.stringify([{ id: 'a', models }]), { file: 'p.json', rates: new Map() }),
      ).toThrow(/p\.json: the match of a\/b is none that Tollgate knows/)
    },
  )

  it('refuses a file without a single price', () => {
    const text = JSON.stringify([{ id: 'a', models: [{ id: 'b', match: { equals: 'b' }, prices: {} }] }])
    expect(() => parsePriceBook(text, { file: 'p.json', rates: new Map() })).toThrow(
      /no model has input_mtok/,
    )
  })
})
