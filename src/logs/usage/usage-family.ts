import type { DetailedUsage } from '../../core/usage.js'

/**
 * What a provider's `usage` object says of one call, in our terms: `inputTokens` includes cached and cache-written
 * tokens, `outputTokens` includes reasoning.
 */
export type ParsedUsage = DetailedUsage

/** What else is known of the call; it decides only what the object itself leaves open. */
export interface UsageHint {
  /** The provider's name as the log has it, such as `xai` or `anthropic`. */
  readonly provider?: string
}

export type UsageObject = Readonly<Record<string, unknown>>

/** One way of providers to count tokens. A family is pure, and tells its own objects from those of the others. */
export interface UsageFamily {
  readonly name: string
  /**
   * Undefined where the object is not of this family.
   * @throws Rejection naming the count that is no whole number of at least 0, or that does not fit its whole.
   */
  parse(usage: UsageObject, hint: UsageHint): ParsedUsage | undefined
}
