import type { MatchClause } from './genai-match.js'

/** The parts of genai-prices' data.json that are read. Prices are dollars per million tokens, or per thousand requests. */
export interface GenaiProvider {
  readonly id: string
  readonly model_match?: MatchClause | null
  readonly provider_match?: MatchClause | null
  readonly fallback_model_providers?: readonly string[] | null
  readonly models: readonly GenaiModel[]
}

export interface GenaiModel {
  readonly id: string
  readonly match: MatchClause
  readonly context_window?: number | null
  /** One price, or several of which the last one whose constraint holds counts. */
  readonly prices: GenaiPrices | readonly ConditionalPrices[]
}

export interface ConditionalPrices {
  readonly constraint?: Constraint | null
  readonly prices: GenaiPrices
}

/** From a date on (UTC), or at certain times of the day. */
export type Constraint =
  { readonly start_date: string } | { readonly start_time: string; readonly end_time: string }

export type GenaiPrices = Readonly<Record<string, number | GenaiTiers | null>>

/** The price above `start` input tokens holds for the whole call. */
export interface GenaiTiers {
  readonly base: number
  readonly tiers: readonly { readonly start: number; readonly price: number }[]
}
