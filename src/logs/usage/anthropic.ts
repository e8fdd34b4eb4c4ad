import { asObjects, count, part, usageOf } from './counts.js'
import type { ParsedUsage, UsageFamily, UsageObject } from './usage-family.js'

const OWN_FIELDS = ['cache_creation_input_tokens', 'cache_read_input_tokens', 'cache_creation']

/**
 * Anthropic's Messages API, at home and on Bedrock, Vertex and Azure: `input_tokens` are those after the last cache
 * point, and read and written ones stand beside them. Where the call went through several iterations (compaction), the
 * outer counts are those of the last message, and all iterations are billed.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance
 * https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage
 */
export const anthropicUsage: UsageFamily = {
  name: 'anthropic',
  parse: (usage, { provider }) => {
    if (count(usage, 'input_tokens') === undefined) return undefined
    const own = OWN_FIELDS.some((field) => field in usage)
    if (!own && provider?.toLowerCase() !== 'anthropic') return undefined
    const billed = billedIterations(usage)
    return withReasoning(usage, sum(billed.length === 0 ? [usage] : billed))
  },
}

/** An advisor's iteration names another model and is billed at that model's price: it is no part of this usage. */
function billedIterations(usage: UsageObject): readonly UsageObject[] {
  return asObjects(usage['iterations']).filter((iteration) => iteration['model'] === undefined)
}

function sum(iterations: readonly UsageObject[]): ParsedUsage {
  const total = (...names: string[]): number =>
    iterations.reduce((all, iteration) => all + (count(iteration, ...names) ?? 0), 0)
  const hour = iterations.reduce(
    (all, iteration) => all + (count(part(iteration, 'cache_creation'), 'ephemeral_1h_input_tokens') ?? 0),
    0,
  )
  const cachedInputTokens = total('cache_read_input_tokens')
  const cacheWriteTokens = total('cache_creation_input_tokens')
  return usageOf({
    inputTokens: total('input_tokens') + cachedInputTokens + cacheWriteTokens,
    outputTokens: total('output_tokens'),
    cachedInputTokens,
    cacheWriteTokens,
    hourCacheWriteTokens: hour === 0 ? undefined : hour,
  })
}

function withReasoning(usage: UsageObject, parsed: ParsedUsage): ParsedUsage {
  const reasoningTokens = count(part(usage, 'output_tokens_details'), 'thinking_tokens')
  return reasoningTokens === undefined ? parsed : { ...parsed, reasoningTokens }
}
