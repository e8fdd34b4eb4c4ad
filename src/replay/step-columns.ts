import type { Model } from '../core/model.js'
import { isDowngrade, type Past, type Run } from '../core/run.js'
import type { RecordedAssessment } from './assessments.js'
import type { Served } from './outcomes.js'
import {
  ENDS,
  FLAG_BOUND,
  FLAG_COST_ESTIMATED,
  FLAG_DEFERRED,
  FLAG_DOWNGRADED,
  FLAG_NO_OUTCOME,
  FLAG_QUALITY_ESTIMATED,
  FLAG_TRUNCATED,
  type Steps,
} from './steps.js'

/** Writes what happens to each row into columns as replay goes along. */
export interface StepColumns {
  /**
   * A call was admitted: its outcome, how long the request had waited, and what was before it. The bills of all calls add up;
   * so does the time of a cascade's rungs.
   */
  served(row: number, served: Served, delayMs: number, past: Past): void
  /** A service was asked about the row before anything was called. */
  assessed(row: number, assessment: RecordedAssessment): void
  /** Of the answer to the last call. */
  qualityOf(row: number): number
  /** An earlier rung's answer is served after all. */
  answered(row: number, served: Served): void
  /** What the call of a row charges when it ends, after calls that were charged that much; unknown costs charge nothing. */
  chargeOf(row: number, spentNanoUsd: number): number
  deferred(row: number): void
  /** A call was charged more than it held, in each of its pools: their sum. */
  overspent(row: number, nanoUsd: number): void
  /** A pool changed what happens to the row. */
  bound(row: number): void
  finish(row: number, run: Run): void
  unresolved(row: number, run: Run): void
  result(models: readonly Model[]): Steps
}

const SERVED = ENDS.indexOf('served')
const REJECTED = ENDS.indexOf('rejected')
const UNRESOLVED = ENDS.indexOf('unresolved')
const UNANSWERED = ENDS.indexOf('unanswered')

/** What is said of the answer that is served, and not of what was called on the way to it. */
const OF_THE_ANSWER = FLAG_TRUNCATED | FLAG_NO_OUTCOME | FLAG_QUALITY_ESTIMATED

/** `faulty`: charges are kept apart from bills. */
export function createStepColumns(size: number, faulty: boolean): StepColumns {
  const row = new Int32Array(size)
  for (let i = 0; i < size; i++) row[i] = i
  const end = new Uint8Array(size).fill(UNRESOLVED)
  const model = new Int16Array(size).fill(-1)
  const wanted = new Int16Array(size).fill(-1)
  const difficulty = new Float64Array(size).fill(NaN)
  const requiredTier = new Uint8Array(size)
  const costNanoUsd = new Float64Array(size)
  const chargedNanoUsd = faulty ? new Float64Array(size) : costNanoUsd
  const quality = new Float64Array(size).fill(NaN)
  const latencyMs = new Float64Array(size).fill(NaN)
  const delayMs = new Float64Array(size).fill(NaN)
  const flags = new Uint8Array(size)
  const reason = new Uint8Array(size)
  let assessingMs: Float64Array | undefined
  let overspendNanoUsd: Float64Array | undefined
  const reasons: string[] = []
  const codes = new Map<string, number>()
  let lastReason = 0

  const setFlag = (at: number, flag: number): void => {
    flags[at] = (flags[at] as number) | flag
  }
  const setReason = (at: number, text: string): void => {
    // Reasons come in long runs: a look at the last one spares the map.
    let code = reasons[lastReason] === text ? lastReason : codes.get(text)
    if (code === undefined) {
      code = reasons.push(text) - 1
      codes.set(text, code)
    }
    lastReason = code
    reason[at] = code
  }
  const setPlan = (at: number, run: Run): void => {
    const { plan } = run.phase
    if (plan === undefined) return
    difficulty[at] = plan.difficulty
    requiredTier[at] = plan.requiredTier
    wanted[at] = plan.first.model
  }

  /** Failed calls before it were billed and charged all the same. */
  const noAnswer = (at: number, kind: number): void => {
    end[at] = kind
    quality[at] = NaN
    latencyMs[at] = NaN
  }

  return {
    served(at, served, delay, { spentNanoUsd, answer }) {
      costNanoUsd[at] = (costNanoUsd[at] as number) + served.costNanoUsd
      if (faulty) chargedNanoUsd[at] = served.chargeNanoUsd + spentNanoUsd
      quality[at] = served.quality
      if (answer === undefined) {
        const assessing = assessingMs?.[at] ?? 0
        latencyMs[at] = assessing + served.latencyMs
        delayMs[at] = delay - assessing
      } else {
        latencyMs[at] = (latencyMs[at] as number) + served.latencyMs
        flags[at] = (flags[at] as number) & ~OF_THE_ANSWER
      }
      setFlag(at, served.flags)
    },
    assessed(at, assessment) {
      assessingMs ??= new Float64Array(size)
      assessingMs[at] = assessment.latencyMs
      costNanoUsd[at] = (costNanoUsd[at] as number) + assessment.costNanoUsd
      if (!assessment.isCostKnown) setFlag(at, FLAG_COST_ESTIMATED)
    },
    qualityOf: (at) => quality[at] as number,
    answered(at, served) {
      quality[at] = served.quality
      flags[at] = ((flags[at] as number) & ~OF_THE_ANSWER) | (served.flags & OF_THE_ANSWER)
    },
    chargeOf: (at, spentNanoUsd) => {
      const charge = (chargedNanoUsd[at] as number) - spentNanoUsd
      return charge >= 0 ? charge : 0
    },
    deferred: (at) => setFlag(at, FLAG_DEFERRED),
    overspent(at, nanoUsd) {
      overspendNanoUsd ??= new Float64Array(size)
      overspendNanoUsd[at] = (overspendNanoUsd[at] as number) + nanoUsd
    },
    bound: (at) => setFlag(at, FLAG_BOUND),
    finish(at, run) {
      const { phase } = run
      setPlan(at, run)
      if (phase.kind === 'rejected') {
        setReason(at, phase.reason)
        noAnswer(at, REJECTED)
      } else if (phase.kind === 'aborted' || phase.kind === 'failed') {
        setReason(at, phase.kind)
        noAnswer(at, UNANSWERED)
      } else if ('reason' in phase) {
        setReason(at, phase.reason)
        end[at] = SERVED
        model[at] = phase.choice.candidate.model
        if (isDowngrade(run.context.policy, phase.plan, phase.choice)) setFlag(at, FLAG_DOWNGRADED)
      }
    },
    unresolved(at, run) {
      setPlan(at, run)
      setReason(at, 'unresolved')
      noAnswer(at, UNRESOLVED)
    },
    result: (models) => ({
      size,
      row,
      end,
      model,
      wanted,
      difficulty,
      requiredTier,
      costNanoUsd,
      ...(faulty ? { chargedNanoUsd } : {}),
      ...(overspendNanoUsd === undefined ? {} : { overspendNanoUsd }),
      quality,
      latencyMs,
      delayMs,
      flags,
      reason,
      reasons,
      models,
    }),
  }
}
