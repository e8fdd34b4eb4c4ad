import type { Candidate } from './budget/choose.js'
import type { Claims, PoolClaim } from './budget/claims.js'
import { candidateFor, type Infeasible } from './feasibility.js'
import type { Policy } from './policy.js'
import type { OnExceed } from './policy-schema.js'
import { PRIORITIES, type Request } from './request.js'
import { candidatesByCost } from './select/cheapest-capable.js'
import type { SelectInput } from './select/selector.js'

/** What to try for a request, in order, and the pools it must fit. Knows no balance of any pool. */
export interface Plan {
  readonly difficulty: number
  readonly requiredTier: number
  /** What would be asked if no pool said otherwise. */
  readonly first: Candidate
  /** Tried one group after the other, each at the requested length and then clamped (DESIGN section 3). */
  readonly groups: readonly (readonly Candidate[])[]
  readonly pools: readonly PoolClaim[]
  /** Cap of the request's own budget, Infinity without one. */
  readonly requestCapNanoUsd: number
  /** Index into PRIORITIES. */
  readonly priority: number
  readonly onExceed: OnExceed
}

/** Why there is nothing to try. */
export type PlanFailure = 'missingLabel' | 'noFeasibleModel' | Infeasible

export interface PlanOptions {
  /** Models that already failed for this request. */
  readonly excluded: ReadonlySet<number> | undefined
  /** Overrides the policy's `onExceed`: after the longest wait, `defer.then`. */
  readonly onExceed: OnExceed | undefined
}

/** Drops infeasible models, prices the rest, lets the selector order them, adds what `onExceed` allows and the pools. */
export function plan(
  policy: Policy,
  request: Request,
  claims: Claims,
  options: PlanOptions,
): Plan | PlanFailure {
  if (claims.kind === 'missingLabel') return 'missingLabel'
  const budgeted = claims.pools.length > 0 || claims.requestCap !== undefined
  // Made at its usual size, which spares the room that a growing array takes.
  const candidates = new Array<Candidate>(policy.models.length)
  let count = 0
  let why: Infeasible | undefined
  for (let i = 0; i < policy.models.length; i++) {
    const model = policy.models[i]
    if (model === undefined || options.excluded?.has(i) === true) continue
    const candidate = candidateFor(policy, model, request, budgeted)
    if (typeof candidate === 'string') why ??= candidate
    else candidates[count++] = candidate
  }
  if (count === 0) return why ?? 'noFeasibleModel'
  const feasible = count === candidates.length ? candidates : candidates.slice(0, count)
  const difficulty = request.assessment?.difficulty ?? policy.classifier.difficulty(request.features)
  const requiredTier = tierOf(difficulty, policy.file.tierBoundaries)
  const onExceed = options.onExceed ?? policy.file.onExceed[request.priority]
  const input = { feasible, difficulty, requiredTier, requestId: request.id, seed: policy.file.seed }
  const selected = policy.selector.order(input)
  const groups = onExceed === 'downgrade' ? withLowerTiers(policy, selected, input) : [selected]
  const first = groups[0]?.[0]
  if (first === undefined) return 'noFeasibleModel'
  return {
    difficulty,
    requiredTier,
    first,
    groups,
    pools: claims.pools,
    requestCapNanoUsd: claims.requestCap?.capNanoUsd ?? Infinity,
    priority: PRIORITIES.indexOf(request.priority),
    onExceed,
  }
}

/** Number of boundaries at or below the difficulty: a difficulty on a boundary needs the upper tier. */
export function tierOf(difficulty: number, boundaries: readonly number[]): number {
  let tier = 0
  while (tier < boundaries.length && difficulty >= (boundaries[tier] as number)) tier++
  return tier
}

/**
 * What was selected, then whatever else its lowest tier has, then the lower tiers, highest first, by expected cost within a
 * tier. Where nothing of the selector's choice is feasible, the tier that it wanted takes its place.
 */
function withLowerTiers(
  policy: Policy,
  selected: readonly Candidate[],
  input: SelectInput,
): readonly (readonly Candidate[])[] {
  const groups: (readonly Candidate[])[] = selected.length > 0 ? [selected] : []
  const top = selected.length > 0 ? lowestTier(policy, selected) : policy.selector.wantedTier(input)
  if (countOfTier(policy, input.feasible, top) > countOfTier(policy, selected, top)) {
    const beside = candidatesByCost(input.feasible, policy.models, top, top)
    groups.push(beside.filter((candidate) => !selected.includes(candidate)))
  }
  for (let tier = top - 1; tier >= 0; tier--) {
    const group = candidatesByCost(input.feasible, policy.models, tier, tier)
    if (group.length > 0) groups.push(group)
  }
  return groups
}

function countOfTier(policy: Policy, candidates: readonly Candidate[], tier: number): number {
  let count = 0
  for (const { model } of candidates) if (policy.models[model]?.tier === tier) count++
  return count
}

function lowestTier(policy: Policy, candidates: readonly Candidate[]): number {
  let lowest = Infinity
  for (const { model } of candidates) lowest = Math.min(lowest, policy.models[model]?.tier ?? 0)
  return lowest
}
