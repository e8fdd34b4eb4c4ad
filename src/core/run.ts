import type { BudgetHint } from './budget/budget-hint.js'
import type { Choice } from './budget/choose.js'
import type { Claims } from './budget/claims.js'
import type { BindingPool, Ending } from './budget/ledger.js'
import type { Decision, RejectReason, RouteReason } from './decision.js'
import type { EndKind, Settlement } from './log-record.js'
import { plan, type Plan, type PlanOptions } from './plan.js'
import type { CacheHint } from './prompt-cache.js'
import type { Policy } from './policy.js'
import type { OnExceed } from './policy-schema.js'
import { assessmentPlan } from './assessment-plan.js'
import type { Service } from './classify/classifier.js'
import type { Assessment, Request } from './request.js'
import type { PlannedRung } from './select/ladder.js'

/**
 * The life of one request, as a state machine that both hosts drive: it begins with `arrive`, and `step(run, event)` is the next run, whose `effects`
 * the host performs in their order. It knows no clock, no ledger and no model. Production and replay differ in nothing else.
 *
 * Effects are tags and what they need stands in the run: a step makes two small objects, which is what lets replay decide
 * half a million requests a second with the very code of production.
 */
export interface Run {
  readonly context: RunContext
  readonly phase: Phase
  readonly effects: readonly Effect[]
  readonly past: Past
  /** How the last attempt ended: what `settle` tells the ledger. */
  readonly ending: Ending | undefined
}

/** What earlier attempts and deferrals have left behind. Most requests have none, and share one such value. */
export interface Past {
  /** Reservations that have ended so far: the number of the current one. */
  readonly attempts: number
  /** How many of them were for assessments. */
  readonly assessments: number
  /** Charged by ended attempts: what the request's own budget has left follows from it. */
  readonly spentNanoUsd: number
  /** Models that failed. */
  readonly excluded: ReadonlySet<number> | undefined
  /** Time of the first deferral, NaN without one: the longest wait counts from here. */
  readonly deferredSince: number
  /** The best answer so far, of a rung that scored too low: served where the next one is refused or fails. */
  readonly answer: Answer | undefined
}

/** An answer at hand. */
export interface Answer {
  readonly plan: Plan
  readonly choice: Choice
  /** Which of the run's attempts gave it. */
  readonly attempt: number
}

/** What stays the same while a request lives; a wake brings a new hint. */
export interface RunContext {
  readonly policy: Policy
  readonly request: Request
  /** Follow from the policy's budgets and the request's labels; hosts keep them for requests with the same labels. */
  readonly claims: Claims
  /** For selectors that follow a budget: how much of the request's pool was used when it arrived, or woke. */
  readonly budgetHint?: BudgetHint | undefined
  /** What the request's session left in prompt caches when it arrived, or woke. */
  readonly cacheHint?: CacheHint | undefined
}

export type Phase =
  | { readonly kind: 'reserving'; readonly plan: Plan; readonly forAssessment?: true }
  | { readonly kind: 'assessing'; readonly plan: Plan; readonly choice: Choice }
  | Calling
  | {
      readonly kind: 'deferred'
      readonly plan: Plan
      readonly wakeAt: number
      readonly bindingPool: BindingPool
    }
  | {
      readonly kind: 'rejected'
      readonly plan: Plan | undefined
      readonly reason: RejectReason
      readonly bindingPool: BindingPool | null
    }
  | Ended

/** A call is under way. */
export interface Calling {
  readonly kind: 'calling'
  readonly plan: Plan
  readonly choice: Choice
  readonly reason: RouteReason
}

/** The last call has ended: served, or as it says. */
export interface Ended {
  readonly kind: 'served' | 'aborted' | 'cancelled' | 'expired' | 'failed'
  readonly plan: Plan
  readonly choice: Choice
  readonly reason: RouteReason
}

export type Event =
  | { readonly kind: 'admitted'; readonly at: number; readonly choice: Choice }
  | {
      readonly kind: 'refused'
      readonly at: number
      readonly bindingPool: BindingPool
      readonly retryAt: number | null
    }
  | EndEvent
  | AssessedEvent
  | WakeEvent
  /** The ledger did not answer. */
  | { readonly kind: 'unavailable'; readonly at: number }

