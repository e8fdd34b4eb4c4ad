import { describe, expect, it } from 'vitest'
import { parseUsage } from '../../../src/logs/usage/parse-usage.js'

/** One object of each family whose counts are all different, so that no two can be mistaken for each other. */
describe('parseUsage', () => {
  it('adds the cached and written tokens that Anthropic counts beside the input', () => {
    const usage = {
      input_tokens: 10,
      cache_read_input_tokens: 200,
      cache_creation_input_tokens: 3000,
      cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 },
      output_tokens: 7,
      output_tokens_details: { thinking_tokens: 4 },
    }
    expect(parseUsage(usage)).toEqual({
      inputTokens: 3210,
      outputTokens: 7,
      cachedInputTokens: 200,
      cacheWriteTokens: 3000,
      hourCacheWriteTokens: 2000,
      reasoningTokens: 4,
    })
  })

  it("leaves an advisor's iteration to the model that it names", () => {
    const message = { input_tokens: 5, output_tokens: 2, cache_read_input_tokens: 0 }
    const advisor = { model: 'claude-opus-4-8', input_tokens: 90, output_tokens: 40 }
    const usage = { ...message, iterations: [message, advisor, { ...message, output_tokens: 3 }] }
    expect(parseUsage(usage)).toMatchObject({ inputTokens: 10, outputTokens: 5 })
  })

  it("reads OpenAI's responses with sound, and LangChain's spelling of the same", () => {
    const openai = {
      input_tokens: 100,
      input_tokens_details: {
        cached_tokens: 60,
        audio_tokens: 30,
        cached_tokens_details: { audio_tokens: 20 },
      },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 11, audio_tokens: 13 },
    }
    const known = { inputTokens: 100, cachedInputTokens: 60, audioInputTokens: 30, outputTokens: 50 }
    expect(parseUsage(openai)).toEqual({
      ...known,
      cachedAudioInputTokens: 20,
      reasoningTokens: 11,
      audioOutputTokens: 13,
    })
    const langchain = {
      usage_metadata: {
        input_tokens: 100,
        input_token_details: { cache_read: 60, audio: 30, cache_creation: 5 },
        output_tokens: 50,
        output_token_details: { reasoning: 11 },
      },
    }
    expect(parseUsage(langchain)).toEqual({ ...known, cacheWriteTokens: 5, reasoningTokens: 11 })
  })

  it.each([
    ['Groq, Cerebras', { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }, {}],
    [
      'DeepSeek',
      { prompt_tokens: 9, completion_tokens: 4, prompt_cache_hit_tokens: 6 },
      { cachedInputTokens: 6 },
    ],
    ['Moonshot', { prompt_tokens: 9, completion_tokens: 4, cached_tokens: 5 }, { cachedInputTokens: 5 }],
    [
      'OpenRouter',
      {
        prompt_tokens: 9,
        completion_tokens: 4,
        prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
      },
      { cachedInputTokens: 3, cacheWriteTokens: 2 },
    ],
    [
      "LiteLLM's proxy before Anthropic",
      {
        prompt_tokens: 2,
        completion_tokens: 4,
        cache_read_input_tokens: 6,
        cache_creation_input_tokens: 1,
      },
      { inputTokens: 9, cachedInputTokens: 6, cacheWriteTokens: 1 },
    ],
    ['an embedding', { prompt_tokens: 9, total_tokens: 9 }, { outputTokens: 0 }],
  ])('reads a chat usage of %s', (_, usage, more) => {
    expect(parseUsage(usage)).toEqual({ inputTokens: 9, outputTokens: 4, ...more })
  })

  it('adds reasoning that stands beside the completion, as the total, the size or the provider tells', () => {
    const reasoning = { completion_tokens_details: { reasoning_tokens: 300 } }
    const counts = (completion: number): object => ({
      prompt_tokens: 10,
      completion_tokens: completion,
      ...reasoning,
    })
    expect(parseUsage({ ...counts(400), total_tokens: 710 })?.outputTokens).toBe(700)
    expect(parseUsage({ ...counts(400), total_tokens: 410 })?.outputTokens).toBe(400)
    expect(parseUsage(counts(20))?.outputTokens).toBe(320)
    expect(parseUsage(counts(400), { provider: 'xai' })?.outputTokens).toBe(700)
    expect(parseUsage(counts(400), { provider: 'openai' })?.outputTokens).toBe(400)
  })

  it('adds the tool prompts and thoughts that Gemini counts beside prompt and candidates', () => {
    const usage = {
      promptTokenCount: 100,
      toolUsePromptTokenCount: 20,
      candidatesTokenCount: 30,
      thoughtsTokenCount: 4,
      cachedContentTokenCount: 50,
      promptTokensDetails: [
        { modality: 'AUDIO', tokenCount: 8 },
        { modality: 'TEXT', tokenCount: 92 },
      ],
      cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 6 }],
      candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 9 }],
    }
    expect(parseUsage({ usageMetadata: usage })).toEqual({
      inputTokens: 120,
      outputTokens: 34,
      cachedInputTokens: 50,
      reasoningTokens: 4,
      audioInputTokens: 8,
      audioOutputTokens: 9,
      cachedAudioInputTokens: 6,
    })
  })

  it("reads Bedrock's caches beside the input, and the AI SDK's inside it", () => {
    const bedrock = {
      inputTokens: 3,
      outputTokens: 121,
      cacheReadInputTokens: 1712,
      cacheWriteInputTokens: 236,
      cacheDetails: [
        { inputTokens: 200, ttl: '1h' },
        { inputTokens: 36, ttl: '5m' },
      ],
    }
    expect(parseUsage(bedrock)).toEqual({
      inputTokens: 1951,
      outputTokens: 121,
      cachedInputTokens: 1712,
      cacheWriteTokens: 236,
      hourCacheWriteTokens: 200,
    })
    const sdk = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4, reasoningTokens: 2 }
    expect(parseUsage(sdk)).toEqual(sdk)
    const parts = { inputTokens: { total: 10, cacheRead: 4, cacheWrite: 1 }, outputTokens: { total: 5 } }
    expect(parseUsage(parts)).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      cachedInputTokens: 4,
      cacheWriteTokens: 1,
    })
  })

  it("takes Cohere's billed units", () => {
    const usage = {
      billed_units: { input_tokens: 6, output_tokens: 2 },
      tokens: { input_tokens: 90, output_tokens: 4 },
    }
    expect(parseUsage({ usage })).toEqual({ inputTokens: 6, outputTokens: 2 })
  })

  it('lets a provider decide what the object leaves open', () => {
    const usage = { input_tokens: 5, output_tokens: 2 }
    expect(parseUsage(usage, { provider: 'anthropic' })).toMatchObject({
      inputTokens: 5,
      cachedInputTokens: 0,
    })
    expect(parseUsage(usage)).toEqual({ inputTokens: 5, outputTokens: 2 })
  })

  it.each([undefined, null, 'tokens', 7, [], {}, { usage: {} }, { usage: { search_units: 1 } }])(
    'knows nothing from %j',
    (value) => {
      expect(parseUsage(value)).toBeUndefined()
    },
  )

  it.each([
    [{ prompt_tokens: -1, completion_tokens: 2 }, /prompt_tokens must be a whole number/],
    [{ input_tokens: 1.5, output_tokens: 2 }, /input_tokens must be a whole number/],
    [{ inputTokens: '3', outputTokens: 2 }, /inputTokens must be a number/],
    [
      { input_tokens: 5, output_tokens: 2, input_tokens_details: { cached_tokens: 9 } },
      /9 cached and cache-written tokens in an input of 5/,
    ],
  ])('refuses %j', (value, message) => {
    expect(() => parseUsage(value)).toThrow(message)
  })
})
