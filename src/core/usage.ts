import { ceilToNano } from './money.js'
import { ratesAt, type Prices } from './model.js'

/** Tokens that a call used. `inputTokens` includes cached and cache-written tokens, `outputTokens` includes reasoning. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedInputTokens?: number
  readonly cacheWriteTokens?: number
  readonly reasoningTokens?: number
}

/** A usage with the parts that price books price apart; each is part of a count that `Usage` has. */
export interface DetailedUsage extends Usage {
  /** Part of `inputTokens` that is sound. */
  readonly audioInputTokens?: number
  /** Part of `outputTokens` that is sound. */
  readonly audioOutputTokens?: number
  /** Part of `audioInputTokens`, and of `cachedInputTokens`, that was read from a cache. */
  readonly cachedAudioInputTokens?: number
  /** Part of `cacheWriteTokens` that was written to be kept an hour. */
  readonly hourCacheWriteTokens?: number
}

/** What a call of this usage costs in nano-dollars: each kind of token at its own rate, summed in pico, rounded up once. */
export function costNanoUsd(prices: Prices, usage: Usage): number {
  return ceilToNano(costPicoUsd(prices, usage))
}

/** The same in pico-dollars, not rounded. */
export function costPicoUsd(prices: Prices, usage: Usage): number {
  const cached = usage.cachedInputTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  const plain = Math.max(0, usage.inputTokens - cached - written)
  const rates = ratesAt(prices, usage.inputTokens)
  return (
    plain * rates.inputPico +
    cached * rates.cachedInputPico +
    written * rates.cacheWritePico +
    usage.outputTokens * rates.outputPico +
    rates.perRequestPico
  )
}

/** @throws RangeError naming the count that is not a whole number of at least 0: it would make a charge that is no number. */
export function checkUsage(usage: Usage): void {
  const {
    inputTokens,
    outputTokens,
    cachedInputTokens = 0,
    cacheWriteTokens = 0,
    reasoningTokens = 0,
  } = usage
  const counts = { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens }
  for (const [name, count] of Object.entries(counts)) {
    if (!(Number.isSafeInteger(count) && count >= 0)) {
      throw new RangeError(`usage.${name} must be a whole number of at least 0, got ${count}`)
    }
  }
  const parts = cachedInputTokens + cacheWriteTokens
  if (parts > inputTokens) {
    throw new RangeError(
      `usage.inputTokens must include the ${parts} cached and cache-written tokens, got ${inputTokens}`,
    )
  }
}
