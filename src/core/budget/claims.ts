import type { Budget, PriorityReserve } from './budget.js'
import { poolLabel } from './pool-label.js'

/** A pool that a request must fit, as the planner names it: the window is the ledger's business. */
export interface PoolClaim {
  readonly budgetId: string
  /** The pool's labels joined by `/`; `*` stands for the shared pool of requests that lack the label. */
  readonly label: string
  readonly capNanoUsd: number
  readonly reserve: PriorityReserve | undefined
}

export type Claims =
  | {
      readonly kind: 'claims'
      readonly pools: readonly PoolClaim[]
      readonly requestCap: RequestCap | undefined
    }
  | { readonly kind: 'missingLabel'; readonly budgetId: string; readonly label: string }

/** The tightest of the policy's `request` budgets. */
export interface RequestCap {
  readonly budgetId: string
  readonly capNanoUsd: number
}

/** The pools of a request with these labels. The same for all requests with the same labels, so hosts keep it. */
export function claimsFor(budgets: readonly Budget[], scope: Readonly<Record<string, string>>): Claims {
  const pools: PoolClaim[] = []
  let requestCap: RequestCap | undefined
  for (const budget of budgets) {
    if (budget.perRequest) {
      if (requestCap === undefined || budget.capNanoUsd < requestCap.capNanoUsd) {
        requestCap = { budgetId: budget.id, capNanoUsd: budget.capNanoUsd }
      }
      continue
    }
    const missing = budget.labels.find((name) => labelOf(scope, name) === undefined)
    if (missing !== undefined && budget.onMissingLabel === 'reject') {
      return { kind: 'missingLabel', budgetId: budget.id, label: missing }
    }
    if (missing !== undefined && budget.onMissingLabel === 'skip') continue
    pools.push(poolClaim(budget, scope))
  }
  return { kind: 'claims', pools, requestCap }
}

function poolClaim(budget: Budget, scope: Readonly<Record<string, string>>): PoolClaim {
  const label = poolLabel(budget.labels.map((name) => labelOf(scope, name)))
  const capNanoUsd = budget.overrides.get(label) ?? budget.capNanoUsd
  return { budgetId: budget.id, label, capNanoUsd, reserve: budget.reserve }
}

/** Its own: a label named like something every object inherits (`constructor`) is missing all the same. */
function labelOf(scope: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(scope, name) ? scope[name] : undefined
}
