import { aiSdkUsage } from './ai-sdk.js'
import { anthropicUsage } from './anthropic.js'
import { bedrockUsage } from './bedrock.js'
import { chatUsage } from './chat.js'
import { cohereUsage } from './cohere.js'
import { asObject, part } from './counts.js'
import { geminiUsage } from './gemini.js'
import { responsesUsage } from './responses.js'
import type { ParsedUsage, UsageFamily, UsageHint, UsageObject } from './usage-family.js'

export type { ParsedUsage, UsageHint } from './usage-family.js'

/** Every family, in the order in which they are tried: the one with the most particular fields first. */
const FAMILIES: readonly UsageFamily[] = [
  cohereUsage,
  geminiUsage,
  chatUsage,
  bedrockUsage,
  aiSdkUsage,
  anthropicUsage,
  responsesUsage,
]

/**
 * The usage that a provider's answer tells, from its `usage` object or from the whole answer that holds one.
 * Undefined where nothing in the value counts tokens: unknown, never 0.
 * @throws Rejection naming the count that is no whole number of at least 0, or that does not fit its whole.
 */
export function parseUsage(value: unknown, hint: UsageHint = {}): ParsedUsage | undefined {
  const object = asObject(value)
  if (object === undefined) return undefined
  const usage = inner(object)
  for (const family of FAMILIES) {
    const parsed = family.parse(usage, hint)
    if (parsed !== undefined) return parsed
  }
  return undefined
}

/** Where answers keep their usage; Cohere's embeddings keep it in `meta`. */
function inner(answer: UsageObject): UsageObject {
  return part(answer, 'usage', 'usageMetadata', 'usage_metadata', 'meta') ?? answer
}
