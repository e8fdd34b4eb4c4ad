import type { JsonObject } from './json-line.js'
import { tokensOf } from './values.js'

export interface TokenCounts {
  readonly inputTokens?: number
  readonly outputTokens?: number
}

/** Input and output tokens from two plain fields; one that is missing is unknown. */
export function tokenPair(row: JsonObject, input: string, output: string): TokenCounts {
  const inputTokens = tokensOf(row[input], input)
  const outputTokens = tokensOf(row[output], output)
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  }
}
