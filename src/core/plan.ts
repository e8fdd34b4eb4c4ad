import type { Candidate } from './budget/choose.js'
import type { Claims, PoolClaim } from './budget/claims.js'
import { candidateFor, type Infeasible } from './feasibility.js'
import type { Policy } from './policy.js'
import type { OnExceed } from './policy-schema.js'
import { PRIORITIES, type Request } from './request.js'
import { insertByCost } from './select/cheapest-capable.js'

/** What to try for a request, in order, and the pools it must fit. Knows no balance of any pool. */
export interface Plan {
  readonly difficulty: number
  readonly requiredTier: number
  readonly candidates: readonly Candidate[]
  readonly pools: readonly PoolClaim[]
  /** Cap of the request's own budget, Infinity without one. */
  readonly requestCapNanoUsd: number
  readonly priority: number
  readonly onExceed: OnExceed
}

export type Planned = { readonly kind: 'plan'; readonly plan: Plan } | { readonly kind: 'impossible'; readonly reason: PlanFailure }

export type PlanFailure = 'missingLabel' | 'noFeasibleModel' | Infeasible

export interface PlanOptions {
  /** Models that already failed for this request. */
  readonly excluded: ReadonlySet<number> | undefined
  /** Overrides the policy's `onExceed`: after the longest wait, `defer.then`. */
  readonly onExceed: OnExceed | undefined
}

/** Drops infeasible models, prices the rest, lets the selector order them, adds what `onExceed` allows and the pools. */
export function plan(policy: Policy, request: Request, claims: Claims, options: PlanOptions): Planned {
  if (claims.kind === 'missingLabel') return { kind: 'impossible', reason: 'missingLabel' }
  const budgeted = claims.pools.length > 0 || claims.requestCap !== undefined
  const feasible: Candidate[] = []
  let why: Infeasible | undefined
  for (const model of policy.models) {
    if (options.excluded?.has(model.index) === true) continue
    const candidate = candidateFor(policy, model, request, budgeted)
    if (typeof candidate === 'string') why ??= candidate
    else feasible.push(candidate)
  }
  const difficulty = request.assessment?.difficulty ?? policy.classifier.difficulty(request.features)
  const requiredTier = tierOf(difficulty, policy.file.tierBoundaries)
  const onExceed = options.onExceed ?? policy.file.onExceed[request.priority]
  const wanted = policy.selector.order({
    feasible,
    difficulty,
    requiredTier,
    requestId: request.id,
    seed: policy.file.seed,
  })
  const candidates = onExceed === 'downgrade' ? withLowerTiers(policy, wanted, feasible, requiredTier) : wanted
  if (candidates.length === 0) return { kind: 'impossible', reason: feasible.length === 0 ? (why ?? 'noFeasibleModel') : 'noFeasibleModel' }
  return {
    kind: 'plan',
    plan: {
      difficulty,
      requiredTier,
      candidates,
      pools: claims.pools,
      requestCapNanoUsd: claims.requestCap?.capNanoUsd ?? Infinity,
      priority: PRIORITIES.indexOf(request.priority),
      onExceed,
    },
  }
}

/** Number of boundaries at or below the difficulty: a difficulty on a boundary needs the upper tier. */
export function tierOf(difficulty: number, boundaries: readonly number[]): number {
  let tier = 0
  while (tier < boundaries.length && difficulty >= (boundaries[tier] as number)) tier++
  return tier
}

/** Appends the models of lower tiers, highest tier first, by expected cost within a tier; each tier is a group. */
function withLowerTiers(
  policy: Policy,
  wanted: readonly Candidate[],
  feasible: readonly Candidate[],
  requiredTier: number,
): readonly Candidate[] {
  const top = wanted.length > 0 ? lowestTier(policy, wanted) : requiredTier
  const candidates = [...wanted]
  for (let tier = top - 1; tier >= 0; tier--) {
    const group: Candidate[] = []
    for (const candidate of feasible) {
      if (policy.models[candidate.model]?.tier === tier) insertByCost(group, candidate)
    }
    for (const candidate of group) candidates.push({ ...candidate, group: top - tier })
  }
  return candidates
}

function lowestTier(policy: Policy, candidates: readonly Candidate[]): number {
  let lowest = Infinity
  for (const { model } of candidates) lowest = Math.min(lowest, policy.models[model]?.tier ?? 0)
  return lowest
}
