import type { AttemptRecord } from '../core/log-record.js'
import { conclude, step, type Run } from '../core/run.js'
import type { DecisionRecord } from './decision-record.js'
import type { RouteRequest } from './route-request.js'
import type { SettleAnswer } from './router-api.js'

/** A request from its first decision until its record is complete. */
export interface Live {
  run: Run
  /** Of this life of the request id, in reservations: other routers use the id, and so may a later life, while each call holds its own money. */
  readonly name: string
  /** What the caller asked, while a service is to assess it. */
  given: RouteRequest | undefined
  readonly record: DecisionRecord
  /** Reservation id of the current attempt. */
  reservationId: string
  /** When the ledger was asked for it last, as the waiters count. */
  asked: number
  /** What the store answered to its last end. */
  answer: SettleAnswer
}

/**
 * What an attempt was charged that ended before the current one; undefined where it is the current one.
 * @throws RangeError where no attempt is named once a cascade has climbed, or one that was never made: a second settle of a
 * lower rung would end the call of the one above.
 */
export function endedBefore({ run, record }: Live, attempt: number | undefined): number | undefined {
  const { attempts, answer } = run.past
  const { id } = run.context.request
  if (attempt === undefined && answer !== undefined && run.phase.kind === 'calling')
    throw new RangeError(
      `settling ${id} must name usage.attempt (the decision's): its cascade has gone on to attempt ${attempts}`,
    )
  if (attempt !== undefined && !(Number.isInteger(attempt) && attempt >= 0 && attempt <= attempts))
    throw new RangeError(`usage.attempt must be a whole number from 0 to ${attempts}, got ${attempt}`)
  if (attempt === undefined || attempt >= attempts) return undefined
  return record.attempts[attempt]?.ends.at(-1)?.costNanoUsd ?? 0
}

/** Of all attempts, as the ledger has it. */
export function chargedFor({ record }: Live): number {
  return record.attempts.reduce(
    (sum, attempt) => sum + (attempt.ends.at(-1)?.costNanoUsd ?? attempt.record.reservedNanoUsd),
    0,
  )
}

/** Written down with whatever was decided by it. */
export function hintOf({ run }: Live): Pick<AttemptRecord, 'budgetHint' | 'cacheHint'> {
  const { budgetHint, cacheHint } = run.context
  return {
    ...(budgetHint === undefined ? {} : { budgetHint }),
    ...(cacheHint === undefined ? {} : { cacheHint }),
  }
}

/** What the decision log says of what was admitted: a call of a model, or of the classifier's service. */
export function admittedCall(
  run: Run,
): Pick<AttemptRecord, 'model' | 'maxOutputTokens' | 'reservedNanoUsd' | 'reason' | 'purpose'> | undefined {
  const { phase, context } = run
  if (phase.kind === 'assessing') {
    const model = context.policy.classifier.service?.name ?? ''
    const { maxOutputTokens, reservedNanoUsd } = phase.choice
    return { model, maxOutputTokens, reservedNanoUsd, reason: 'asPlanned', purpose: 'assess' }
  }
  const decision = conclude(run)
  if (decision.kind !== 'route') return undefined
  const { model, maxOutputTokens, reservedNanoUsd, reason } = decision
  return { model, maxOutputTokens, reservedNanoUsd, reason }
}

export function expireRun(live: Live, at: number): void {
  live.run = step(live.run, { kind: 'expired', at, chargeNanoUsd: 0, settlement: 'bound', retryable: false })
}

export function isAbandoned({ phase, context }: Run, now: number): boolean {
  return phase.kind === 'deferred' && now > phase.wakeAt + context.policy.file.defer.maxWaitMs
}

/** @throws RangeError where the id is taken. */
export function checkMayArrive(known: Live | undefined, id: string): void {
  if (known !== undefined && !wasUnavailable(known))
    throw new RangeError(`request id must be new, deferred or storeUnavailable, got ${id}`)
}

/** Nobody has decided on it yet: it may be asked again. */
function wasUnavailable({ run }: Live): boolean {
  return run.phase.kind === 'rejected' && run.phase.reason === 'storeUnavailable'
}

/** A call whose time was up may have been told to have failed since, also where a lower rung's answer was served instead. */
export function mayFail({ phase, past }: Run): boolean {
  const { kind } = phase
  return kind === 'calling' || kind === 'expired' || (kind === 'served' && past.answer !== undefined)
}
