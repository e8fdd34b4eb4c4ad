import { asObjects, count, usageOf } from './counts.js'
import type { UsageFamily, UsageObject } from './usage-family.js'

/**
 * Bedrock's Converse API: `inputTokens` are those that were neither read from nor written to a cache, as at Anthropic.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export const bedrockUsage: UsageFamily = {
  name: 'bedrock',
  parse: (usage) => {
    const cached = count(usage, 'cacheReadInputTokens', 'cacheReadInputTokenCount')
    const written = count(usage, 'cacheWriteInputTokens', 'cacheWriteInputTokenCount')
    if (cached === undefined && written === undefined) return undefined
    return usageOf({
      inputTokens: (count(usage, 'inputTokens') ?? 0) + (cached ?? 0) + (written ?? 0),
      outputTokens: count(usage, 'outputTokens'),
      cachedInputTokens: cached,
      cacheWriteTokens: written,
      hourCacheWriteTokens: keptAnHour(usage),
    })
  },
}

function keptAnHour(usage: UsageObject): number | undefined {
  const rows = asObjects(usage['cacheDetails']).filter((row) => row['ttl'] === '1h')
  return rows.length === 0 ? undefined : rows.reduce((all, row) => all + (count(row, 'inputTokens') ?? 0), 0)
}
