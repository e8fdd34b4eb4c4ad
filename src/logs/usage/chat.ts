import { count, part, usageOf } from './counts.js'
import type { UsageFamily, UsageHint, UsageObject } from './usage-family.js'

/**
 * OpenAI's Chat Completions and all who speak it (Azure, Groq, Mistral, DeepSeek, OpenRouter, Hugging Face, Cerebras, Z.ai,
 * Moonshot, xAI, LiteLLM's proxy), and embeddings, which have no completion.
 * Mistral's `num_cached_tokens` is not read: it is older than Mistral's discount for cached tokens, which are told in
 * `prompt_tokens_details`. https://platform.openai.com/docs/api-reference/chat/object
 */
export const chatUsage: UsageFamily = {
  name: 'chat',
  parse: (usage, hint) => {
    const prompt = count(usage, 'prompt_tokens')
    const completion = count(usage, 'completion_tokens')
    if (prompt === undefined && completion === undefined) return undefined
    const input = part(usage, 'prompt_tokens_details')
    const output = part(usage, 'completion_tokens_details')
    const cachedAudio = input === undefined ? undefined : part(input, 'cached_tokens_details')
    const reasoning = count(output, 'reasoning_tokens') ?? count(usage, 'reasoning_tokens')
    const read = cached(usage, input)
    const written = cacheWritten(usage, input)
    return usageOf({
      inputTokens: wholeInput(prompt ?? 0, (read ?? 0) + (written ?? 0)),
      outputTokens: wholeOutput(usage, hint, reasoning),
      cachedInputTokens: read,
      cacheWriteTokens: written,
      reasoningTokens: reasoning,
      audioInputTokens: count(input, 'audio_tokens'),
      audioOutputTokens: count(output, 'audio_tokens'),
      cachedAudioInputTokens: count(cachedAudio, 'audio_tokens'),
    })
  },
}

/** OpenAI's place for them, then DeepSeek's, Moonshot's and that of LiteLLM before an Anthropic model. */
function cached(usage: UsageObject, input: UsageObject | undefined): number | undefined {
  return (
    count(input, 'cached_tokens') ??
    count(usage, 'prompt_cache_hit_tokens', 'cached_tokens', 'cache_read_input_tokens')
  )
}

function cacheWritten(usage: UsageObject, input: UsageObject | undefined): number | undefined {
  return (
    count(input, 'cache_write_tokens', 'cache_creation_tokens') ?? count(usage, 'cache_creation_input_tokens')
  )
}

/** Parts that are larger than the prompt cannot be inside it: some proxies leave them beside it, as Anthropic does. */
function wholeInput(prompt: number, parts: number): number {
  return parts > prompt ? prompt + parts : prompt
}

/**
 * xAI counts reasoning beside the completion, all others inside it. The total tells which, where it is given.
 * https://docs.x.ai/docs/guides/reasoning
 */
function wholeOutput(usage: UsageObject, { provider }: UsageHint, reasoning: number | undefined): number {
  const completion = count(usage, 'completion_tokens') ?? 0
  if (reasoning === undefined || reasoning === 0) return completion
  const total = count(usage, 'total_tokens')
  const beside =
    total === undefined
      ? reasoning > completion || /^x-?ai$/i.test(provider ?? '')
      : total === (count(usage, 'prompt_tokens') ?? 0) + completion + reasoning
  return beside ? completion + reasoning : completion
}
