import { parsePolicy, type Policy } from '../../src/core/policy.js'

/** What the pools allow. `lax` never binds; `tight` stops about a third of the traffic somewhere. */
export type Caps = 'lax' | 'tight'

const CAPS: Readonly<Record<Caps, readonly [org: number, user: number, session: number]>> = {
  lax: [1_000_000, 100_000, 10_000],
  tight: [60, 0.35, 0.3],
}

/**
 * Four models in three tiers and three nested pools: org by calendar day, user over 24 sliding hours, session for life.
 * The cheapest capable model, reserved at its worst case: no cap can be passed.
 */
export function aPolicy(caps: Caps): Policy {
  const [org, user, session] = CAPS[caps]
  return parsePolicy({
    formatVersion: 1,
    policyId: `bench-${caps}`,
    seed: 1,
    models: [
      aModel('vendor/nano', 0, 0.25, 2),
      aModel('vendor/small', 0, 1, 5),
      aModel('vendor/medium', 1, 3, 15),
      aModel('vendor/large', 2, 15, 75),
    ],
    classifier: { kind: 'heuristic', heuristic: {} },
    tierBoundaries: [0.35, 0.6],
    selector: { kind: 'cheapestCapable' },
    reservation: { mode: 'worstCase', defaultMaxOutputTokens: 1024, minOutputTokens: 64 },
    budgets: [
      { id: 'org-day', scope: 'org', maxBudget: org, window: { kind: 'fixed', budgetDuration: '1d' } },
      {
        id: 'user-24h',
        scope: ['org', 'user'],
        maxBudget: user,
        window: { kind: 'sliding', budgetDuration: '24h', buckets: 60 },
      },
      { id: 'session', scope: 'session', maxBudget: session, window: { kind: 'lifetime' } },
    ],
    onExceed: { low: 'defer', normal: 'downgrade', high: 'downgrade', critical: 'downgrade' },
    defer: { maxWaitMs: 3_600_000, then: 'downgrade' },
  })
}

function aModel(id: string, tier: number, promptPer1m: number, completionPer1m: number): object {
  return {
    id,
    provider: 'vendor',
    tier,
    contextWindow: 200_000,
    maxOutputTokens: 32_000,
    expectedOutputTokens: 300,
    inputOverheadTokens: 100,
    capabilities: ['tools'],
    expectedLatencyMs: 2000 + 1500 * tier,
    pricing: { currency: 'USD', promptPer1m, completionPer1m },
  }
}
