import type { BudgetHint } from './budget/budget-hint.js'
import { NO_CANDIDATE, type Candidate, type Candidates } from './budget/choose.js'
import type { Claims, PoolClaim } from './budget/claims.js'
import { candidateFor, type Infeasible } from './feasibility.js'
import type { Model } from './model.js'
import type { CacheHint } from './prompt-cache.js'
import type { Policy } from './policy.js'
import type { OnExceed } from './policy-schema.js'
import { PRIORITIES, type Request } from './request.js'
import { candidatesByCost } from './select/cheapest-capable.js'
import { expectedSuccess } from './select/expected-success.js'
import { plannedRung, type PlannedRung } from './select/ladder.js'
import { byLot, explores } from './select/explore.js'
import type { FeasibleModels, SelectInput } from './select/selector.js'

/** What to try for a request, in order, and the pools it must fit. Knows no balance of any pool. */
export interface Plan extends Candidates {
  readonly difficulty: number
  readonly requiredTier: number
  readonly pools: readonly PoolClaim[]
  /** Cap of the request's own budget, Infinity without one. */
  readonly requestCapNanoUsd: number
  /** Index into PRIORITIES. */
  readonly priority: number
  readonly onExceed: OnExceed
  /** Of a cascade: the rung that was selected. */
  readonly rung?: PlannedRung | undefined
  /** Of a request that explores: what would be tried if it did not, and is where nothing that was drawn fits. */
  readonly usual?: Plan
}

/** Why there is nothing to try. */
export type PlanFailure = 'missingLabel' | 'noFeasibleModel' | Infeasible

export interface PlanOptions {
  /** Models that already failed for this request. */
  readonly excluded: ReadonlySet<number> | undefined
  /** Overrides the policy's `onExceed`: after the longest wait, `defer.then`. */
  readonly onExceed: OnExceed | undefined
  /** Where a cascade goes on. */
  readonly rung: number
  /** For selectors that follow a budget. */
  readonly budgetHint?: BudgetHint | undefined
  /** Of a request that belongs to a session. */
  readonly cacheHint?: CacheHint | undefined
}

/** Drops infeasible models, prices the rest, lets the selector order them, adds what `onExceed` allows and the pools. */
export function plan(
  policy: Policy,
  request: Request,
  claims: Claims,
  options: PlanOptions,
): Plan | PlanFailure {
  if (claims.kind === 'missingLabel') return 'missingLabel'
  const input = new PlanInput(policy, request, claims, options)
  const onExceed = options.onExceed ?? policy.file.onExceed[request.priority]
  const usual = new PlannedRequest(input, pinnedFirst(input, policy.selector.order(input)), onExceed)
  const drawn = isDrawn(input, options) ? explorable(input) : NO_CANDIDATES
  if (drawn.length > 0) return new ExploringPlan(drawn, usual)
  return usual.first === NO_CANDIDATE ? input.failure() : usual
}

/** The plans that a request may get at its first attempt, by the lots that its policy draws. */
export interface Lottery {
  /** Undefined where the request never explores. */
  readonly exploring: { readonly share: number; readonly candidates: readonly Candidate[] } | undefined
  /** Where it does not; the shares are 1 together. */
  readonly usual: readonly { readonly share: number; readonly plan: Plan }[]
}

/** What the lots of a request were, whatever was drawn: its propensities follow from it (`core/propensities.ts`). */
export function lotteryOf(
  policy: Policy,
  request: Request,
  claims: Extract<Claims, { kind: 'claims' }>,
  options: PlanOptions,
): Lottery {
  const input = new PlanInput(policy, request, claims, options)
  const onExceed = options.onExceed ?? policy.file.onExceed[request.priority]
  const candidates = mayExplore(input, options) ? explorable(input) : NO_CANDIDATES
  const share = candidates.length === 0 ? 0 : (policy.exploration?.epsilon ?? 0)
  const orders = policy.selector
    .chances?.(input)
    .map((chance) => ({ ...chance, order: [chance.candidate] })) ?? [
    { share: 1, order: policy.selector.order(input) },
  ]
  return {
    exploring: share === 0 ? undefined : { share, candidates },
    usual: orders.map((one) => ({
      share: one.share,
      plan: new PlannedRequest(input, pinnedFirst(input, one.order), onExceed),
    })),
  }
}

