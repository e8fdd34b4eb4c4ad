import type { OutputEstimates } from './output-tokens.js'
import type { PolicyFile } from './policy-schema.js'

/** Prices in integer pico-dollars per token; `perRequestPico` is charged once a call. */
export interface Prices {
  readonly inputPico: number
  readonly outputPico: number
  readonly cachedInputPico: number
  readonly cacheWritePico: number
  readonly perRequestPico: number
  /** The dearest rate any input token of a call can be billed at: cache writes cost more than plain input. */
  readonly maxInputPico: number
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
  /** Mean cost of a call measured from a log: orders models that have no price. Undefined when unknown. */
  readonly expectedCostNanoUsd: number | undefined
}

export type ModelSpec = PolicyFile['models'][number]
