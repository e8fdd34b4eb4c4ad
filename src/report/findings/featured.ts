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
 * those whose quality is not worse by more than two points, else of those that save anything the best quality. Null
 * when there is only a baseline.
 */
export function featured(comparison: Comparison): Featured | null {
  const policies = comparison.runs
    .map((run, index) => ({ run, index }))
    .filter(({ run, index }) => index > 0 && !isCappedBaseline(comparison, run, index) && !isSimulated(run))
  const tuned = policies.find(({ run }) => run.policyId === comparison.tuning?.policyId)
  if (tuned !== undefined) return { ...tuned, because: 'it is the tuned policy' }
  const saving = policies.filter(({ run }) => run.savedByRouting !== null && run.savedByRouting > 0)
  const kept = saving.filter(({ run }) => run.qualityDelta !== null && run.qualityDelta >= -TOLERATED_LOSS)
  const best = largest(kept, (run) => run.savedByRouting)
  if (best !== null)
    return { ...best, because: 'it saves most among those that lose at most two points of quality' }
  return fallback(policies, saving)
}

/** Row 1 is the baseline under budgets, where budgets were given: a yardstick, not an alternative. */
function isCappedBaseline({ runs }: Comparison, { policyId }: RunMetrics, index: number): boolean {
  return index === 1 && (policyId === 'baselineCapped' || policyId.startsWith(`${runs[0]?.policyId} (capped`))
}

/** A scorer that knows the truth is no alternative. */
function isSimulated({ scores }: RunMetrics): boolean {
  return (scores?.simulated ?? 0) > 0
}

function fallback(policies: readonly Candidate[], saving: readonly Candidate[]): Featured | null {
  const kept = largest(saving, (run) => run.quality)
  if (kept !== null) return { ...kept, because: 'of those that save anything it keeps most quality' }
  const best = largest(policies, (run) => run.quality)
  if (best !== null)
    return { ...best, because: 'no policy is known to save anything; this one has the best quality' }
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
