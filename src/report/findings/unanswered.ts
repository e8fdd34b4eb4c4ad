import type { Comparison, RunMetrics } from '../../metrics/result.js'
import { count, listed, percent, sentenceName } from '../format.js'
import { comparableReferences } from './comparable-references.js'
import { isCostEstimated } from './estimated.js'
import { moneyScale } from '../monthly.js'

export interface Unanswered {
  readonly question: string
  readonly because: string
  /** What would make it answerable; null where the reason says so itself. */
  readonly wayOut: string | null
}

/** What this comparison could not answer, each with its reason; runs with the same reason share a line. */
export function unanswered(comparison: Comparison): Unanswered[] {
  const { runs, log } = comparison
  const skilled = runs.slice(1)
  const { noMonth } = moneyScale(comparison)
  return [
    ...perRun(
      runs,
      'What would it cost and be worth',
      (run) => run.served === 0,
      (run) => idleReason(comparison, run),
      'mend what the reason names: the policy, its budgets, or the log',
    ),
    ...perRun(
      runs,
      'What would it have cost',
      (run) => run.meanCostUsd === null,
      () => 'costs are missing from the log for models it uses',
      PRICE_IT,
    ),
    ...perRun(
      runs,
      'What would it really have cost',
      (run) => run.meanCostUsd !== null && isCostEstimated(run),
      ({ evidence, faults }) =>
        faults !== undefined
          ? `the cost of ${percent(evidence.costEstimatedShare)} of the requests is not a recorded one: injected faults break calls off, which are billed for the part of the answer that had come`
          : `the log holds neither cost nor tokens of the chosen model for ${percent(evidence.costEstimatedShare)} of the requests; costs there are list price x expected tokens`,
      PRICE_IT,
    ),
    ...together(
      runs,
      'What is the quality',
      (run) => run.quality === null,
      (open) => qualityReason(comparison, open),
      comparison.log.evidence === 'cost-only' ? LABEL_IT : null,
    ),
    ...perRun(
      runs,
      'How sure are cost and quality',
      (run) => hasNoInterval(run),
      (run) => run.evidence.resampling.note ?? 'no interval was computed',
      'a longer log: more budget windows, sessions or users of the same traffic',
    ),
    ...together(
      skilled,
      'Does it pick models better than chance',
      (run) => comparison.qualityUnit === undefined && run.control.gainCi === null && run.knownShare < 0.95,
      (open) =>
        `outcomes are known for ${shares(open.map((run) => run.knownShare))} of the requests, and a verdict needs 95 %`,
      SAMPLE_IT,
    ),
    ...oracleGap(comparison),
    ...(log.arrivals === 'synthetic'
      ? [
          {
            question: 'Would the budgets hold at your own arrival times?',
            because: 'the log has no times, or generated ones: arrivals are synthetic',
            wayOut:
              'log the time of every request, or lay a real trace over the log (`tollgate import --arrivals`)',
          },
        ]
      : []),
    ...(noMonth === null
      ? []
      : [
          {
            question: 'What is it in dollars a month?',
            because: noMonth,
            wayOut:
              'log the time of every request over a week or more, or say `requestsPerDay` in the first line of the log',
          },
        ]),
    ...tuningGaps(comparison),
  ]
}

const PRICE_IT =
  'import the log with token counts and a price book (`tollgate import --prices`), or with what each call cost'
const LABEL_IT =
  'import labels, or let a rule judge the answers by what the log shows of them (`tollgate import --quality`)'
const SAMPLE_IT = 'ask the other models a sample of requests (`tollgate sample`) and import their answers'

function perRun(
  runs: readonly RunMetrics[],
  question: string,
  isOpen: (run: RunMetrics) => boolean,
  reason: (run: RunMetrics) => string,
  wayOut: string,
): Unanswered[] {
  const byReason = new Map<string, string[]>()
  for (const run of runs.filter(isOpen)) {
    const because = reason(run)
    byReason.set(because, [...(byReason.get(because) ?? []), sentenceName(run.policyId)])
  }
  return [...byReason].map(([because, names]) => ({
    question: `${question} (${listed(names)})?`,
    because,
    wayOut,
  }))
}

