import { asObjects, count, usageOf } from './counts.js'
import type { UsageFamily, UsageObject } from './usage-family.js'

/**
 * Gemini's `usageMetadata`, from AI Studio and Vertex, in REST's spelling or that of the Python package. The prompt
 * includes cached content; tool use and thoughts stand beside prompt and candidates, and both are billed.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
export const geminiUsage: UsageFamily = {
  name: 'gemini',
  parse: (usage) => {
    const prompt = count(usage, 'promptTokenCount', 'prompt_token_count')
    if (prompt === undefined) return undefined
    const toolUse = count(usage, 'toolUsePromptTokenCount', 'tool_use_prompt_token_count') ?? 0
    const thoughts = count(usage, 'thoughtsTokenCount', 'thoughts_token_count')
    return usageOf({
      inputTokens: prompt + toolUse,
      outputTokens: (count(usage, 'candidatesTokenCount', 'candidates_token_count') ?? 0) + (thoughts ?? 0),
      cachedInputTokens: count(usage, 'cachedContentTokenCount', 'cached_content_token_count'),
      reasoningTokens: thoughts,
      audioInputTokens: audio(
        usage,
        'promptTokensDetails',
        'prompt_tokens_details',
        'toolUsePromptTokensDetails',
        'tool_use_prompt_tokens_details',
      ),
      audioOutputTokens: audio(usage, 'candidatesTokensDetails', 'candidates_tokens_details'),
      cachedAudioInputTokens: audio(usage, 'cacheTokensDetails', 'cache_tokens_details'),
    })
  },
}

/** The AUDIO rows of these lists; undefined where none speaks of sound. A row without a count is of 0 tokens. */
function audio(usage: UsageObject, ...lists: readonly string[]): number | undefined {
  const rows = lists
    .flatMap((list) => asObjects(usage[list]))
    .filter((row) => String(row['modality']).toUpperCase() === 'AUDIO')
  if (rows.length === 0) return undefined
  return rows.reduce((all, row) => all + (count(row, 'tokenCount', 'token_count') ?? 0), 0)
}
