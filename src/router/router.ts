import type { PoolAudit, PoolName } from '../core/budget/audit.js'
import { chooseCandidate } from '../core/budget/choose.js'
import { claimsFor, type Claims } from '../core/budget/claims.js'
import type { BindingPool, EndAnswer, Ending } from '../core/budget/ledger.js'
import { whyEstimated } from '../core/cap-guarantee.js'
import type { Decision } from '../core/decision.js'
import type { AttemptEnd, EndKind, LogRecord, Settlement } from '../core/log-record.js'
import { poolKey } from '../core/deferral-queue.js'
import type { Policy } from '../core/policy.js'
import {
  answeringAttempt,
  arrive,
  calledRung,
  conclude,
  isFinished,
  requestHeadroom,
  step,
  type Effect,
  type Event,
  type Run,
  type RunContext,
} from '../core/run.js'
import type { Plan } from '../core/plan.js'
import { propensitiesOf } from '../core/propensities.js'
import { finishOf, type AnswerSigns } from '../core/score/answer-signs.js'
import { scoreAnswer } from '../core/score/score-answer.js'
import type { TokenCounter } from '../core/tokens/counter.js'
import { checkUsage, type Usage } from '../core/usage.js'
import { askService } from './ask-service.js'
import { createBudgetHints, type BudgetHints } from './budget-hints.js'
import { askScore, callAttempt, type Answered, type CallAttempt, type CallResult } from './call-attempt.js'
import { readFailure, type CallFailure } from './call-failure.js'
import { poolName, toLogRecord, type Attempt, type DecisionRecord, type LogText } from './decision-record.js'
import { chargeOf, type Charge } from './charge.js'
import { defaultCounter } from './default-counter.js'
import type {
  PolicyChange,
  Router,
  RouterHealth,
  RouterOptions,
  RunOptions,
  RunResult,
  SettleAnswer,
  SettleUsage,
} from './router-api.js'
import { createSessionHints } from './session-hints.js'
import {
  admittedCall,
  chargedFor,
  checkMayArrive,
  endedBefore,
  expireRun,
  hintOf,
  isAbandoned,
  mayFail,
  type Live,
} from './live.js'
import { createOrder } from './order.js'
import { watchPriceAge, type PriceAgeWatch } from './price-age.js'
import { feedbackRecord, sessionFeedbackRecord, type Feedback } from './feedback.js'
import { toRequest, type RouteRequest } from './route-request.js'
import { guardStore, type StoreGuard, type StoreHealth } from './store-guard.js'
import type { BudgetStore, Stamped, StoreAdmission, StoreState } from './store.js'
import { memoryStore } from './stores/memory.js'
import { explainDecision, type Trace } from './trace.js'
import { createWaiters } from './waiters.js'

type Refusal = Extract<StoreAdmission, { kind: 'refused' }>

type CallUsage = Usage & { readonly latencyMs?: number }

/** What is told of an attempt at its end. Of several samples, the first usage is that of the answer. */
interface Used {
  readonly usages: readonly (CallUsage | undefined)[]
  readonly signs: AnswerSigns | undefined
  readonly score: number | undefined
}

const NOTHING_USED: Used = { usages: [undefined], signs: undefined, score: undefined }

function signsOfUsage({ outputTokens, score, agreement, finishReason, refused }: SettleUsage): AnswerSigns {
  return { outputTokens, score, agreement, finish: finishOf(finishReason), refused }
}

/** The request's own cap, as what binds. */
function requestPool({ run }: Live, plan: Plan): BindingPool {
  return { budgetId: 'request', label: '', capNanoUsd: requestHeadroom(run, plan) }
}

const UNKNOWN: EndAnswer = { status: 'unknown', chargedNanoUsd: 0 }

/** Longer than a store's own patience: SQLite waits for others' writes for 5 seconds. */
const STORE_TIMEOUT_MS = 6000

/** How long an ended request is remembered, so that a late or second answer finds it. */
const REMEMBERED = 100_000

/** A router over one policy and one budget store. Deterministic code in front of every call; no model is asked. */
export async function createRouter(policy: Policy, options: RouterOptions = {}): Promise<Router> {
  const router = new PolicyRouter(policy, options)
  await router.start()
  return router
}