/** Money came back, or the wait is over; with what is known by then. */
export interface WakeEvent extends Pick<RunContext, 'budgetHint' | 'cacheHint'> {
  readonly kind: 'wake'
  readonly at: number
}

/** A service has answered; without an assessment it failed or was late. */
export interface AssessedEvent {
  readonly kind: 'assessed'
  readonly at: number
  readonly assessment: Assessment | undefined
  readonly chargeNanoUsd: number
  readonly settlement: Settlement
}

/** How a call ended. `retryable` is read of failures only. */
export interface EndEvent {
  readonly kind: 'completed' | 'failed' | 'aborted' | 'cancelled' | 'expired'
  readonly at: number
  readonly chargeNanoUsd: number
  readonly settlement: Settlement
  readonly retryable: boolean
  /** What a cascade's answer scored: NaN where scoring failed, undefined where nobody scores and the answer is taken. */
  readonly score?: number | undefined
}

/**
 * `admit`: ask the ledger for `phase.plan`, answer with `admitted` or `refused`. `assess`: ask the classifier's service, answer
 * with `assessed`. `call`: call the model of `phase.choice`.
 * `settle`: tell the ledger `run.ending` of the attempt that was under way. `defer`: wake the run at `phase.wakeAt` or when
 * money comes back. `finish`: nothing more will happen.
 */
export type Effect = 'admit' | 'assess' | 'call' | 'settle' | 'defer' | 'finish'

const ADMIT: readonly Effect[] = ['admit']
const NOTHING: readonly Effect[] = []
const ASSESS: readonly Effect[] = ['assess']
const CALL: readonly Effect[] = ['call']
const DEFER: readonly Effect[] = ['defer']
const FINISH: readonly Effect[] = ['finish']
const SETTLE_AND_ADMIT: readonly Effect[] = ['settle', 'admit']
const SETTLE_AND_FINISH: readonly Effect[] = ['settle', 'finish']

/** A request arrives: its first run, which asks the ledger or is refused at once. */
export function arrive(context: RunContext): Run {
  const { policy, request, claims, budgetHint, cacheHint } = context
  const { service } = policy.classifier
  if (service !== undefined && claims.kind === 'claims' && needsAssessment(service, request)) {
    const phase = {
      kind: 'reserving',
      plan: assessmentPlan(service, request, claims),
      forAssessment: true,
    } as const
    return { context, phase, effects: ADMIT, past: NO_PAST, ending: undefined }
  }
  const isHinted = budgetHint !== undefined || cacheHint !== undefined
  const options = isHinted ? { ...FIRST_PLAN, budgetHint, cacheHint } : FIRST_PLAN
  const planned = plan(policy, request, claims, options)
  const refused = typeof planned === 'string'
  return {
    context,
    phase: refused
      ? { kind: 'rejected', plan: undefined, reason: planned, bindingPool: null }
      : { kind: 'reserving', plan: planned },
    effects: refused ? FINISH : ADMIT,
    past: NO_PAST,
    ending: undefined,
  }
}

/** A caller's own assessment is used as it is. */
function needsAssessment(service: Service, { assessment, features }: Request): boolean {
  return assessment === undefined && service.isAsked(features)
}

const NO_PAST: Past = {
  attempts: 0,
  assessments: 0,
  spentNanoUsd: 0,
  excluded: undefined,
  deferredSince: NaN,
  answer: undefined,
}
const FIRST_PLAN: PlanOptions = {
  excluded: undefined,
  onExceed: undefined,
  rung: 0,
  budgetHint: undefined,
  cacheHint: undefined,
}

/**
 * What an event makes of a run.
 * @throws RangeError when the event cannot happen in the run's phase: a host's bug.
 */