/** One line for all runs of which a question is open, where the reason differs in its figures only. */
function together(
  runs: readonly RunMetrics[],
  question: string,
  isOpen: (run: RunMetrics) => boolean,
  reason: (open: readonly RunMetrics[]) => string,
  wayOut: string | null,
): Unanswered[] {
  const open = runs.filter(isOpen)
  if (open.length === 0) return []
  const names = listed(open.map((run) => sentenceName(run.policyId)))
  return [{ question: `${question} (${names})?`, because: reason(open), wayOut }]
}

function shares(values: readonly number[]): string {
  const [low, high] = [percent(Math.min(...values)), percent(Math.max(...values))]
  return low === high ? low : `${low} to ${high}`
}

function idleReason({ runs, charts }: Comparison, run: RunMetrics): string {
  const reasons = charts[runs.indexOf(run)]?.reasons ?? []
  const top = [...reasons].sort((a, b) => b.requests - a.requests)[0]
  const why = top === undefined ? '' : ` (reason: ${sentenceName(top.reason)}, ${count(top.requests)} times)`
  return `it served none of the ${count(run.offered)} requests${why}`
}

function oracleGap(comparison: Comparison): Unanswered[] {
  if (comparableReferences(comparison).oracle !== null) return []
  const question = 'What could the best possible routing reach?'
  return comparison.qualityUnit === 'session'
    ? [{ question, because: OF_SESSIONS, wayOut: 'judge requests (`--quality-unit request`)' }]
    : [{ question, because: oracleReason(comparison), wayOut: SAMPLE_IT }]
}

const OF_SESSIONS =
  'quality is by session, and what other answers would have made of whole sessions no log says'

/** Outcomes of several models without a cost are another gap than no outcomes. */
function oracleReason({ references: { singles }, log }: Comparison): string {
  return log.evidence === 'full-matrix' && singles.length < 2
    ? 'the log holds several models’ outcomes for the same requests, but not what they cost'
    : 'the log does not hold several models’ outcomes for the same requests'
}

function qualityReason(comparison: Comparison, open: readonly RunMetrics[]): string {
  if (comparison.qualityUnit === 'session')
    return `what a session came to is known for ${shares(open.map((run) => run.knownShare))} of the sessions, those that have an outcome and are answered as logged, and 95 % are needed; give more sessions a sessionOutcome, or judge requests (\`--quality-unit request\`)`
  if (open.every(({ evidence }) => evidence.mode === 'cost-only')) return 'the log holds no quality'
  const refused = open.map((run) =>
    run.evidence.mode === 'logged-propensity' || isOffTrajectoryOnly(run)
      ? run.estimators?.refused.quality
      : undefined,
  )
  const [first] = refused
  if (first !== undefined && first !== null && refused.every((reason) => reason === first))
    return `it is not identified: ${first}`
  const missing = shares(open.map(({ evidence }) => evidence.noOutcomeShare))
  return `the log holds no outcome of the chosen model for ${missing} of the requests; ${wayOut(comparison)}ask those models a sample of requests (\`tollgate sample\`) and import their answers`
}

/** Its sessions alone stand in the way: nearly all of its calls have an outcome. */
function isOffTrajectoryOnly({
  offTrajectoryShare = 0,
  evidence: { mode, noOutcomeShare },
}: RunMetrics): boolean {
  return mode !== 'full-matrix' && offTrajectoryShare > 0.05 && noOutcomeShare <= 0.05
}

/** A log that names no call but holds several models is a matrix with gaps. */
function wayOut({ log, baseline }: Comparison): string {
  const isMatrix = log.models > 1 && baseline.rule.includes('does not say which model was called')
  return isMatrix ? 'keep the requests with every model’s outcome (--complete-cases), or ' : ''
}

/** Where the value itself is unknown, its missing interval is no news. */
function hasNoInterval(run: RunMetrics): boolean {
  const { costCi, qualityCi, meanCostUsd, quality } = run
  if (costCi === null && qualityCi === null && run.evidence.resampling.note !== null) return true
  const costOpen = meanCostUsd !== null && costCi === null && !isCostEstimated(run)
  return costOpen || (quality !== null && qualityCi === null)
}

function tuningGaps({ tuning }: Comparison): Unanswered[] {
  if (tuning === null || (tuning.heldOut.quality !== null && tuning.heldOut.costUsd !== null)) return []
  return [
    {
      question: 'Does the tuned policy keep its promise on unseen requests?',
      because: 'cost or quality of the held-out part is unknown',
      wayOut: SAMPLE_IT,
    },
  ]
}