class PolicyRouter implements Router {
  readonly #store: BudgetStore
  readonly #guard: StoreGuard
  readonly #hints: BudgetHints
  readonly #onWarning: RouterOptions['onWarning']
  readonly #now: () => number
  readonly #counter: TokenCounter
  readonly #onDecision: RouterOptions['onDecision']
  readonly #assess: RouterOptions['assess']
  readonly #logText: LogText
  readonly #logAdmissions: boolean
  readonly #live = new Map<string, Live>()
  readonly #waiters = createWaiters()
  readonly #order = createOrder()
  readonly #caches = createSessionHints()
  readonly #claims = new Map<string, Claims>()
  readonly #priceAge: PriceAgeWatch
  #policy: Policy
  #made = 0
  #arrived = 0
  #overspends = 0
  #closed = false
  /** 128 random bits: no other router of the same store has it. */
  readonly #name = [...globalThis.crypto.getRandomValues(new Uint32Array(4))]
    .map((part) => part.toString(36))
    .join('')

  constructor(policy: Policy, options: RouterOptions) {
    this.#policy = policy
    this.#store = options.store ?? memoryStore()
    this.#onWarning = options.onWarning
    this.#guard = guardStore(this.#store, {
      onStoreError: options.onStoreError ?? 'reject',
      timeoutMs: options.storeTimeoutMs ?? STORE_TIMEOUT_MS,
      onError: (error) => this.#onWarning?.({ kind: 'storeError', error }),
      onAcknowledged: (id, ending, answer) => this.#acknowledged(id, ending, answer),
    })
    this.#now = options.now ?? Date.now
    this.#hints = createBudgetHints({
      use: (pool) => this.#guard.use(pool),
      shared: this.#store.shared,
      now: this.#now,
    })
    this.#counter = options.counter ?? defaultCounter()
    this.#onDecision = options.onDecision
    this.#assess = options.assess
    this.#checkAssess(policy)
    this.#logText = options.logText ?? 'features'
    this.#logAdmissions = options.logAdmissions ?? true
    this.#priceAge = watchPriceAge((stale) => this.#onWarning?.(stale))
  }

  async start(): Promise<void> {
    await this.#store.start({
      budgets: this.#policy.budgets,
      now: this.#now,
      onExpired: (expired) => this.#expired(expired.id, expired),
      onReturned: (pools) => this.#waiters.returned(pools),
    })
    const at = Math.floor(this.#now())
    this.#priceAge.begin(this.#policy, at)
    this.#onDecision?.({ ...this.#policyLine(0, at), start: true })
  }

  async route(
    given: RouteRequest,
    options: { readonly trace?: boolean } = {},
  ): Promise<Decision & { readonly trace?: Trace }> {
    const live = await this.#routed(given)
    const decision = conclude(live.run)
    return options.trace === true ? { ...decision, trace: explainDecision(live.run) } : decision
  }

  async #routed(given: RouteRequest): Promise<Live> {
    const id = given.id ?? `${this.#name}-${(++this.#made).toString(36)}`
    const known = this.#live.get(id)
    if (known?.run.phase.kind === 'deferred') {
      await this.#wake(known)
      return known
    }
    checkMayArrive(known, id)
    const context = this.#contextOf(given, id)
    const hint = this.#hints.of(context.policy, context.claims)
    const budgetHint = hint instanceof Promise ? await hint : hint
    // Another request may have come with the id while the store was asked.
    checkMayArrive(this.#live.get(id), id)
    const cacheHint = this.#caches.hint(context.policy, context.request, Math.floor(this.#now()))
    const live = this.#arrive(given, { ...context, budgetHint, cacheHint })
    this.#live.set(id, live)
    await this.#performAll(live)
    return live
  }

  #contextOf(given: RouteRequest, id: string): RunContext {
    const policy = this.#policy
    const measuring = { counter: this.#counter, extractor: policy.classifier.extractor }
    const at = Math.floor(this.#now())
    this.#priceAge.request(policy, at)
    const request = toRequest(given, id, at, measuring)
    return { policy, request, claims: this.#claimsOf(policy, request.scope) }
  }

  #arrive(given: RouteRequest, context: RunContext): Live {
    const { policy, request } = context
    const record: DecisionRecord = {
      request,
      text: this.#logText === 'full' ? textOf(given) : {},
      task: given.task,
      life: this.#name,
      sharedLedger: this.#store.shared,
      policy,
      attempts: [],
      deferrals: [],
      rejected: undefined,
      escalationRefused: undefined,
      propensities: undefined,
      answering: undefined,
      assessment: undefined,
      difficulty: undefined,
    }
    const run = arrive(context)
    return {
      run,
      name: `${this.#name}-${(++this.#arrived).toString(36)}`,
      given: run.phase.kind === 'reserving' && run.phase.forAssessment === true ? given : undefined,
      record,
      reservationId: '',
      asked: 0,
      answer: UNKNOWN,
    }
  }

  /** Requests with the same labels share their claims. */
  #claimsOf(policy: Policy, scope: Readonly<Record<string, string>>): Claims {
    const values = policy.budgets.flatMap(({ labels }) => labels.map((label) => scope[label] ?? null))
    const key = JSON.stringify(values)
    let claims = this.#claims.get(key)
    if (claims === undefined) {
      claims = claimsFor(policy.budgets, scope)
      if (this.#claims.size >= REMEMBERED) this.#claims.clear()
      this.#claims.set(key, claims)
    }
    return claims
  }

  async #apply(live: Live, event: Event): Promise<void> {
    live.run = step(live.run, event)
    await this.#performAll(live)
  }

  async #performAll(live: Live): Promise<void> {
    const { run } = live
    for (const effect of run.effects) await this.#perform(live, run, effect)
  }

  async #perform(live: Live, run: Run, effect: Effect): Promise<void> {
    switch (effect) {
      case 'admit':
        return run.phase.kind === 'reserving' ? this.#admit(live, run, run.phase.plan) : undefined
      case 'assess':
        return this.#askService(live, run)
      case 'settle':
        return this.#settle(live, run)
      case 'defer':
        return this.#emit(live)
      case 'finish':
        if (run.phase.kind === 'rejected') live.record.rejected ??= unstoredRejection(run, run.phase.reason)
        if (run.phase.kind === 'served') live.record.answering = answeringAttempt(run)
        this.#emit(live)
        return this.#forgetOldest()
      case 'call':
    }
  }

  /** @throws TypeError where the policy asks a service and nobody says how. */
  #checkAssess({ classifier }: Policy): void {
    if (classifier.service !== undefined && this.#assess === undefined)
      throw new TypeError(
        `options.assess must be given: the policy asks the service ${classifier.service.name}`,
      )
  }

  async #askService(live: Live, run: Run): Promise<void> {
    const { service } = run.context.policy.classifier
    const { given } = live
    if (service === undefined || this.#assess === undefined || given === undefined)
      throw new RangeError(`request ${run.context.request.id} has no service to ask`)
    const { id } = run.context.request
    const answer = await askService(
      service,
      { request: given, assess: this.#assess, now: this.#now },
      (error) => this.#onWarning?.({ kind: 'badAssessment', id, error }),
    )
    live.given = undefined
    live.record.assessment = answer.assessment
    await this.#apply(live, { kind: 'assessed', at: this.#now(), ...answer })
  }

  async #settle(live: Live, run: Run): Promise<void> {
    if (run.ending === undefined)
      throw new RangeError(`request ${run.context.request.id} has nothing to settle`)
    const { kind, chargeNanoUsd, settlement } = run.ending
    const attempt = this.#attempt(live)
    if (attempt.record.uncounted === true) {
      live.answer = { status: 'settled', chargedNanoUsd: kind === 'cancelled' ? 0 : chargeNanoUsd }
      attempt.ends.push(this.#unstoredEnd(run.ending, attempt, live.answer.chargedNanoUsd))
      return
    }
    const stamped = await this.#guard.end(live.reservationId, { kind, chargeNanoUsd, settlement })
    if (stamped === undefined) {
      live.answer = { status: 'pending', chargedNanoUsd: chargeNanoUsd }
      // The run goes on: its log must have the end before what comes of it.
      if (run.effects.includes('admit'))
        attempt.ends.push({ ...this.#unstoredEnd(run.ending, attempt, chargeNanoUsd), pending: true })
      return
    }
    live.answer = { status: stamped.status, chargedNanoUsd: stamped.chargedNanoUsd }
    this.#noteEnd(live, attempt, kind, stamped, settlement)
  }

  #unstoredEnd({ kind, at, settlement }: Ending, attempt: Attempt, costNanoUsd: number): AttemptEnd {
    return { seq: this.#order.between(), at, kind, costNanoUsd, settlement, ...scoreOf(attempt) }
  }

  /** The store is back and has heard of an end that it had not acknowledged. */
  #acknowledged(reservationId: string, ending: Omit<Ending, 'at'>, stamped: Stamped<EndAnswer>): void {
    const live = this.#live.get(requestOf(reservationId))
    const attempt = live && attemptOf(live, reservationId)
    if (live === undefined || attempt === undefined || stamped.status === 'unknown') return
    this.#noteEnd(live, attempt, ending.kind, stamped, ending.settlement)
    this.#emit(live)
  }

  async #admit(live: Live, run: Run, plan: Plan): Promise<void> {
    const reservationId = `${run.context.request.id}#${run.past.attempts}@${live.name}`
    if (!Number.isNaN(plan.difficulty)) live.record.difficulty = plan.difficulty
    live.asked = this.#waiters.moment()
    const answer = await this.#guard.admit({
      id: reservationId,
      plan,
      requestHeadroom: requestHeadroom(run, plan),
      wantsRetryAt: plan.onExceed === 'defer',
      ttlMs: run.context.policy.file.reservation.ttlMs,
    })
    if (answer.kind === 'refused') return this.#refused(live, answer)
    const now = Math.floor(this.#now())
    if (answer.kind === 'unavailable') return this.#unavailable(live, now)
    live.reservationId = reservationId
    if (answer.kind === 'uncounted') {
      const choice = chooseCandidate(plan, requestHeadroom(run, plan))
      if (choice === undefined) return this.#unfit(live, run, now)
      live.run = step(live.run, { kind: 'admitted', at: now, choice })
      this.#noteAttempt(live, { seq: this.#order.between(), at: now, uncounted: true })
    } else {
      const { seq, at, choice, headroomNanoUsd } = answer
      this.#order.seen(seq)
      if (headroomNanoUsd !== undefined) notePropensities(live, run, headroomNanoUsd)
      live.run = step(live.run, { kind: 'admitted', at, choice })
      this.#noteAttempt(live, { seq, at })
      for (const passed of answer.softPassed) this.#onWarning?.({ kind: 'softBudget', ...passed })
    }
    if (this.#logAdmissions) this.#emit(live)
    await this.#performAll(live)
  }

  /** Nobody counts and it is more than the request's own cap: no call; of an assessment, the rules assess. */
  #unfit(live: Live, { phase }: Run, at: number): Promise<void> {
    if (phase.kind !== 'reserving' || phase.forAssessment !== true) return this.#unavailable(live, at)
    const seq = this.#order.between()
    return this.#refused(live, {
      kind: 'refused',
      seq,
      at,
      bindingPool: requestPool(live, phase.plan),
      retryAt: null,
    })
  }

  #unavailable(live: Live, at: number): Promise<void> {
    live.given = undefined
    const seq = this.#order.between()
    const { answer } = live.run.past
    const refused = { seq, at, bindingPool: null, ...hintOf(live) }
    if (answer === undefined) live.record.rejected = { ...refused, reason: 'storeUnavailable' }
    else live.record.escalationRefused = { ...refused, answering: answer.attempt }
    return this.#apply(live, { kind: 'unavailable', at })
  }

  async #refused(live: Live, answer: Stamped<Refusal>): Promise<void> {
    live.given = undefined
    const { seq, at, bindingPool, retryAt } = answer
    this.#order.seen(seq)
    live.run = step(live.run, { kind: 'refused', at, bindingPool, retryAt })
    const { phase } = live.run
    const pool = poolName(bindingPool)
    if (phase.kind === 'rejected') {
      live.record.rejected = { seq, at, reason: phase.reason, bindingPool: pool, ...hintOf(live) }
    } else if (phase.kind === 'served') {
      const answering = answeringAttempt(live.run)
      live.record.escalationRefused = { seq, at, bindingPool: pool, answering, ...hintOf(live) }
    } else {
      live.record.deferrals.push({
        seq,
        at,
        retryAt: phase.kind === 'deferred' ? phase.wakeAt : at,
        bindingPool: pool ?? '',
        ...hintOf(live),
      })
    }
    await this.#performAll(live)
  }

  #noteAttempt(
    live: Live,
    { seq, at, uncounted }: { readonly seq: number; readonly at: number; readonly uncounted?: true },
  ): void {
    const admission = admittedCall(live.run)
    if (admission === undefined) return
    const rung = calledRung(live.run)
    const admitted = { seq, at, reservationId: live.reservationId, ...admission, ...hintOf(live) }
    live.record.attempts.push({
      record: uncounted === true ? { ...admitted, uncounted } : admitted,
      samples: rung?.samples ?? 1,
      scoringNanoUsd: rung?.scoringNanoUsd ?? 0,
      ends: [],
      usage: undefined,
      signs: undefined,
      score: undefined,
    })
  }

  #noteEnd(
    live: Live,
    attempt: Attempt,
    kind: EndKind,
    stamped: Stamped<EndAnswer>,
    settlement: Settlement,
  ): void {
    const { seq, at, chargedNanoUsd } = stamped
    this.#order.seen(seq)
    this.#noteOverspend(live, attempt.record, chargedNanoUsd)
    attempt.ends.push({ seq, at, kind, costNanoUsd: chargedNanoUsd, settlement, ...scoreOf(attempt) })
  }

  #noteOverspend(
    live: Live,
    { reservedNanoUsd, model, uncounted }: Attempt['record'],
    charged: number,
  ): void {
    if (uncounted === true || charged <= reservedNanoUsd) return
    this.#overspends++
    const { id } = live.run.context.request
    this.#onWarning?.({ kind: 'overspend', id, model, reservedNanoUsd, chargedNanoUsd: charged })
  }

  #attempt(live: Live): Attempt {
    const attempt = live.record.attempts.at(-1)
    if (attempt === undefined)
      throw new RangeError(`request ${live.run.context.request.id} has no reservation`)
    return attempt
  }

  async settle(id: string, usage?: SettleUsage): Promise<SettleAnswer> {
    const live = this.#live.get(id)
    checkSigns(usage)
    const earlier = live === undefined ? undefined : endedBefore(live, usage?.attempt)
    if (earlier !== undefined) return { status: 'duplicate', chargedNanoUsd: earlier }
    const signs = usage === undefined ? {} : signsOfUsage(usage)
    const score = live === undefined ? undefined : this.#scoreBySigns(live.run, signs)
    const answer = await this.#end(id, 'settled', { usages: [knownUsage(usage)], signs, score })
    return live?.run.phase.kind === 'calling' && score !== undefined
      ? { ...answer, next: conclude(live.run) }
      : answer
  }

  /** What the signs alone say; undefined where nobody asked for a score, and the answer is taken. */
  #scoreBySigns(run: Run, signs: AnswerSigns): number | undefined {
    const { policy, request } = run.context
    const { ladder } = policy.selector
    const rung = calledRung(run)
    if (ladder === undefined || rung === undefined || rung.isLast) return undefined
    const score = scoreAnswer(policy, ladder.scorer, { request, model: rung.model }, signs)
    return Number.isNaN(score) ? undefined : score
  }

  cancel(id: string): Promise<SettleAnswer> {
    return this.#end(id, 'cancelled', NOTHING_USED)
  }

  abort(id: string, usage?: SettleUsage): Promise<SettleAnswer> {
    return this.#end(id, 'aborted', { ...NOTHING_USED, usages: [knownUsage(usage)] })
  }

  async #end(
    id: string,
    kind: 'settled' | 'cancelled' | 'aborted',
    { usages, signs, score }: Used,
  ): Promise<SettleAnswer> {
    const live = this.#live.get(id)
    const attempt = live?.record.attempts.at(-1)
    // No call to end yet: an assessment has an end of its own, which the run will tell.
    if (live === undefined || attempt === undefined || attempt.record.purpose === 'assess') return UNKNOWN
    const [usage] = usages
    checkLatency(usage?.latencyMs)
    const charge = chargeOf(live.run.context.policy, attempt, usages)
    const isFirst = live.run.phase.kind === 'calling' || attempt.ends.at(-1)?.kind === 'expired'
    if (isFirst) Object.assign(attempt, { usage, signs, score })
    this.#noticeExpiry(live)
    if (live.run.phase.kind !== 'calling') return this.#endLate(live, kind, charge)
    const at = this.#now()
    if (kind === 'settled') this.#caches.ended(live.run, usage, Math.floor(at))
    await this.#apply(live, {
      kind: kind === 'settled' ? 'completed' : kind,
      at,
      ...charge,
      retryable: false,
      score,
    })
    return live.answer
  }

  /** Ended before: the store answers `duplicate` or `late`, and charges nothing twice. */
  async #endLate(live: Live, kind: EndKind, charge: Charge): Promise<SettleAnswer> {
    if (this.#attempt(live).record.uncounted === true)
      return { status: 'duplicate', chargedNanoUsd: live.answer.chargedNanoUsd }
    const stamped = await this.#guard.end(live.reservationId, { kind, ...charge })
    if (stamped === undefined) return { status: 'pending', chargedNanoUsd: charge.chargeNanoUsd }
    if (stamped.status === 'late' || stamped.status === 'settled') {
      this.#noteEnd(live, this.#attempt(live), kind, stamped, charge.settlement)
      this.#emit(live)
    }
    return { status: stamped.status, chargedNanoUsd: stamped.chargedNanoUsd }
  }

  async fail(
    id: string,
    failure: { readonly retryable: boolean; readonly usage?: Usage },
  ): Promise<Decision | undefined> {
    const live = this.#live.get(id)
    if (live === undefined || !mayFail(live.run)) {
      throw new RangeError(`request ${id} is not being called`)
    }
    await this.#failed(live, { ...failure, kind: 'failed', usage: failure.usage, refused: false })
    return live.run.phase.kind !== 'rejected' && isFinished(live.run) ? undefined : conclude(live.run)
  }

  async #failed(live: Live, failure: CallFailure): Promise<void> {
    const unbilled = failure.refused && failure.usage === undefined
    const charge: Charge = unbilled
      ? { chargeNanoUsd: 0, settlement: 'estimated' }
      : chargeOf(live.run.context.policy, this.#attempt(live), [failure.usage])
    if (failure.usage !== undefined) this.#attempt(live).usage = failure.usage
    this.#noticeExpiry(live)
    if (live.run.phase.kind !== 'calling') {
      await this.#endLate(live, failure.kind, charge)
      return
    }
    await this.#apply(live, { kind: failure.kind, at: this.#now(), ...charge, retryable: failure.retryable })
  }

  async run<Value>(
    given: RouteRequest,
    call: (attempt: CallAttempt) => Promise<CallResult<Value>>,
    options: RunOptions<Value> = {},
  ): Promise<RunResult<Value>> {
    this.#checkScore(options)
    const live = await this.#routed(given)
    const answers: Answered<Value>[] = []
    let error: unknown
    for (;;) {
      await this.#waitWhileDeferred(live)
      const decision = conclude(live.run)
      if (decision.kind !== 'route') {
        const { spentNanoUsd: chargedNanoUsd } = live.run.past
        return { kind: 'rejected', value: undefined, decision, chargedNanoUsd, error }
      }
      const { id, model, maxOutputTokens } = decision
      const attempt = live.run.past.attempts
      const before = live.run.past.spentNanoUsd
      let answered: Answered<Value>
      try {
        const samples = calledRung(live.run)?.samples ?? 1
        answered = await callAttempt({ id, model, maxOutputTokens, attempt }, samples, call)
      } catch (caught) {
        error = caught
        if (live.run.phase.kind === 'calling') await this.#failed(live, readFailure(error))
        const { kind } = live.run.phase
        const atHand = kind === 'served' ? answers[answeringAttempt(live.run)] : undefined
        if (atHand !== undefined) return servedBy(live, atHand, chargedFor(live))
        if (kind !== 'rejected' && isFinished(live.run)) throw error
        continue
      }
      answers[attempt] = answered
      const charged = await this.#answered(live, answered, options)
      if (live.run.phase.kind === 'calling') continue
      return servedBy(live, answers[answeringAttempt(live.run)] ?? answered, before + charged)
    }
  }

  #checkScore({ score }: { readonly score?: unknown }): void {
    const { ladder } = this.#policy.selector
    if (ladder?.scorer.timeoutMs !== undefined && score === undefined)
      throw new TypeError('options.score must be given: the policy has a cascade with an external scorer')
  }

  /** Scores an answer, if it has to be, and settles it. Gives what was charged. */
  async #answered<Value>(
    live: Live,
    { attempt, result, usages, signs: seen }: Answered<Value>,
    { score: judge }: RunOptions<Value>,
  ): Promise<number> {
    const { id } = live.run.context.request
    const { ladder } = live.run.context.policy.selector
    const rung = calledRung(live.run)
    const isScored = ladder !== undefined && rung !== undefined && !rung.isLast
    const timeoutMs = isScored ? ladder.scorer.timeoutMs : undefined
    const given =
      timeoutMs === undefined || judge === undefined
        ? undefined
        : await askScore(
            () => judge(attempt, result),
            timeoutMs,
            (error) => this.#onWarning?.({ kind: 'badScore', id, error }),
          )
    const signs = { ...seen, score: given }
    const score = isScored ? (this.#scoreBySigns(live.run, signs) ?? NaN) : undefined
    const sane = usages.map((usage) => this.#saneUsage(id, usage))
    const { chargedNanoUsd } = await this.#end(id, 'settled', { usages: sane, signs, score })
    return chargedNanoUsd
  }

  /** An answer that was paid for is not lost to a usage that cannot be read: it is then charged its reservation. */
  #saneUsage(id: string, usage: Usage | undefined | null): Usage | undefined {
    if (usage === undefined || usage === null) return undefined
    try {
      checkUsage(usage)
      return usage
    } catch (error) {
      this.#onWarning?.({
        kind: 'badUsage',
        id,
        error: error instanceof Error ? error : new Error(String(error)),
      })
      return undefined
    }
  }

  /** Sleeps until the run may ask again. Once it is admitted the next waiter of its pool may, as long as they fit. */
  async #waitWhileDeferred(live: Live): Promise<void> {
    for (let { phase } = live.run; phase.kind === 'deferred' && !this.#closed; { phase } = live.run) {
      const { shared } = this.#store
      await this.#waiters.wait(phase, live.run, { now: this.#now(), asked: live.asked, shared })
      if (this.#closed) return
      await this.#wake(live)
      if (live.run.phase.kind === 'calling') this.#waiters.wake([poolKey(phase.bindingPool)])
    }
  }

  /**
   * A wake has the time of the deferral it ends: whether the longest wait is over is for the store's clock to say, with its
   * answer. Two clocks would leave a record that cannot be replayed.
   */
  async #wake(live: Live): Promise<void> {
    const { policy, request, claims } = live.run.context
    const hint = this.#hints.of(policy, claims)
    const budgetHint = hint instanceof Promise ? await hint : hint
    await this.#apply(live, {
      kind: 'wake',
      at: live.record.deferrals.at(-1)?.at ?? this.#now(),
      budgetHint,
      cacheHint: this.#caches.hint(policy, request, Math.floor(this.#now())),
    })
  }

  /** Also told of an attempt that the run has left behind, as an end that is still to be said leaves its reservation held. */
  #expired(reservationId: string, stamped: Stamped<{ readonly chargedNanoUsd: number }>): void {
    const live = this.#live.get(requestOf(reservationId))
    const attempt = live && attemptOf(live, reservationId)
    if (live === undefined || attempt === undefined) return
    const isCurrent = reservationId === live.reservationId
    if (isCurrent && live.run.phase.kind === 'calling') expireRun(live, stamped.at)
    this.#noteEnd(live, attempt, 'expired', { status: 'settled', ...stamped }, 'bound')
    this.#emit(live)
  }

  /** A call that ends after its time has expired, even if the store has not been asked since. */
  #noticeExpiry(live: Live): void {
    const { at, uncounted } = this.#attempt(live).record
    if (uncounted === true) return
    const now = this.#now()
    if (live.run.phase.kind === 'calling' && now >= at + live.run.context.policy.file.reservation.ttlMs) {
      expireRun(live, now)
    }
  }

  #emit(live: Live): void {
    this.#onDecision?.(toLogRecord(live.record, this.#logText))
  }

  /**
   * The oldest is forgotten first, of ended requests and of deferred ones that nobody has asked for again within the longest
   * wait; requests in flight never.
   */
  #forgetOldest(): void {
    if (this.#live.size <= REMEMBERED) return
    for (const [id, { run }] of this.#live) {
      if (isFinished(run) || isAbandoned(run, this.#now())) {
        this.#live.delete(id)
        return
      }
    }
  }

  feedback(id: string, feedback: Feedback): void {
    this.#keep(feedbackRecord(id, feedback, this.#now))
  }

  sessionFeedback(session: string, feedback: Feedback): void {
    this.#keep(sessionFeedbackRecord(session, feedback, this.#now))
  }

  /** A label that goes nowhere is lost for good: nothing but the log keeps it. */
  #keep(record: LogRecord): void {
    if (this.#onDecision === undefined)
      throw new TypeError('feedback needs onDecision: without a decision log it would be lost')
    this.#onDecision(record)
  }

  async replacePolicy(policy: Policy): Promise<void> {
    this.#checkAssess(policy)
    const { seq, at } = await this.#store.configure(policy.budgets)
    this.#policy = policy
    this.#claims.clear()
    this.#priceAge.begin(policy, at)
    this.#onDecision?.(this.#policyLine(seq, at))
  }

  #policyLine(seq: number, at: number): PolicyChange {
    return { tollgateLog: 1, life: this.#name, policyHash: this.#policy.contentHash, seq, at }
  }

  async save(): Promise<StoreState> {
    return this.#store.save()
  }

  async audit(pool: PoolName): Promise<PoolAudit> {
    return this.#store.audit(pool)
  }

  health(): RouterHealth {
    const health = this.#guard.health()
    const because = this.#whyEstimated(health)
    const capGuarantee =
      this.#policy.budgets.length === 0 ? 'none' : because === null ? 'proved' : 'estimated'
    return { ...health, capGuarantee, because: capGuarantee === 'none' ? null : because }
  }

  #whyEstimated({ uncounted }: StoreHealth): string | null {
    if (uncounted > 0) return 'calls went out while the store was down'
    if (this.#overspends > 0) return `calls cost more than was reserved for them: ${this.#overspends}`
    return whyEstimated(this.#policy)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#guard.close()
    this.#waiters.close()
    if (this.#logAdmissions) return
    for (const live of this.#live.values()) if (!isFinished(live.run)) this.#emit(live)
  }
}

function servedBy<Value>(
  { run }: Live,
  { result }: Answered<Value>,
  chargedNanoUsd: number,
): RunResult<Value> {
  return { kind: 'served', value: result.value, decision: conclude(run), chargedNanoUsd }
}

/** Of the first call of a model, where its policy draws lots and nothing was waited for. */
function notePropensities(live: Live, { context, phase, past }: Run, headroomNanoUsd: number): void {
  const { exploration, selector } = context.policy
  if (exploration === undefined && selector.chances === undefined) return
  const isFirst = past.attempts === past.assessments && Number.isNaN(past.deferredSince)
  if (!isFirst || phase.kind !== 'reserving' || phase.forAssessment === true) return
  live.record.propensities = propensitiesOf(context, headroomNanoUsd)
}

/** Refused before any pool was asked: the store has no number for it, so it stands at 0. */
function unstoredRejection(run: Run, reason: string): NonNullable<DecisionRecord['rejected']> {
  return { seq: 0, at: run.context.request.at, reason, bindingPool: null }
}

/** @throws RangeError */
function checkSigns({ score, agreement }: Pick<SettleUsage, 'score' | 'agreement'> = {}): void {
  for (const [name, share] of Object.entries({ score, agreement }))
    if (share !== undefined && !(share >= 0 && share <= 1))
      throw new RangeError(`usage.${name} must be in [0, 1] or left out, got ${share}`)
}

/** @throws RangeError where one count is given and not the other. */
function knownUsage(usage: SettleUsage | undefined): CallUsage | undefined {
  const { inputTokens, outputTokens } = usage ?? {}
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  return { ...usage, inputTokens: inputTokens ?? NaN, outputTokens: outputTokens ?? NaN }
}

/** What a cascade's answer scored stands at the first end. */
function scoreOf({ ends, score }: Attempt): Pick<AttemptEnd, 'score'> {
  if (score === undefined || ends.length > 0) return {}
  return { score: Number.isNaN(score) ? null : score }
}

/** The name of a reservation begins with its request's. */
function requestOf(reservationId: string): string {
  return reservationId.slice(0, reservationId.lastIndexOf('#'))
}

/** Of an earlier life of the request id there may be none. */
function attemptOf({ record }: Live, reservationId: string): Attempt | undefined {
  return record.attempts.find((attempt) => attempt.record.reservationId === reservationId)
}

function checkLatency(latencyMs: number | undefined): void {
  if (latencyMs !== undefined && !(Number.isFinite(latencyMs) && latencyMs >= 0)) {
    throw new RangeError(`latencyMs must be a finite number of at least 0, got ${latencyMs}`)
  }
}

/** Prompts are kept for the decision log alone, and only where it wants them. */
function textOf({ messages, prompt }: RouteRequest): DecisionRecord['text'] {
  return messages === undefined ? { prompt: prompt ?? '' } : { messages }
}
