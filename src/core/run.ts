import type { Choice } from './budget/choose.js'
import type { Claims } from './budget/claims.js'
import type { BindingPool, Ending } from './budget/ledger.js'
import type { Decision, RejectReason, RouteReason } from './decision.js'
import type { Settlement } from './log-record.js'
import { plan, type Plan } from './plan.js'
import type { Policy } from './policy.js'
import type { OnExceed } from './policy-schema.js'
import type { Request } from './request.js'

/**
 * The life of one request, as a state machine that both hosts drive: `step(run, event) -> [run, effects]`. It knows no
 * clock, no ledger and no model: a host supplies events and performs effects. Production and replay differ in nothing else.
 */
export interface Run {
  readonly policy: Policy
  readonly request: Request
  readonly claims: Claims
  readonly phase: Phase
  /** Reservations made so far; the current one's number while calling. */
  readonly attempts: number
  /** Charged by ended attempts: what the request's own budget has left follows from it. */
  readonly spentNanoUsd: number
  /** Models that failed. */
  readonly excluded: ReadonlySet<number> | undefined
  /** Time of the first deferral, NaN without one: the longest wait counts from here. */
  readonly deferredSince: number
}

export type Phase =
  | { readonly kind: 'new' }
  | { readonly kind: 'reserving'; readonly plan: Plan }
  | { readonly kind: 'calling'; readonly plan: Plan; readonly choice: Choice; readonly reason: RouteReason }
  | { readonly kind: 'deferred'; readonly plan: Plan; readonly wakeAt: number; readonly bindingPool: BindingPool }
  | { readonly kind: 'finished'; readonly ending: RunEnding; readonly plan: Plan | undefined }

export type RunEnding =
  | { readonly kind: 'served'; readonly choice: Choice; readonly reason: RouteReason }
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly bindingPool: BindingPool | null }
  | { readonly kind: 'aborted' | 'cancelled' | 'expired' | 'failed'; readonly choice: Choice; readonly reason: RouteReason }

export type Event =
  | { readonly kind: 'arrive'; readonly at: number }
  | { readonly kind: 'admitted'; readonly at: number; readonly choice: Choice }
  | { readonly kind: 'refused'; readonly at: number; readonly bindingPool: BindingPool; readonly retryAt: number | null }
  | { readonly kind: 'completed'; readonly at: number; readonly chargeNanoUsd: number; readonly settlement: Settlement }
  | {
      readonly kind: 'failed'
      readonly at: number
      readonly retryable: boolean
      readonly chargeNanoUsd: number
      readonly settlement: Settlement
    }
  | { readonly kind: 'aborted'; readonly at: number; readonly chargeNanoUsd: number; readonly settlement: Settlement }
  | { readonly kind: 'cancelled'; readonly at: number }
  | { readonly kind: 'expired'; readonly at: number }
  | { readonly kind: 'wake'; readonly at: number }

export type Effect =
  /** Ask the ledger; answer with `admitted` or `refused`. `attempt` numbers the reservation within the run. */
  | {
      readonly kind: 'admit'
      readonly attempt: number
      readonly plan: Plan
      readonly requestHeadroom: number
      /** Whether a refusal needs the time at which it is worth asking again. */
      readonly wantsRetryAt: boolean
    }
  | { readonly kind: 'call'; readonly attempt: number; readonly choice: Choice }
  | { readonly kind: 'settle'; readonly attempt: number; readonly ending: Ending }
  | { readonly kind: 'defer'; readonly wakeAt: number; readonly bindingPool: BindingPool }
  | { readonly kind: 'finish'; readonly ending: RunEnding }

export interface Transition {
  readonly run: Run
  readonly effects: readonly Effect[]
}

/** A run at its arrival. The claims follow from the policy's budgets and the request's labels; hosts keep them. */
export function createRun(policy: Policy, request: Request, claims: Claims): Run {
  return {
    policy,
    request,
    claims,
    phase: NEW,
    attempts: 0,
    spentNanoUsd: 0,
    excluded: undefined,
    deferredSince: NaN,
  }
}

const NEW: Phase = { kind: 'new' }

/**
 * What an event makes of a run, and what the host must do.
 * @throws RangeError when the event cannot happen in the run's phase: a host's bug.
 */
