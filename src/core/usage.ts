import { ceilToNano } from './money.js'
import type { Prices } from './model.js'

/** Tokens that a call used. `inputTokens` includes cached and cache-written tokens, `outputTokens` includes reasoning. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedInputTokens?: number
  readonly cacheWriteTokens?: number
  readonly reasoningTokens?: number
}

/** What a call of this usage costs in nano-dollars: each kind of token at its own rate, summed in pico, rounded up once. */
export function costNanoUsd(prices: Prices, usage: Usage): number {
  const cached = usage.cachedInputTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  const plain = Math.max(0, usage.inputTokens - cached - written)
  return ceilToNano(
    plain * prices.inputPico +
      cached * prices.cachedInputPico +
      written * prices.cacheWritePico +
      usage.outputTokens * prices.outputPico +
      prices.perRequestPico,
  )
}
