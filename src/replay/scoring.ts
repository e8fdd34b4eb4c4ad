import { reservationOf, type Choice } from '../core/budget/choose.js'
import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { draw } from '../core/random.js'
import type { Request } from '../core/request.js'
import { calledRung, type Run } from '../core/run.js'
import { scoreAnswer } from '../core/score/score-answer.js'
import type { Ladder, PlannedRung } from '../core/select/ladder.js'
import { chargeOfUnknown, type OutcomeSource, type Served } from './outcomes.js'

/** A scorer that knows the truth and errs by lot: no such scorer can be deployed, and every result says so. */
export interface SimulatedScorer {
  /** Share of answers that are judged wrongly. */
  readonly errorRate: number
  readonly seed: number
}

/** Where the scores of a cascade's answers came from. */
export interface ScoreCounts {
  readonly scorer: string
  /** Of the log's scores, or of an answer's recorded signs. */
  readonly recorded: number
  readonly simulated: number
  /** Nobody knows: such an answer was not taken. */
  readonly missing: number
  readonly errorRate: number | null
}

export interface RungCall {
  readonly choice: Choice
  /** A call that failed or was broken off is not scored. */
  readonly isAnswered: boolean
}

/** Scores the answers of a cascade's rungs in replay. */
export interface Scoring {
  /** A rung's grant as one sample's: what its outcome is looked up by. */
  single(choice: Choice, rung: PlannedRung): Choice
  /** What a rung's call costs and how long it takes: all samples, and their scoring. Changes what it is given. */
  charge(served: Served, rung: PlannedRung, call: RungCall): void
  /** Undefined where the answer is taken whatever it scores. `quality` is for the simulated scorer alone. */
  score(row: number, run: Run, quality: number): number | undefined
  readonly counts: ScoreCounts
}

/** From this quality on the simulated scorer calls an answer right. */
const RIGHT_FROM = 0.5

/** @throws InputError when the log has no score that the policy's cascade could go by, and none is to be simulated. */
export function createScoring(
  { table, policy, outcomes }: { table: LogTable; policy: Policy; outcomes: OutcomeSource },
  scorer: SimulatedScorer | undefined,
): Scoring | undefined {
  const { ladder } = policy.selector
  if (ladder === undefined) return undefined
  // An acceptance model reads the signs that the log has: there is nothing to simulate.
  const simulated = ladder.scorer.kind === 'acceptance' ? undefined : scorer
  if (simulated === undefined) checkScores(table, policy, ladder)
  const counts = {
    scorer: ladder.scorer.kind,
    recorded: 0,
    simulated: 0,
    missing: 0,
    errorRate: simulated?.errorRate ?? null,
  }
  const scored = (row: number, request: Request, choice: Choice, quality: number): number => {
    const { model } = choice.candidate
    const known = scoreAnswer(policy, ladder.scorer, { request, model }, outcomes.signs(row, choice))
    if (!Number.isNaN(known)) counts.recorded++
    if (!Number.isNaN(known) || simulated === undefined) return known
    const score = simulatedScore(simulated, request.id, policy.models[model]?.id ?? '', quality)
    if (!Number.isNaN(score)) counts.simulated++
    return score
  }
  return {
    counts,
    single: singleOf,
    charge(served, rung, { choice, isAnswered }) {
      const isKnown = served.chargeNanoUsd === served.costNanoUsd
      const scored = isAnswered ? rung : { ...rung, scoringNanoUsd: 0 }
      served.costNanoUsd = wholeCost(served.costNanoUsd, scored, choice)
      served.chargeNanoUsd = isKnown ? served.costNanoUsd : chargeOfUnknown(served, choice)
      if (isAnswered && !rung.isLast) served.latencyMs += ladder.scorer.latencyMs
    },
    score(row, run, quality) {
      const rung = calledRung(run)
      if (rung === undefined || rung.isLast || run.phase.kind !== 'calling') return undefined
      const score = scored(row, run.context.request, run.phase.choice, quality)
      if (Number.isNaN(score)) counts.missing++
      return score
    },
  }
}

function singleOf(choice: Choice, { single }: PlannedRung): Choice {
  const { maxOutputTokens, reservedNanoUsd } = choice
  const held = reservedNanoUsd > 0 ? reservationOf(single, maxOutputTokens) : 0
  return { candidate: single, maxOutputTokens, reservedNanoUsd: held }
}

/** A sample's cost is rounded up, the reservation of all of them once: what one of them holds, all hold. */
function wholeCost(one: number, rung: PlannedRung, choice: Choice): number {
  const whole = one * rung.samples + rung.scoringNanoUsd
  return one <= singleOf(choice, rung).reservedNanoUsd ? Math.min(whole, choice.reservedNanoUsd) : whole
}

/** 1 for right and 0 for wrong, the other way round for the share that it errs on; NaN where nobody knows the truth. */
export function simulatedScore(
  { errorRate, seed }: SimulatedScorer,
  requestId: string,
  model: string,
  quality: number,
): number {
  if (Number.isNaN(quality)) return NaN
  const errs = draw(seed, requestId, `score:${model}`) < errorRate
  return quality >= RIGHT_FROM !== errs ? 1 : 0
}

function checkScores(table: LogTable, policy: Policy, { rungs, scorer }: Ladder): void {
  if (scorer.kind === 'acceptance') return
  const field = scorer.kind === 'external' ? 'score' : 'agreement'
  const ids = rungs.slice(0, -1).map(({ model }) => policy.models[model]?.id)
  const known = table.outcomes.some((outcome) => ids.includes(outcome.model) && outcome[field] !== undefined)
  if (known) return
  throw new InputError(
    `the cascade of ${policy.policyId} goes by the ${field} of each answer, and ${table.path} has none of ${ids.join(', ')}: log it (outcomes[].${field}), or simulate a scorer that knows the truth with --scorer-error 0.05`,
  )
}
