import type { Comparison, RunMetrics } from '../../metrics/result.js'

export interface Featured {
  readonly run: RunMetrics
  readonly index: number
  /** Why this policy stands in the headline, in one clause. */
  readonly because: string
}

/** Quality that a policy may lose and still be offered as "the same at less cost". */
const TOLERATED_LOSS = 0.02

/**
 * The policy that the headline is about, by a rule that the page states: the tuned one, else the largest saving among
 * those whose quality is not worse by more than two points, else the best quality. Null when there is only a baseline.
 */
export function featured(comparison: Comparison): Featured | null {
  const policies = comparison.runs
    .map((run, index) => ({ run, index }))
    .filter(({ run, index }) => index > 0 && run.policyId !== 'baselineCapped')
  const tuned = policies.find(({ run }) => run.policyId === comparison.tuning?.policyId)
  if (tuned !== undefined) return { ...tuned, because: 'it is the tuned policy' }
  const kept = policies.filter(({ run }) => run.qualityDelta !== null && run.qualityDelta >= -TOLERATED_LOSS)
  const saving = largest(kept, (run) => run.savedByRouting)
  if (saving !== null) {
    return { ...saving, because: 'it saves most among those that lose at most two points of quality' }
  }
  const best = largest(policies, (run) => run.quality)
  if (best !== null)
    return { ...best, because: 'every policy loses more than two points of quality; this one keeps most' }
  const first = policies[0]
  return first === undefined
    ? null
    : { ...first, because: 'no policy’s quality is known; this is the first one' }
}

type Candidate = Omit<Featured, 'because'>

function largest(runs: readonly Candidate[], of: (run: RunMetrics) => number | null): Candidate | null {
  let best: Candidate | null = null
  for (const candidate of runs) {
    const value = of(candidate.run)
    if (value !== null && (best === null || value > (of(best.run) ?? -Infinity))) best = candidate
  }
  return best
}
