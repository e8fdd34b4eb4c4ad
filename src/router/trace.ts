import { reservationOf } from '../core/budget/choose.js'
import { groupsOf } from '../core/plan.js'
import type { CacheHint } from '../core/prompt-cache.js'
import { createPacing, type Pacing } from '../core/select/pacing.js'
import type { Run } from '../core/run.js'

/** Why a request was decided as it was: the classifier's named parts, the tier they ask for, the candidates in order. */
export interface Trace {
  readonly parts: readonly {
    readonly name: string
    readonly value: number
    readonly weight: number
    readonly part: number
  }[]
  readonly difficulty: number | null
  readonly requiredTier: number | null
  readonly candidates: readonly TracedCandidate[]
  readonly pools: readonly {
    readonly budgetId: string
    readonly label: string
    readonly capNanoUsd: number
  }[]
  readonly onExceed: string | null
  /** What the request's session left in prompt caches, and the model it keeps to. Null outside of sessions. */
  readonly caches: CacheHint | null
  /** Of a selector that follows a budget: its cost weight, and why. Null where there is none, or nothing is known of the budget. */
  readonly pacing: (Pacing & { readonly budgetId: string }) | null
}

export interface TracedCandidate {
  readonly model: string
  readonly group: number
  readonly expectedNanoUsd: number
  /** Of a session's request: what of the expected cost a cache that held all it shares would spare; null outside of sessions. */
  readonly switchPenaltyNanoUsd: number | null
  readonly reservationNanoUsd: number
  readonly minOutputTokens: number
  readonly maxOutputTokens: number
}

export function explainDecision(run: Run): Trace {
  const { plan } = run.phase
  const { policy, request } = run.context
  return {
    parts: request.assessment === undefined ? policy.classifier.explain(request.features) : [],
    difficulty: plan?.difficulty ?? null,
    requiredTier: plan?.requiredTier ?? null,
    candidates: (plan === undefined ? [] : groupsOf(plan))
      .flatMap((group, index) => group.map((candidate) => ({ candidate, index })))
      .map(({ candidate, index }) => ({
        model: policy.models[candidate.model]?.id ?? '',
        group: index,
        expectedNanoUsd: candidate.expectedNanoUsd,
        switchPenaltyNanoUsd: candidate.switchPenaltyNanoUsd ?? null,
        reservationNanoUsd: reservationOf(candidate, candidate.maxOutputTokens),
        minOutputTokens: candidate.minOutputTokens,
        maxOutputTokens: candidate.maxOutputTokens,
      })),
    pools: (plan?.pools ?? []).map(({ budgetId, label, capNanoUsd }) => ({ budgetId, label, capNanoUsd })),
    onExceed: plan?.onExceed ?? null,
    caches: run.context.cacheHint ?? null,
    pacing: pacingIn(run),
  }
}

function pacingIn({ context: { policy, budgetHint } }: Run): Trace['pacing'] {
  const { selector } = policy.file
  if (selector.kind !== 'paced' || budgetHint === undefined) return null
  return { budgetId: selector.budget, ...createPacing(selector)(budgetHint) }
}
