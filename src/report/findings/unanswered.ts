import type { Comparison, RunMetrics } from '../../metrics/result.js'
import { count, listed, percent, sentenceName } from '../format.js'
import { moneyScale } from '../monthly.js'

export interface Unanswered {
  readonly question: string
  readonly because: string
}

/** What this comparison could not answer, each with its reason; runs with the same reason share a line. */
export function unanswered(comparison: Comparison): Unanswered[] {
  const { runs, log, references } = comparison
  const skilled = runs.slice(1)
  const { noMonth } = moneyScale(comparison)
  return [
    ...perRun(
      runs,
      'What would it cost and be worth',
      (run) => run.served === 0,
      (run) => idleReason(comparison, run),
    ),
    ...perRun(
      runs,
      'What would it have cost',
      (run) => run.meanCostUsd === null,
      () => 'costs are missing from the log for models it uses',
    ),
    ...perRun(runs, 'What is the quality', (run) => run.quality === null, qualityReason),
    ...perRun(
      runs,
      'How sure are cost and quality',
      (run) => hasNoInterval(run),
      (run) => run.evidence.resampling.note ?? 'no interval was computed',
    ),
    ...perRun(
      skilled,
      'Does it pick models better than chance',
      (run) => run.control.gainCi === null && run.knownShare < 0.95,
      (run) => `outcomes are known for ${percent(run.knownShare)} of the requests, and a verdict needs 95 %`,
    ),
    ...(references.oracle === null
      ? [
          {
            question: 'What could the best possible routing reach?',
            because: 'the log does not hold several models’ outcomes for the same requests',
          },
        ]
      : []),
    ...(log.arrivals === 'synthetic'
      ? [
          {
            question: 'Would the budgets hold at your own arrival times?',
            because: 'the log has no times, or generated ones: arrivals are synthetic',
          },
        ]
      : []),
    ...(noMonth === null ? [] : [{ question: 'What is it in dollars a month?', because: noMonth }]),
    ...tuningGaps(comparison),
  ]
}

function perRun(
  runs: readonly RunMetrics[],
  question: string,
  isOpen: (run: RunMetrics) => boolean,
  reason: (run: RunMetrics) => string,
): Unanswered[] {
  const byReason = new Map<string, string[]>()
  for (const run of runs.filter(isOpen)) {
    const because = reason(run)
    byReason.set(because, [...(byReason.get(because) ?? []), sentenceName(run.policyId)])
  }
  return [...byReason].map(([because, names]) => ({ question: `${question} (${listed(names)})?`, because }))
}

function idleReason({ runs, charts }: Comparison, run: RunMetrics): string {
  const reasons = charts[runs.indexOf(run)]?.reasons ?? []
  const top = [...reasons].sort((a, b) => b.requests - a.requests)[0]
  const why = top === undefined ? '' : ` (reason: ${sentenceName(top.reason)}, ${count(top.requests)} times)`
  return `it served none of the ${count(run.offered)} requests${why}`
}

function qualityReason(run: RunMetrics): string {
  const { noOutcomeShare, mode } = run.evidence
  if (mode === 'cost-only') return 'the log holds no quality'
  return `the log holds no outcome of the chosen model for ${percent(noOutcomeShare)} of the requests; ask those models a sample of requests (tollgate sample) and import the answers`
}

/** Where the value itself is unknown, its missing interval is no news. */
function hasNoInterval(run: RunMetrics): boolean {
  const { costCi, qualityCi, meanCostUsd, quality } = run
  if (costCi === null && qualityCi === null && run.evidence.resampling.note !== null) return true
  return (meanCostUsd !== null && costCi === null) || (quality !== null && qualityCi === null)
}

function tuningGaps({ tuning }: Comparison): Unanswered[] {
  if (tuning === null || (tuning.heldOut.quality !== null && tuning.heldOut.costUsd !== null)) return []
  return [
    {
      question: 'Does the tuned policy keep its promise on unseen requests?',
      because: 'cost or quality of the held-out part is unknown',
    },
  ]
}