export function step(run: Run, event: Event): Run {
  const { phase } = run
  switch (event.kind) {
    case 'wake':
      if (phase.kind === 'deferred')
        return reserve(hinted(run, event), waitIsOver(run, event.at) ? afterWait(run) : undefined)
      break
    case 'admitted':
      if (phase.kind !== 'reserving') break
      return phase.forAssessment === true
        ? next(run, { kind: 'assessing', plan: phase.plan, choice: event.choice }, ASSESS)
        : call(run, phase.plan, event.choice)
    case 'assessed':
      if (phase.kind === 'assessing') return assessed(run, event)
      break
    case 'refused':
      if (phase.kind !== 'reserving') break
      // Nobody pays for an assessment: the rules assess.
      return phase.forAssessment === true ? reserve(run, undefined) : refused(run, phase.plan, event)
    case 'unavailable':
      if (phase.kind === 'reserving') return unavailable(run, phase.plan)
      break
    case 'expired':
      // The ledger has charged the assessment already, and its answer is still to come.
      if (phase.kind === 'assessing') return next(run, phase, NOTHING)
      if (phase.kind === 'calling') return ended(run, phase, event)
      break
    default:
      if (phase.kind === 'calling') return ended(run, phase, event)
  }
  throw new RangeError(`event ${event.kind} cannot happen to a run that is ${phase.kind}`)
}

/** Nothing more will happen to the run. */
export function isFinished(run: Run): boolean {
  const { kind } = run.phase
  return kind !== 'reserving' && kind !== 'assessing' && kind !== 'calling' && kind !== 'deferred'
}

/** What the request's own budget still allows. */
export function requestHeadroom(run: Run, plan: Plan): number {
  return plan.requestCapNanoUsd - run.past.spentNanoUsd
}

/** What a caller is told of a run: where to call, when to ask again, or why it was refused. */
export function conclude(run: Run): Decision {
  const { phase, context } = run
  const { id } = context.request
  switch (phase.kind) {
    case 'reserving':
    case 'assessing':
      throw new RangeError(`a run that is ${phase.kind} has no decision yet`)
    case 'deferred':
      return {
        kind: 'defer',
        id,
        retryAt: phase.wakeAt,
        bindingPool: phase.bindingPool,
        reason: 'budgetExhausted',
      }
    case 'rejected':
      return { kind: 'reject', id, bindingPool: phase.bindingPool, reason: phase.reason }
    default:
      return {
        kind: 'route',
        id,
        model: context.policy.models[phase.choice.candidate.model]?.id ?? '',
        maxOutputTokens: phase.choice.maxOutputTokens,
        reservedNanoUsd: phase.choice.reservedNanoUsd,
        expectedNanoUsd: finite(phase.choice.candidate.expectedNanoUsd),
        downgraded: isDowngrade(context.policy, phase.plan, phase.choice),
        reason: phase.reason,
        ...(context.policy.selector.ladder === undefined ? {} : { attempt: answeringAttempt(run) }),
      }
  }
}

function finite(value: number): number | null {
  return value === Infinity ? null : value
}

/** Served tier below the tier of the plan's first candidate; what was drawn by lot is no downgrade. */
export function isDowngrade(policy: Policy, plan: Plan, choice: Choice): boolean {
  if (isExplored(plan, choice)) return false
  const tier = policy.models[choice.candidate.model]?.tier ?? 0
  return tier < (policy.models[(plan.usual ?? plan).first.model]?.tier ?? 0)
}

/** It was drawn, and fitted. */
function isExplored({ usual, selected }: Plan, { candidate }: Choice): boolean {
  return usual !== undefined && selected.includes(candidate)
}

function hinted(run: Run, { budgetHint, cacheHint }: WakeEvent): Run {
  const { context } = run
  if (budgetHint === context.budgetHint && cacheHint === context.cacheHint) return run
  return { ...run, context: { ...context, budgetHint, cacheHint } }
}

