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
  return createClaims(budgets)(scope)
}

/**
 * Claims of many scopes, for hosts that read whole logs: each pool's claim is made once, however many scopes have it, and
 * is then the same object.
 */
export function createClaims(
  budgets: readonly Budget[],
): (scope: Readonly<Record<string, string>>) => Claims {
  const pooled = budgets
    .filter(({ perRequest }) => !perRequest)
    .map((budget) => ({ budget, claim: claimMaker(budget) }))
  const requestCap = tightest(budgets)
  return (scope) => {
    const pools: PoolClaim[] = []
    for (const { budget, claim } of pooled) {
      const { onMissingLabel, labels } = budget
      if (onMissingLabel !== 'sharedPool') {
        const missing = labels.find((name) => labelOf(scope, name) === undefined)
        if (missing !== undefined && onMissingLabel === 'skip') continue
        if (missing !== undefined) return { kind: 'missingLabel', budgetId: budget.id, label: missing }
      }
      pools.push(claim(scope))
    }
    return { kind: 'claims', pools, requestCap }
  }
}

function tightest(budgets: readonly Budget[]): RequestCap | undefined {
  let least: RequestCap | undefined
  for (const { perRequest, id, capNanoUsd } of budgets) {
    if (perRequest && capNanoUsd < (least?.capNanoUsd ?? Infinity)) least = { budgetId: id, capNanoUsd }
  }
  return least
}

/**
 * Claims by their labels: a tree of maps, one level a label, with the claims in the last one. No key is joined of labels, so
 * none can be taken for another.
 */
type ClaimTree = Map<string | undefined, ClaimTree | PoolClaim>

function claimMaker(budget: Budget): (scope: Readonly<Record<string, string>>) => PoolClaim {
  const root: ClaimTree = new Map()
  const inner = budget.labels.slice(0, -1)
  const last = budget.labels.at(-1) ?? ''
  return (scope) => {
    let tree = root
    for (const name of inner) {
      const label = labelOf(scope, name)
      let following = tree.get(label) as ClaimTree | undefined
      if (following === undefined) tree.set(label, (following = new Map()))
      tree = following
    }
    const label = labelOf(scope, last)
    let claim = tree.get(label) as PoolClaim | undefined
    if (claim === undefined) tree.set(label, (claim = poolClaim(budget, scope)))
    return claim
  }
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