export function step(run: Run, event: Event): Transition {
  const { phase } = run
  switch (event.kind) {
    case 'arrive':
      if (phase.kind === 'new') return reserve(run, undefined)
      break
    case 'wake':
      if (phase.kind === 'deferred') return reserve(run, waitIsOver(run, event.at) ? run.policy.file.defer.then : undefined)
      break
    case 'admitted':
      if (phase.kind === 'reserving') return call(run, phase.plan, event.choice)
      break
    case 'refused':
      if (phase.kind === 'reserving') return refused(run, phase.plan, event)
      break
    default:
      if (phase.kind === 'calling') return ended(run, phase, event)
  }
  throw new RangeError(`event ${event.kind} cannot happen to a run that is ${phase.kind}`)
}

/** What a caller is told of a run: a route while it is calling, a deferral, or why it was refused. */
export function conclude(run: Run): Decision {
  const { phase, request } = run
  switch (phase.kind) {
    case 'calling':
      return routeDecision(run, phase.plan, phase.choice, phase.reason)
    case 'deferred':
      return { kind: 'defer', id: request.id, retryAt: phase.wakeAt, bindingPool: phase.bindingPool, reason: 'budgetExhausted' }
    case 'finished':
      if (phase.ending.kind === 'rejected') {
        return { kind: 'reject', id: request.id, bindingPool: phase.ending.bindingPool, reason: phase.ending.reason }
      }
      return routeDecision(run, phase.plan as Plan, phase.ending.choice, phase.ending.reason)
    default:
      throw new RangeError(`a run that is ${phase.kind} has no decision yet`)
  }
}

function routeDecision(run: Run, plan: Plan, choice: Choice, reason: RouteReason): Decision {
  return {
    kind: 'route',
    id: run.request.id,
    model: run.policy.models[choice.candidate.model]?.id ?? '',
    maxOutputTokens: choice.maxOutputTokens,
    reservedNanoUsd: choice.reservedNanoUsd,
    expectedNanoUsd: choice.candidate.expectedNanoUsd,
    downgraded: isDowngrade(run.policy, plan, choice),
    reason,
  }
}

/** Served tier below the tier of the plan's first candidate. */
export function isDowngrade(policy: Policy, plan: Plan, choice: Choice): boolean {
  const first = plan.candidates[0]
  if (first === undefined) return false
  return (policy.models[choice.candidate.model]?.tier ?? 0) < (policy.models[first.model]?.tier ?? 0)
}

function reserve(run: Run, onExceed: OnExceed | undefined): Transition {
  const planned = plan(run.policy, run.request, run.claims, { excluded: run.excluded, onExceed })
  if (planned.kind === 'impossible') return reject(run, undefined, planned.reason, null)
  return {
    run: withPhase(run, { kind: 'reserving', plan: planned.plan }),
    effects: [
      {
        kind: 'admit',
        attempt: run.attempts,
        plan: planned.plan,
        requestHeadroom: planned.plan.requestCapNanoUsd - run.spentNanoUsd,
        wantsRetryAt: planned.plan.onExceed === 'defer',
      },
    ],
  }
}

function call(run: Run, plan: Plan, choice: Choice): Transition {
  const reason = reasonOf(run, plan, choice)
  return {
    run: withPhase(run, { kind: 'calling', plan, choice, reason }),
    effects: [{ kind: 'call', attempt: run.attempts, choice }],
  }
}

function reasonOf(run: Run, plan: Plan, choice: Choice): RouteReason {
  if (run.attempts > 0) return 'failover'
  if (isDowngrade(run.policy, plan, choice)) return 'downgraded'
  if (choice.maxOutputTokens < choice.candidate.maxOutputTokens) return 'clamped'
  return choice.candidate === plan.candidates[0] ? 'asPlanned' : 'otherModel'
}

function refused(run: Run, plan: Plan, event: Extract<Event, { kind: 'refused' }>): Transition {
  const { at, bindingPool, retryAt } = event
  if (plan.onExceed !== 'defer') {
    return reject(run, plan, Number.isNaN(run.deferredSince) ? 'budgetExhausted' : 'waitedTooLong', bindingPool)
  }
  if (waitIsOver(run, at)) return reserve(run, run.policy.file.defer.then)
  if (retryAt === null) return reject(run, plan, 'neverFits', bindingPool)
  const since = Number.isNaN(run.deferredSince) ? at : run.deferredSince
  const wakeAt = Math.max(at + 1, Math.min(retryAt, since + run.policy.file.defer.maxWaitMs))
  return {
    run: { ...run, deferredSince: since, phase: { kind: 'deferred', plan, wakeAt, bindingPool } },
    effects: [{ kind: 'defer', wakeAt, bindingPool }],
  }
}

