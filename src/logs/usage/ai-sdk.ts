import { count, part, usageOf } from './counts.js'
import type { ParsedUsage, UsageFamily, UsageObject } from './usage-family.js'

/**
 * Vercel's AI SDK, whose counts of version 5 are numbers and of version 6 objects of the whole and its parts; Bedrock
 * without a cache; and our own usage.
 * https://ai-sdk.dev/docs/reference/ai-sdk-core/generate-text#usage
 */
export const aiSdkUsage: UsageFamily = {
  name: 'ai-sdk',
  parse: (usage) => {
    const input = part(usage, 'inputTokens')
    const output = part(usage, 'outputTokens')
    if (input !== undefined && output !== undefined) return ofParts(input, output)
    const inputTokens = count(usage, 'inputTokens')
    const outputTokens = count(usage, 'outputTokens')
    if (inputTokens === undefined && outputTokens === undefined) return undefined
    return usageOf({
      inputTokens,
      outputTokens,
      cachedInputTokens: count(usage, 'cachedInputTokens'),
      cacheWriteTokens: count(usage, 'cacheWriteTokens'),
      reasoningTokens: count(usage, 'reasoningTokens'),
    })
  },
}

function ofParts(input: UsageObject, output: UsageObject): ParsedUsage {
  return usageOf({
    inputTokens: count(input, 'total'),
    outputTokens: count(output, 'total'),
    cachedInputTokens: count(input, 'cacheRead'),
    cacheWriteTokens: count(input, 'cacheWrite'),
    reasoningTokens: count(output, 'reasoning'),
  })
}