/** Of a cascade: from the rung above the answer at hand, and what does not fit is refused. */
function reserve(run: Run, onExceed: OnExceed | undefined): Run {
  const { policy, request, claims, budgetHint, cacheHint } = run.context
  const { excluded, answer } = run.past
  const planned = plan(policy, request, claims, {
    excluded,
    onExceed: answer === undefined ? onExceed : 'reject',
    rung: answer === undefined ? 0 : (answer.plan.rung?.place ?? 0) + 1,
    budgetHint,
    cacheHint,
  })
  if (typeof planned === 'string') return reject(run, undefined, planned, null)
  return next(run, { kind: 'reserving', plan: planned }, ADMIT)
}

/** What it was charged counts against the request's own budget; without an assessment the rules assess. */
function assessed(run: Run, event: AssessedEvent): Run {
  const { at, assessment, chargeNanoUsd, settlement } = event
  const { context, past } = run
  const ending: Ending = {
    kind: assessment === undefined ? 'failed' : 'settled',
    chargeNanoUsd,
    settlement,
    at,
  }
  const planned = reserve(
    {
      ...run,
      ending,
      context:
        assessment === undefined ? context : { ...context, request: { ...context.request, assessment } },
      past: {
        ...past,
        attempts: past.attempts + 1,
        assessments: past.assessments + 1,
        spentNanoUsd: past.spentNanoUsd + chargeNanoUsd,
      },
    },
    undefined,
  )
  return { ...planned, effects: planned.phase.kind === 'rejected' ? SETTLE_AND_FINISH : SETTLE_AND_ADMIT }
}

function call(run: Run, plan: Plan, choice: Choice): Run {
  return next(run, { kind: 'calling', plan, choice, reason: reasonOf(run, plan, choice) }, CALL)
}

function reasonOf(run: Run, plan: Plan, choice: Choice): RouteReason {
  if (run.past.answer !== undefined) return 'escalated'
  if (run.past.attempts > run.past.assessments) return 'failover'
  const { candidate } = choice
  if (isExplored(plan, choice)) return 'explored'
  if (candidate === (plan.usual ?? plan).first)
    return choice.maxOutputTokens < candidate.maxOutputTokens ? 'clamped' : 'asPlanned'
  if (isDowngrade(run.context.policy, plan, choice)) return 'downgraded'
  return choice.maxOutputTokens < candidate.maxOutputTokens ? 'clamped' : 'otherModel'
}

function refused(run: Run, plan: Plan, event: Extract<Event, { kind: 'refused' }>): Run {
  const { at, bindingPool, retryAt } = event
  if (run.past.answer !== undefined) return serveAnswer(run, run.past.answer, FINISH)
  if (plan.onExceed !== 'defer') {
    return reject(
      run,
      plan,
      Number.isNaN(run.past.deferredSince) ? 'budgetExhausted' : 'waitedTooLong',
      bindingPool,
    )
  }
  if (waitIsOver(run, at)) return reserve(run, afterWait(run))
  if (retryAt === null) return reject(run, plan, 'neverFits', bindingPool)
  const since = Number.isNaN(run.past.deferredSince) ? at : run.past.deferredSince
  const wakeAt = Math.max(at + 1, Math.min(retryAt, since + run.context.policy.file.defer.maxWaitMs))
  const past = { ...run.past, deferredSince: since }
  return next({ ...run, past }, { kind: 'deferred', plan, wakeAt, bindingPool }, DEFER)
}

function unavailable(run: Run, plan: Plan): Run {
  const { answer } = run.past
  return answer === undefined ? reject(run, plan, 'storeUnavailable', null) : serveAnswer(run, answer, FINISH)
}

/** No better answer is to be had. */
function serveAnswer(run: Run, { plan, choice }: Answer, effects: readonly Effect[], ending?: Ending): Run {
  return next(run, { kind: 'served', plan, choice, reason: 'escalationRefused' }, effects, ending)
}

function afterWait(run: Run): OnExceed {
  return run.context.policy.file.defer.then
}

function waitIsOver(run: Run, at: number): boolean {
  return at >= run.past.deferredSince + run.context.policy.file.defer.maxWaitMs
}

function reject(
  run: Run,
  plan: Plan | undefined,
  reason: RejectReason,
  bindingPool: BindingPool | null,
): Run {
  return next(run, { kind: 'rejected', plan, reason, bindingPool }, FINISH)
}

