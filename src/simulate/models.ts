import type { Prices } from '../core/model.js'
import { picoPerToken } from '../core/money.js'

/**
 * The models of the sample: real list prices (LiteLLM price book of 2026-08-06), invented behaviour. `ability` is on the
 * difficulty scale: where a model is as likely to fail as to succeed.
 */
export interface SimulatedModel {
  readonly id: string
  readonly tier: number
  readonly ability: number
  readonly prices: Prices
  /** Output tokens as a multiple of the frontier model's. */
  readonly verbosity: number
  /** Part of the output that is hidden reasoning. */
  readonly reasoningShare: number
  readonly overheadTokens: number
  readonly firstTokenMs: number
  readonly tokensPerSecond: number
}

export const FRONTIER = 'anthropic/claude-opus-4.1'

/** US dollars per million tokens, as price lists print them. */
function price(input: number, output: number, cached: number, written: number): Prices {
  const [inputPico, cachedInputPico, cacheWritePico] = [
    picoPerToken(input),
    picoPerToken(cached),
    picoPerToken(written),
  ]
  return {
    inputPico,
    outputPico: picoPerToken(output),
    cachedInputPico,
    cacheWritePico,
    perRequestPico: 0,
    maxInputPico: Math.max(inputPico, cacheWritePico),
    priceTiers: [],
  }
}

export const MODELS: readonly SimulatedModel[] = [
  {
    id: FRONTIER,
    tier: 2,
    ability: 1.03,
    prices: price(15, 75, 1.5, 18.75),
    verbosity: 1,
    reasoningShare: 0,
    overheadTokens: 400,
    firstTokenMs: 1400,
    tokensPerSecond: 42,
  },
  {
    id: 'anthropic/claude-sonnet-4.5',
    tier: 1,
    ability: 0.745,
    prices: price(3, 15, 0.3, 3.75),
    verbosity: 1.12,
    reasoningShare: 0,
    overheadTokens: 400,
    firstTokenMs: 900,
    tokensPerSecond: 68,
  },
  {
    id: 'anthropic/claude-haiku-4.5',
    tier: 0,
    ability: 0.465,
    prices: price(1, 5, 0.1, 1.25),
    verbosity: 0.95,
    reasoningShare: 0,
    overheadTokens: 400,
    firstTokenMs: 450,
    tokensPerSecond: 125,
  },
  {
    id: 'openai/gpt-5-mini',
    tier: 0,
    ability: 0.435,
    prices: price(0.25, 2, 0.025, 0.25),
    verbosity: 1.35,
    reasoningShare: 0.35,
    overheadTokens: 340,
    firstTokenMs: 700,
    tokensPerSecond: 95,
  },
]
