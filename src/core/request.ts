/** Importance of a request, least first; its index in this list is the number the core compares. */
export const PRIORITIES = ['low', 'normal', 'high', 'critical'] as const
export type Priority = (typeof PRIORITIES)[number]

/** One turn of a conversation. Content parts that are not text are kept as they are. */
export interface Message {
  readonly role: string
  readonly content: string | readonly unknown[]
}

/** What is known of a request before the call, with text already turned into numbers. */
export interface Request {
  readonly id: string
  /** Arrival, epoch milliseconds. */
  readonly at: number
  /** Labels such as org, team, user, session. */
  readonly scope: Readonly<Record<string, string>>
  readonly priority: Priority
  /** What kind of work it is, in the caller's own words: output tokens are learned by it. Undefined where nobody said. */
  readonly task: string | undefined
  /** Capabilities the served model must have. */
  readonly needs: readonly string[]
  /** Infinity where it is unknown and budgets hold by estimates: then no model may take the request. */
  readonly inputTokensEstimate: number
  /** No tokenizer makes more tokens of this input. Undefined when the request has content that cannot be bounded. */
  readonly inputTokensBound: number | undefined
  /** Tokens at the beginning of the input that an earlier request of its session had too; undefined where nobody knows. */
  readonly sharedPrefixTokens?: number | undefined
  /** Longest answer the caller asks for; undefined: the policy's `defaultMaxOutputTokens`. */
  readonly maxOutputTokens: number | undefined
  /** The values of the extractor's features, in the order of its names; undefined when the text is not known. */
  readonly features: ArrayLike<number> | undefined
  /** An assessment the caller made: used as it is, its cost is sunk. */
  readonly assessment: Assessment | undefined
}

/** How hard a request looks: difficulty in [0, 1] decides the required tier. */
export interface Assessment {
  readonly difficulty: number
  readonly confidence?: number
  /** Probability per model id that its answer is acceptable, where the classifier knows it. */
  readonly successProbability?: Readonly<Record<string, number>>
  /** The service that made it, which the policy names; without, it is the caller's own. */
  readonly by?: string
  /** What it cost and how long it took, where a service made it. */
  readonly costUsd?: number
  readonly latencyMs?: number
}
