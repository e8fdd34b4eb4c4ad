import type { Budget, PriorityReserve } from './budget.js'
import { poolLabel } from './pool-label.js'

/** A pool that a request must fit, as the planner names it: the window is the ledger's business. */
export interface PoolClaim {
  readonly budgetId: string
  /** The pool's labels joined by `/`; `*` stands for the shared pool of requests that lack the label. */
  readonly label: string
  readonly capNanoUsd: number
  readonly reserve: PriorityReserve | undefined
  /** Above this the pool's use is worth a warning; nothing is refused for it. */
  readonly softNanoUsd: number | undefined
}

export type Claims =
  | {
      readonly kind: 'claims'
      readonly pools: readonly PoolClaim[]
      readonly requestCap: RequestCap | undefined
    }
  | MissingLabel

export interface MissingLabel {
  readonly kind: 'missingLabel'
  readonly budgetId: string
  readonly label: string
}

/** The tightest of the policy's `request` budgets. */
export interface RequestCap {
  readonly budgetId: string
  readonly capNanoUsd: number
}

/** The pools of a request with these labels. The same for all requests with the same labels, so hosts keep it. */
export function claimsFor(budgets: readonly Budget[], scope: Readonly<Record<string, string>>): Claims {
  const pools: PoolClaim[] = []
  for (const budget of budgets) {
    const claim = budget.perRequest ? undefined : claimOf(budget, scope)
    if (claim === undefined) continue
    if ('kind' in claim) return claim
    pools.push(claim)
  }
  return { kind: 'claims', pools, requestCap: tightestRequestCap(budgets) }
}

/** A request's pool of one budget; undefined where the budget skips it. */
export function claimOf(
  budget: Budget,
  scope: Readonly<Record<string, string>>,
): PoolClaim | MissingLabel | undefined {
  const { id, labels, onMissingLabel } = budget
  const values = labels.map((name) => labelOf(scope, name))
  if (onMissingLabel !== 'sharedPool' && values.includes(undefined)) {
    const label = labels[values.indexOf(undefined)] ?? ''
    return onMissingLabel === 'skip' ? undefined : { kind: 'missingLabel', budgetId: id, label }
  }
  const label = poolLabel(values)
  const capNanoUsd = budget.overrides.get(label) ?? budget.capNanoUsd
  return { budgetId: id, label, capNanoUsd, reserve: budget.reserve, softNanoUsd: budget.softNanoUsd }
}

export function tightestRequestCap(budgets: readonly Budget[]): RequestCap | undefined {
  let least: RequestCap | undefined
  for (const { perRequest, id, capNanoUsd } of budgets) {
    if (perRequest && capNanoUsd < (least?.capNanoUsd ?? Infinity)) least = { budgetId: id, capNanoUsd }
  }
  return least
}

/** Its own: a label named like something every object inherits (`constructor`) is missing all the same. */
function labelOf(scope: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(scope, name) ? scope[name] : undefined
}
