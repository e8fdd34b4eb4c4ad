import type { BudgetHint } from '../core/budget/budget-hint.js'
import type { Claims, PoolClaim } from '../core/budget/claims.js'
import { poolKey } from '../core/deferral-queue.js'
import type { Policy } from '../core/policy.js'

/** What selectors that follow a budget are told of it; undefined where there is nothing to tell. */
export interface BudgetHints {
  of(policy: Policy, claims: Claims): Awaitable<BudgetHint | undefined>
}

type Awaitable<Value> = Promise<Value> | Value

export interface HintSource {
  /** Undefined where the store does not answer. */
  readonly use: (pool: PoolClaim) => Awaitable<BudgetHint | undefined>
  /** Whether answers are kept: a store in this process is asked each time. */
  readonly shared: boolean
  readonly now: () => number
}

/** How long an answer of a shared store stands: a round trip a request would cost more than what changes meanwhile. */
const KEPT_MS = 250

const KEPT_POOLS = 10_000

interface Kept {
  readonly at: number
  readonly hint: Awaitable<BudgetHint | undefined>
}

export function createBudgetHints({ use, shared, now }: HintSource): BudgetHints {
  const kept = new Map<string, Kept>()
  const recent = (pool: PoolClaim): Awaitable<BudgetHint | undefined> => {
    const key = `${poolKey(pool)}\u0000${pool.capNanoUsd}`
    const at = now()
    const known = kept.get(key)
    if (known !== undefined && Math.abs(at - known.at) < KEPT_MS) return known.hint
    const hint = use(pool)
    if (kept.size >= KEPT_POOLS) kept.clear()
    kept.set(key, { at, hint })
    return hint
  }
  return {
    of({ selector: { pacedBy } }, claims) {
      if (pacedBy === undefined || claims.kind !== 'claims') return undefined
      const pool = claims.pools.find(({ budgetId }) => budgetId === pacedBy)
      if (pool === undefined) return undefined
      return shared ? recent(pool) : use(pool)
    },
  }
}
