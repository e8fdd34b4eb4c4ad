import { chooseCandidate, reservationOf, type Candidate } from './budget/choose.js'
import { lotteryOf, type PlanOptions } from './plan.js'
import type { RunContext } from './run.js'

/**
 * With what chance each model was the one that the first attempt called, given what the pools had left, by model id: over the
 * lots of `exploration` and of `mix`, which are all the chance that there is. Models without a chance are left out.
 *
 * In an order by lot each model that fits is as likely to be the first that does, so exploring has the chance
 * epsilon / (models that fit); where none fits, the usual plan is tried. Horvitz-Thompson estimates rest on such chances
 * (https://doi.org/10.1080/01621459.1952.10483446).
 */
export function propensitiesOf(
  { policy, request, claims, budgetHint, cacheHint }: RunContext,
  headroomNanoUsd: number,
): Readonly<Record<string, number>> {
  if (claims.kind === 'missingLabel') return {}
  const chances = new Float64Array(policy.models.length)
  const add = (candidate: Candidate | undefined, share: number): void => {
    if (candidate !== undefined) chances[candidate.model] = (chances[candidate.model] as number) + share
  }
  const { exploring, usual } = lotteryOf(policy, request, claims, {
    ...FIRST_ATTEMPT,
    budgetHint,
    cacheHint,
  })
  const fitting = exploring === undefined ? [] : thatFit(exploring.candidates, headroomNanoUsd)
  const explored = fitting.length === 0 ? 0 : (exploring?.share ?? 0)
  for (const candidate of fitting) add(candidate, explored / fitting.length)
  if (explored < 1)
    for (const { share, plan } of usual)
      add(chooseCandidate(plan, headroomNanoUsd)?.candidate, share * (1 - explored))
  const known = policy.models.flatMap(({ id, index }) => {
    const chance = chances[index] as number
    return chance > 0 ? [[id, chance] as const] : []
  })
  return Object.fromEntries(known)
}

const FIRST_ATTEMPT: PlanOptions = { excluded: undefined, onExceed: undefined, rung: 0 }

/** At their full length; clamped only where none fits so, as a plan tries them. */
function thatFit(candidates: readonly Candidate[], headroom: number): readonly Candidate[] {
  const whole = candidates.filter(
    (candidate) => reservationOf(candidate, candidate.maxOutputTokens) <= headroom,
  )
  if (whole.length > 0) return whole
  return candidates.filter((candidate) => chooseCandidate(alone(candidate), headroom) !== undefined)
}

function alone(candidate: Candidate): Parameters<typeof chooseCandidate>[0] {
  return { first: candidate, selected: [candidate], lower: () => [] }
}
