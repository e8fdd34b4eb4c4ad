import { count, part, usageOf } from './counts.js'
import type { UsageFamily } from './usage-family.js'

/**
 * Cohere tells the tokens that the model saw and the fewer `billed_units`, which the invoice is of: those are taken. Its
 * cached tokens are counted among the former and say nothing about the bill.
 * https://docs.cohere.com/docs/how-does-cohere-pricing-work
 */
export const cohereUsage: UsageFamily = {
  name: 'cohere',
  parse: (usage) => {
    const billed = part(usage, 'billed_units') ?? part(usage, 'tokens')
    if (billed === undefined) return undefined
    const inputTokens = count(billed, 'input_tokens')
    const outputTokens = count(billed, 'output_tokens')
    if (inputTokens === undefined && outputTokens === undefined) return undefined
    return usageOf({ inputTokens, outputTokens })
  },
}
