import type { Model, PromptCache, Rates } from './model.js'

/**
 * What a request's session left in the providers' caches, as far as the host knew when the request arrived or woke. It moves
 * expected costs and nothing that a cap rests on; it stands in the decision log, and a replay as recorded reads it there.
 */
export interface CacheHint {
  /** Tokens at the beginning of the input that an earlier request of the session had too. */
  readonly sharedTokens: number
  /** `told`: by the log, or by the messages; `assumed`: the session's last input, where this one is longer. */
  readonly basis: 'told' | 'assumed'
  /** By model id, how many of those its cache should still hold; models that hold none are left out. */
  readonly cachedTokens: Readonly<Record<string, number>>
  /** The model that the session keeps to (`sessionAffinity.mode: "pin"`). */
  readonly pinned?: string
}

/** How many of an input's tokens are read from a cache and how many are written to it; the rest is plain. */
export interface CachedInput {
  readonly cachedInputTokens: number
  readonly cacheWriteTokens: number
}

const NOTHING_CACHED: CachedInput = { cachedInputTokens: 0, cacheWriteTokens: 0 }

/** An input of which a cache holds that many tokens: all other whole blocks are written. Too short an input is not cached. */
export function splitInput(
  { minTokens, granularity }: PromptCache,
  inputTokens: number,
  cachedTokens: number,
): CachedInput {
  if (inputTokens < minTokens) return NOTHING_CACHED
  const cachedInputTokens = Math.min(cachedTokens, inputTokens)
  const blocks = Math.floor(inputTokens / granularity) * granularity
  return { cachedInputTokens, cacheWriteTokens: Math.max(0, blocks - cachedInputTokens) }
}

/** What an input is expected to cost in pico-dollars, with what its session left in the model's cache. */
export function cachedInputPico(model: Model, rates: Rates, inputTokens: number, hint: CacheHint): number {
  const { promptCache } = model
  if (promptCache === undefined) return inputTokens * rates.inputPico
  const cached = hint.cachedTokens[model.id] ?? 0
  const { cachedInputTokens, cacheWriteTokens } = splitInput(promptCache, inputTokens, cached)
  const plain = inputTokens - cachedInputTokens - cacheWriteTokens
  return (
    plain * rates.inputPico +
    cachedInputTokens * rates.cachedInputPico +
    cacheWriteTokens * rates.cacheWritePico
  )
}

/**
 * How much dearer the input is, in pico-dollars, than if the model's cache held all that the session shares: what it costs to
 * come to this model from another one, or too late.
 */
export function switchPenaltyPico(model: Model, rates: Rates, inputTokens: number, hint: CacheHint): number {
  const { promptCache } = model
  if (promptCache === undefined) return 0
  const cachedTokens = { [model.id]: wholeBlocks(promptCache, hint.sharedTokens) }
  const kept = cachedInputPico(model, rates, inputTokens, { ...hint, cachedTokens })
  return Math.max(0, cachedInputPico(model, rates, inputTokens, hint) - kept)
}

/** A prefix as a cache holds it: in whole blocks, and none that is too short. */
export function wholeBlocks({ minTokens, granularity }: PromptCache, tokens: number): number {
  const blocks = Math.floor(tokens / granularity) * granularity
  return blocks < minTokens ? 0 : blocks
}