function waitIsOver(run: Run, at: number): boolean {
  return at >= run.deferredSince + run.policy.file.defer.maxWaitMs
}

function reject(run: Run, plan: Plan | undefined, reason: RejectReason, bindingPool: BindingPool | null): Transition {
  return finish(run, plan, { kind: 'rejected', reason, bindingPool })
}

function finish(run: Run, plan: Plan | undefined, ending: RunEnding): Transition {
  return { run: withPhase(run, { kind: 'finished', ending, plan }), effects: [{ kind: 'finish', ending }] }
}

type Calling = Extract<Phase, { kind: 'calling' }>
type EndEvent = Exclude<Event, { kind: 'arrive' | 'admitted' | 'refused' | 'wake' }>

function ended(run: Run, phase: Calling, event: EndEvent): Transition {
  const { choice, reason } = phase
  switch (event.kind) {
    case 'completed': {
      const ending: RunEnding = { kind: 'served', choice, reason }
      return settleAndFinish(run, phase, { ...chargeOf(event), kind: 'settled' }, ending)
    }
    case 'failed':
      return failed(run, phase, event)
    case 'aborted':
      return settleAndFinish(run, phase, { ...chargeOf(event), kind: 'aborted' }, { kind: 'aborted', choice, reason })
    case 'cancelled': {
      const ending: Ending = { kind: 'cancelled', at: event.at, chargeNanoUsd: 0, settlement: 'actual' }
      return settleAndFinish(run, phase, ending, { kind: 'cancelled', choice, reason })
    }
    case 'expired':
      return finish(run, phase.plan, { kind: 'expired', choice, reason })
  }
}

function chargeOf(event: { at: number; chargeNanoUsd: number; settlement: Settlement }): Omit<Ending, 'kind'> {
  return { at: event.at, chargeNanoUsd: event.chargeNanoUsd, settlement: event.settlement }
}

function settleAndFinish(run: Run, phase: Calling, ending: Ending, runEnding: RunEnding): Transition {
  const settle: Effect = { kind: 'settle', attempt: run.attempts, ending }
  return {
    run: withPhase(run, { kind: 'finished', ending: runEnding, plan: phase.plan }),
    effects: [settle, { kind: 'finish', ending: runEnding }],
  }
}

/** Failover: the failed model is left out and the rest is planned and reserved anew, so that the model served pays. */
function failed(run: Run, phase: Calling, event: Extract<Event, { kind: 'failed' }>): Transition {
  const settle: Effect = { kind: 'settle', attempt: run.attempts, ending: { ...chargeOf(event), kind: 'failed' } }
  const { choice } = phase
  const attempts = run.attempts + 1
  if (!event.retryable || attempts >= run.policy.file.failover.maxAttempts) {
    return noneLeft(run, phase, settle)
  }
  const excluded = new Set(run.excluded).add(choice.candidate.model)
  const spentNanoUsd = run.spentNanoUsd + event.chargeNanoUsd
  const again = reserve({ ...run, attempts, excluded, spentNanoUsd }, undefined)
  if (again.run.phase.kind === 'finished') return noneLeft(run, phase, settle)
  return { run: again.run, effects: [settle, ...again.effects] }
}

/** No model is left to fail over to: the run ends as the failure it is, not as a refusal. */
function noneLeft(run: Run, phase: Calling, settle: Effect): Transition {
  const ending: RunEnding = { kind: 'failed', choice: phase.choice, reason: phase.reason }
  return {
    run: withPhase(run, { kind: 'finished', ending, plan: phase.plan }),
    effects: [settle, { kind: 'finish', ending }],
  }
}

function withPhase(run: Run, phase: Phase): Run {
  return {
    policy: run.policy,
    request: run.request,
    claims: run.claims,
    phase,
    attempts: run.attempts,
    spentNanoUsd: run.spentNanoUsd,
    excluded: run.excluded,
    deferredSince: run.deferredSince,
  }
}
