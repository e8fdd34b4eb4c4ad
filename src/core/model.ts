import type { OutputEstimates } from './output-tokens.js'
import type { PolicyFile } from './policy-schema.js'

/** Prices in integer pico-dollars per token; `perRequestPico` is charged once a call. */
export interface Prices extends Rates {
  /** Dearer (or cheaper) rates of long inputs, shortest first; a call is billed as a whole at the last one it reaches. */
  readonly priceTiers: readonly PriceTier[]
}

export interface PriceTier {
  /** Calls with more input tokens than this are billed at these rates. */
  readonly aboveInputTokens: number
  readonly rates: Rates
  /** Each rate at its dearest in this tier and all below it: what a call that is only known to be no longer may cost. */
  readonly dearest: Rates
}

export interface Rates {
  readonly inputPico: number
  readonly outputPico: number
  readonly cachedInputPico: number
  readonly cacheWritePico: number
  readonly perRequestPico: number
  /** The dearest rate any input token of a call can be billed at: cache writes cost more than plain input. */
  readonly maxInputPico: number
}

/** The rates at which a call of that many input tokens is billed. */
export function ratesAt(prices: Prices, inputTokens: number): Rates {
  return reachedTier(prices, inputTokens)?.rates ?? prices
}

/** The dearest rates at which a call of at most that many input tokens may be billed. */
export function dearestRates(prices: Prices, inputTokensBound: number): Rates {
  return reachedTier(prices, inputTokensBound)?.dearest ?? prices
}

function reachedTier({ priceTiers }: Prices, inputTokens: number): PriceTier | undefined {
  if (priceTiers.length === 0) return undefined
  return priceTiers.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens)
}

/** Each rate at the dearer of the two. */
export function dearerOf(a: Rates, b: Rates): Rates {
  return {
    inputPico: Math.max(a.inputPico, b.inputPico),
    outputPico: Math.max(a.outputPico, b.outputPico),
    cachedInputPico: Math.max(a.cachedInputPico, b.cachedInputPico),
    cacheWritePico: Math.max(a.cacheWritePico, b.cacheWritePico),
    perRequestPico: Math.max(a.perRequestPico, b.perRequestPico),
    maxInputPico: Math.max(a.maxInputPico, b.maxInputPico),
  }
}

/** A model that a policy may route to, with everything the planner reads as numbers. */
export interface Model {
  readonly index: number
  readonly id: string
  readonly tier: number
  readonly contextWindow: number
  readonly maxOutputTokens: number
  readonly outputTokens: OutputEstimates
  readonly inputOverheadTokens: number
  readonly capabilities: ReadonlySet<string>
  readonly expectedLatencyMs: number
  /** Undefined when the policy names no price for it. */
  readonly prices: Prices | undefined
  /** How its provider caches prompts; undefined where nothing is to be expected of a cache. */
  readonly promptCache: PromptCache | undefined
  /** Mean cost of a call measured from a log: orders models that have no price. Undefined when unknown. */
  readonly expectedCostNanoUsd: number | undefined
}

/** A provider's cache of prompts: what it keeps, and for how long after the last use. */
export interface PromptCache {
  /** Shorter prefixes are not cached. */
  readonly minTokens: number
  readonly ttlMs: number
  /** Prefixes are cached in blocks of so many tokens. */
  readonly granularity: number
}

export type ModelSpec = PolicyFile['models'][number]