const NO_CANDIDATES: readonly Candidate[] = []

/** A failover, a further rung and a pinned session go on with what was begun. */
function mayExplore({ policy, request, cacheHint }: PlanInput, { excluded, rung }: PlanOptions): boolean {
  const { exploration } = policy
  if (exploration === undefined || exploration.exclude.has(request.priority)) return false
  return excluded === undefined && rung === 0 && cacheHint?.pinned === undefined
}

function isDrawn(input: PlanInput, options: PlanOptions): boolean {
  const { exploration } = input.policy
  return (
    exploration !== undefined &&
    mayExplore(input, options) &&
    explores(exploration, input.seed, input.requestId)
  )
}

function explorable(input: PlanInput): readonly Candidate[] {
  const { exploration, models } = input.policy
  return exploration === undefined ? NO_CANDIDATES : byLot(exploration, models, input)
}

/** A session keeps its model while that can take the request; what the selector would have asked comes behind it. */
function pinnedFirst(input: PlanInput, ordered: readonly Candidate[]): readonly Candidate[] {
  const id = input.cacheHint?.pinned
  const pinned = id === undefined ? undefined : input.policy.models.find((model) => model.id === id)
  const candidate = pinned && input.candidate(pinned.index)
  if (candidate === undefined) return ordered
  return [candidate, ...ordered.filter(({ model }) => model !== candidate.model)]
}

/** What selectors look at: the assessment, and the models that can take the request. One object, as plans are made by the million. */
class PlanInput implements SelectInput, FeasibleModels {
  readonly policy: Policy
  readonly request: Request
  readonly claims: Extract<Claims, { kind: 'claims' }>
  readonly difficulty: number
  readonly requiredTier: number
  readonly rung: number
  readonly budgetHint: BudgetHint | undefined
  readonly cacheHint: CacheHint | undefined
  readonly #excluded: ReadonlySet<number> | undefined

  constructor(
    policy: Policy,
    request: Request,
    claims: Extract<Claims, { kind: 'claims' }>,
    { excluded, rung, budgetHint, cacheHint }: PlanOptions,
  ) {
    this.policy = policy
    this.request = request
    this.claims = claims
    this.difficulty = request.assessment?.difficulty ?? policy.classifier.difficulty(request.features)
    this.requiredTier = tierOf(this.difficulty, policy.file.tierBoundaries)
    this.rung = rung
    this.budgetHint = budgetHint
    this.cacheHint = cacheHint
    this.#excluded = excluded
  }

  get feasible(): FeasibleModels {
    return this
  }

  get requestId(): string {
    return this.request.id
  }

  get seed(): number {
    return this.policy.file.seed
  }

  success(index: number): number | undefined {
    return expectedSuccess(this.policy, this.request, index)
  }

  candidate(index: number): Candidate | undefined {
    const candidate = this.#candidateOrReason(index)
    return typeof candidate === 'string' ? undefined : candidate
  }

  /** Why the first model that was not excluded cannot take the request. */
  failure(): PlanFailure {
    for (const { index } of this.policy.models) {
      const reason = this.#candidateOrReason(index)
      if (typeof reason === 'string' && reason !== 'excluded') return reason
    }
    return 'noFeasibleModel'
  }

  #candidateOrReason(index: number): Candidate | Infeasible | 'excluded' {
    const model = this.policy.models[index]
    if (model === undefined || this.#excluded?.has(index) === true) return 'excluded'
    const { pools, requestCap } = this.claims
    const budgeted = pools.length > 0 || requestCap !== undefined
    return candidateFor(this.policy, model, this.request, budgeted, this.cacheHint)
  }
}