function ended(run: Run, phase: Calling, event: EndEvent): Run {
  switch (event.kind) {
    case 'completed':
      return completed(run, phase, event)
    case 'aborted':
      return end(run, phase, 'aborted', endingOf(event, 'aborted'))
    case 'cancelled':
      return end(run, phase, 'cancelled', endingOf(event, 'cancelled'))
    case 'failed':
      return failed(run, phase, event)
    case 'expired':
      // The ledger has charged it already: there is nothing left to settle.
      return run.past.answer === undefined
        ? next(run, { kind: 'expired', plan: phase.plan, choice: phase.choice, reason: phase.reason }, FINISH)
        : serveAnswer(run, run.past.answer, FINISH)
  }
}

function endingOf(event: EndEvent, kind: EndKind): Ending {
  return { kind, chargeNanoUsd: event.chargeNanoUsd, settlement: event.settlement, at: event.at }
}

/** Where no answer came and one is at hand, that one is served. */
function end(run: Run, phase: Calling, kind: Ended['kind'], ending: Ending): Run {
  const { plan, choice, reason } = phase
  const { answer } = run.past
  if (kind !== 'served' && answer !== undefined) return serveAnswer(run, answer, SETTLE_AND_FINISH, ending)
  return next(run, { kind, plan, choice, reason }, SETTLE_AND_FINISH, ending)
}

function completed(run: Run, phase: Calling, event: EndEvent): Run {
  const ending = endingOf(event, 'settled')
  if (!isTooLow(run, event.score)) return end(run, phase, 'served', ending)
  const { attempts, spentNanoUsd } = run.past
  const answer = { plan: phase.plan, choice: phase.choice, attempt: attempts }
  const past = {
    ...run.past,
    attempts: attempts + 1,
    spentNanoUsd: spentNanoUsd + event.chargeNanoUsd,
    answer,
  }
  const above = reserve({ ...run, ending, past }, undefined)
  if (above.phase.kind === 'rejected') return serveAnswer(above, answer, SETTLE_AND_FINISH)
  return { ...above, effects: SETTLE_AND_ADMIT }
}

/** A score that could not be had is too low. */
function isTooLow(run: Run, score: number | undefined): boolean {
  const rung = calledRung(run)
  if (rung === undefined || rung.isLast) return false
  return score !== undefined && !(score >= rung.accept)
}

/** The rung whose call is under way; undefined where it is that of a model which money made us take instead. */
export function calledRung({ phase }: Run): PlannedRung | undefined {
  if (phase.kind !== 'calling') return undefined
  const { rung } = phase.plan
  return rung?.model === phase.choice.candidate.model ? rung : undefined
}

/** Which attempt gave the answer of a served run. */
export function answeringAttempt({ past, phase }: Run): number {
  const { answer } = past
  const isAtHand = answer !== undefined && phase.kind === 'served' && phase.choice === answer.choice
  return isAtHand ? answer.attempt : past.attempts
}

/** Failover: the failed model is left out and the rest is planned and reserved anew, so that the model served pays. */
function failed(run: Run, phase: Calling, event: EndEvent): Run {
  const ending = endingOf(event, 'failed')
  const attempts = run.past.attempts + 1
  const giveUp = end(run, phase, 'failed', ending)
  const excluded = new Set(run.past.excluded).add(phase.choice.candidate.model)
  if (!event.retryable || excluded.size >= run.context.policy.file.failover.maxAttempts) return giveUp
  const past = {
    ...run.past,
    attempts,
    spentNanoUsd: run.past.spentNanoUsd + event.chargeNanoUsd,
    excluded,
  }
  const again = reserve({ ...run, ending, past }, undefined)
  return again.phase.kind === 'rejected' ? giveUp : { ...again, effects: SETTLE_AND_ADMIT }
}

function next(
  { context, past, ending: last }: Run,
  phase: Phase,
  effects: readonly Effect[],
  ending: Ending | undefined = last,
): Run {
  return { context, phase, effects, past, ending }
}
