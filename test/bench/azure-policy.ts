import { parsePolicy, type Policy } from '../../src/core/policy.js'

export const MODEL = 'vendor/model'
export const WINDOW_KINDS = ['fixed', 'sliding', 'tokenBucket', 'lifetime'] as const
export type WindowKind = (typeof WINDOW_KINDS)[number]

/** Length of the windows that have one. */
export const WINDOW_MINUTES = 15

/** In US dollars, set so that about 30 % of the requests are refused under each kind. */
export const CAPS: Readonly<Record<WindowKind, { readonly user: number; readonly org: number }>> = {
  fixed: { user: 0.6, org: 4.5 },
  sliding: { user: 0.7, org: 4.5 },
  tokenBucket: { user: 0.47, org: 3.3 },
  lifetime: { user: 2, org: 16 },
}

/** A bucket refills its capacity in the time of a window. */
function windowOf(kind: WindowKind, cap: number): object {
  const budgetDuration = `${WINDOW_MINUTES}m`
  switch (kind) {
    case 'fixed':
      return { maxBudget: cap, window: { kind, budgetDuration } }
    case 'sliding':
      return { maxBudget: cap, window: { kind, budgetDuration, buckets: 60 } }
    case 'tokenBucket':
      return { window: { kind, capacity: cap, refillRate: { usd: cap, per: budgetDuration } } }
    case 'lifetime':
      return { maxBudget: cap, window: { kind } }
  }
}

/** One model at $3 and $15 per million tokens under nested pools of user and org; what does not fit is refused. */
export function azurePolicy(kind: WindowKind): Policy {
  return parsePolicy({
    formatVersion: 1,
    policyId: `azure-${kind}`,
    models: [
      {
        id: MODEL,
        tier: 0,
        contextWindow: 100_000,
        maxOutputTokens: 2048,
        expectedOutputTokens: 150,
        expectedLatencyMs: 3500,
        pricing: { promptPer1m: 3, completionPer1m: 15 },
      },
    ],
    tierBoundaries: [],
    selector: { kind: 'cheapestCapable' },
    // The longest answer of the trace is shorter: none is cut off.
    reservation: { mode: 'worstCase', defaultMaxOutputTokens: 2048, minOutputTokens: 2048 },
    budgets: [
      { id: 'user', scope: 'user', ...windowOf(kind, CAPS[kind].user) },
      { id: 'org', scope: 'org', ...windowOf(kind, CAPS[kind].org) },
    ],
    onExceed: { normal: 'reject' },
  })
}