/** A class, so that what few requests need is made only for them: the groups below what was selected. */
class PlannedRequest implements Plan {
  readonly difficulty: number
  readonly requiredTier: number
  readonly first: Candidate
  readonly selected: readonly Candidate[]
  readonly onExceed: OnExceed
  readonly rung: PlannedRung | undefined
  readonly #input: PlanInput
  #lower: readonly (readonly Candidate[])[] | undefined

  constructor(input: PlanInput, ordered: readonly Candidate[], onExceed: OnExceed) {
    const { ladder } = input.policy.selector
    const [single] = ordered
    this.difficulty = input.difficulty
    this.requiredTier = input.requiredTier
    this.rung = ladder === undefined || single === undefined ? undefined : plannedRung(ladder, single)
    this.selected = this.rung === undefined ? ordered : [this.rung.candidate]
    this.onExceed = onExceed
    this.#input = input
    this.first = this.selected[0] ?? this.lower()[0]?.[0] ?? NO_CANDIDATE
  }

  get pools(): readonly PoolClaim[] {
    return this.#input.claims.pools
  }

  get requestCapNanoUsd(): number {
    return this.#input.claims.requestCap?.capNanoUsd ?? Infinity
  }

  get priority(): number {
    return PRIORITIES.indexOf(this.#input.request.priority)
  }

  lower(): readonly (readonly Candidate[])[] {
    this.#lower ??= this.onExceed === 'downgrade' ? lowerTiers(this.selected, this.#input) : NO_GROUPS
    return this.#lower
  }
}

/** First what was drawn, in its order; where none of that fits, the usual plan. */
class ExploringPlan implements Plan {
  readonly first: Candidate
  readonly selected: readonly Candidate[]
  readonly usual: Plan

  constructor(drawn: readonly Candidate[], usual: PlannedRequest) {
    this.first = drawn[0] ?? usual.first
    this.selected = drawn
    this.usual = usual
  }

  get difficulty(): number {
    return this.usual.difficulty
  }

  get requiredTier(): number {
    return this.usual.requiredTier
  }

  get pools(): readonly PoolClaim[] {
    return this.usual.pools
  }

  get requestCapNanoUsd(): number {
    return this.usual.requestCapNanoUsd
  }

  get priority(): number {
    return this.usual.priority
  }

  get onExceed(): OnExceed {
    return this.usual.onExceed
  }

  lower(): readonly (readonly Candidate[])[] {
    return groupsOf(this.usual)
  }
}

const NO_GROUPS: readonly (readonly Candidate[])[] = []

/** Every group of a plan, in the order in which they are tried. */
export function groupsOf(plan: Plan): readonly (readonly Candidate[])[] {
  return plan.selected.length > 0 ? [plan.selected, ...plan.lower()] : plan.lower()
}

/** Number of boundaries at or below the difficulty: a difficulty on a boundary needs the upper tier. */
export function tierOf(difficulty: number, boundaries: readonly number[]): number {
  let tier = 0
  while (tier < boundaries.length && difficulty >= (boundaries[tier] as number)) tier++
  return tier
}

/**
 * Whatever else the lowest tier of what was selected has, then the lower tiers, highest first, by expected cost within a
 * tier. Where nothing of the selector's choice is feasible, the tier that it wanted takes its place.
 */
function lowerTiers(selected: readonly Candidate[], input: PlanInput): readonly (readonly Candidate[])[] {
  const { models, selector } = input.policy
  const groups: (readonly Candidate[])[] = []
  const top = selected.length > 0 ? lowestTier(models, selected) : selector.wantedTier(input)
  for (let tier = top; tier >= 0; tier--) {
    const group = candidatesByCost(input, models, tier, tier)
    const others =
      tier < top ? group : group.filter(({ model }) => !selected.some((one) => one.model === model))
    if (others.length > 0) groups.push(others)
  }
  return groups
}

function lowestTier(models: readonly Model[], candidates: readonly Candidate[]): number {
  let lowest = Infinity
  for (const { model } of candidates) lowest = Math.min(lowest, models[model]?.tier ?? 0)
  return lowest
}
