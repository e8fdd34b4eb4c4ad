import type { Candidate } from '../../src/core/budget/choose.js'
import { claimsFor, type PoolClaim } from '../../src/core/budget/claims.js'
import type { Policy } from '../../src/core/policy.js'
import type { BudgetStore, StoreAdmitRequest, StoreOptions } from '../../src/router/store.js'
import { onlyCandidate } from '../builders/only-candidate.js'

/** Of 6 orgs, 2,000 users and 12,000 sessions. */
export const LABELS: readonly (readonly [org: string, user: string, session: string])[] = Array.from(
  { length: 12_000 },
  (_, i) => [`org-${i % 6}`, `user-${i % 2000}`, `session-${i}`] as const,
)

/** What every benchmark of ledgers and stores asks for. */
export const CANDIDATE: Candidate = {
  model: 0,
  expectedNanoUsd: 900_000,
  inputBoundPico: 300_000_000,
  outputPricePico: 2_000_000,
  minOutputTokens: 64,
  maxOutputTokens: 1024,
}

/** Claims of these labels on three pools. Requests with the same labels share them, in a router too. */
export function claimsOf({ budgets }: Policy, i: number): readonly PoolClaim[] {
  const [org = '', user = '', session = ''] = LABELS[i % LABELS.length] ?? []
  const claims = claimsFor(budgets, { org, user, session })
  return claims.kind === 'claims' ? claims.pools : []
}

const { first, selected, lower } = onlyCandidate(CANDIDATE)

/** Asks a store for one call. The plan is made for each request, as a router makes it. */
export function aStoreRequest(id: string, pools: readonly PoolClaim[]): StoreAdmitRequest {
  return {
    id,
    plan: {
      first,
      selected,
      lower,
      difficulty: 0,
      requiredTier: 0,
      requestCapNanoUsd: Infinity,
      priority: 1,
      pools,
      onExceed: 'downgrade',
    },
    requestHeadroom: Infinity,
    wantsRetryAt: false,
    ttlMs: 600_000,
  }
}

export async function reserveAndSettle(
  store: BudgetStore,
  policy: Policy,
  id: string,
  i: number,
): Promise<void> {
  const admission = await store.admit(aStoreRequest(id, claimsOf(policy, i)))
  if (admission.kind !== 'admitted') throw new Error('the benchmark counts admitted requests')
  await store.end(id, { kind: 'settled', chargeNanoUsd: 700_000, settlement: 'actual' })
}

export function startOptions({ budgets }: Policy): StoreOptions {
  return { budgets, now: Date.now, onExpired: () => undefined, onReturned: () => undefined }
}
