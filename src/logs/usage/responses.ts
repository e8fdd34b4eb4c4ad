import { count, part, usageOf } from './counts.js'
import type { UsageFamily } from './usage-family.js'

/**
 * OpenAI's Responses and Realtime APIs, those that copy them, and LangChain's `usage_metadata`: the whole input and the
 * whole output, with details of what was in them. Without details it is the plain pair of counts.
 * https://platform.openai.com/docs/api-reference/responses/object
 * https://python.langchain.com/api_reference/core/messages/langchain_core.messages.ai.UsageMetadata.html
 */
export const responsesUsage: UsageFamily = {
  name: 'responses',
  parse: (usage) => {
    const inputTokens = count(usage, 'input_tokens')
    const outputTokens = count(usage, 'output_tokens')
    if (inputTokens === undefined && outputTokens === undefined) return undefined
    const input = part(usage, 'input_tokens_details', 'input_token_details')
    const output = part(usage, 'output_tokens_details', 'output_token_details')
    const cached = input === undefined ? undefined : part(input, 'cached_tokens_details')
    return usageOf({
      inputTokens,
      outputTokens,
      cachedInputTokens: count(input, 'cached_tokens', 'cache_read'),
      cacheWriteTokens: count(input, 'cache_write_tokens', 'cache_creation'),
      reasoningTokens: count(output, 'reasoning_tokens', 'reasoning'),
      audioInputTokens: count(input, 'audio_tokens', 'audio'),
      audioOutputTokens: count(output, 'audio_tokens', 'audio'),
      cachedAudioInputTokens: count(cached, 'audio_tokens'),
    })
  },
}
