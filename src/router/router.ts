import type { PoolAudit, PoolName } from '../core/budget/audit.js'
import { chooseCandidate } from '../core/budget/choose.js'
import { claimsFor, type Claims } from '../core/budget/claims.js'
import type { EndAnswer, Ending } from '../core/budget/ledger.js'
import { whyEstimated } from '../core/cap-guarantee.js'
import type { Decision } from '../core/decision.js'
import type { EndKind, LogRecord } from '../core/log-record.js'
import { poolKey } from '../core/deferral-queue.js'
import type { Policy } from '../core/policy.js'
import {
  arrive,
  conclude,
  isFinished,
  requestHeadroom,
  step,
  type Effect,
  type Event,
  type Run,
} from '../core/run.js'
import type { Plan } from '../core/plan.js'
import type { TokenCounter } from '../core/tokens/counter.js'
import { checkUsage, costNanoUsd, type Usage } from '../core/usage.js'
import { readFailure, type CallFailure } from './call-failure.js'
import { poolName, toLogRecord, type Attempt, type DecisionRecord, type LogText } from './decision-record.js'
import { defaultCounter } from './default-counter.js'
import { watchPriceAge, type PriceAgeWatch, type StalePrices } from './price-age.js'
import { toRequest, type RouteRequest } from './route-request.js'
import { guardStore, type OnStoreError, type StoreGuard, type StoreHealth } from './store-guard.js'
import type { BudgetStore, Stamped, StoreAdmission, StoreState } from './store.js'
import { memoryStore } from './stores/memory.js'
import { explainDecision, type Trace } from './trace.js'
import { createWaiters } from './waiters.js'

/** What `createRouter` takes besides the policy; everything has a default. */
export interface RouterOptions {
  readonly store?: BudgetStore
  /** Epoch milliseconds. */
  readonly now?: () => number
  /** Counts input tokens; the default is o200k_base. */
  readonly counter?: TokenCounter
  /**
   * Gets a line that says which policy starts, then a canonical log line of each request when it is admitted, and again with
   * the same id whenever something is added: the last one counts.
   */
  readonly onDecision?: (record: LogRecord | PolicyChange | RouterStart) => void
  /**
   * While the store is down: `reject` (default) refuses with `storeUnavailable`; `allowUncounted` calls without a reservation,
   * and from then on no cap is proved.
   */
  readonly onStoreError?: OnStoreError
  /** How long an operation of the store may take; default 6,000 ms. */
  readonly storeTimeoutMs?: number
  /** Hears of budgets that passed their `softBudget`, of errors of the store, and of prices older than the policy allows. */
  readonly onWarning?: (warning: RouterWarning) => void
  /** How much of the prompt the decision log keeps: nothing, the classifier's features (default), or the text. */
  readonly logText?: LogText
  /**
   * Whether a call in flight stands in the decision log (default), so that a process that dies leaves no money unaccounted
   * for. Without it each request has one line, written at its end.
   */
  readonly logAdmissions?: boolean
}

/** The line that a changed policy leaves in the decision log, so that the log can be replayed as recorded. */
export interface PolicyChange {
  readonly tollgateLog: 1
  /** The router's own name, as in the `run` of its requests. */
  readonly life: string
  readonly policyHash: string
  readonly seq: number
  readonly at: number
}

/**
 * The first line of every router: a decision log that is appended to holds the lives of several, each with a ledger and an
 * order of its own.
 */
export interface RouterStart extends PolicyChange {
  readonly start: true
}

export type RouterWarning =
  | {
      readonly kind: 'softBudget'
      readonly pool: PoolName
      readonly softNanoUsd: number
      readonly usedNanoUsd: number
    }
  | { readonly kind: 'storeError'; readonly error: Error }
  /** A call cost more than was reserved for it: a proviso of the caps failed, such as the output limit or the input bound. */
  | {
      readonly kind: 'overspend'
      readonly id: string
      readonly model: string
      readonly reservedNanoUsd: number
      readonly chargedNanoUsd: number
    }
  /** A usage that makes no sense: the reservation is charged. */
  | { readonly kind: 'badUsage'; readonly id: string; readonly error: Error }
  | StalePrices

/** Whether the router's caps hold, and why not. */
export interface RouterHealth extends StoreHealth {
  readonly capGuarantee: 'proved' | 'estimated' | 'none'
  /** Why caps are not proved; null where they are. */
  readonly because: string | null
}

/** `pending`: the store did not answer; the end is said again until it does, or until the reservation expires. */
export type SettleAnswer = Omit<EndAnswer, 'status'> & { readonly status: EndAnswer['status'] | 'pending' }

export type SettleUsage = Usage & { readonly latencyMs?: number }

/** One call of a model that `run` asks the caller to make. */
export interface CallAttempt {
  readonly id: string
  readonly model: string
  /** Send this as the call's output limit. */
  readonly maxOutputTokens: number
  readonly attempt: number
}

export interface CallResult<Value> {
  readonly value: Value
  readonly usage?: Usage
  readonly finishReason?: string
}

export type RunResult<Value> =
  | {
      readonly kind: 'served'
      readonly value: Value
      readonly decision: Decision
      readonly chargedNanoUsd: number
    }
  | {
      readonly kind: 'rejected'
      readonly value: undefined
      readonly decision: Decision
      /** Of attempts that failed before the refusal. */
      readonly chargedNanoUsd: number
      /** What the last failed attempt threw, if there was one. */
      readonly error: unknown
    }

export interface Router {
  /** Decides and reserves. A routed request must be ended by `settle`, `cancel`, `abort` or `fail`, else it expires. */
  route(
    request: RouteRequest,
    options?: { readonly trace?: boolean },
  ): Promise<Decision & { readonly trace?: Trace }>
  /** The call is done. Missing usage charges the reservation. */
  settle(id: string, usage?: SettleUsage): Promise<SettleAnswer>
  /** The call was never sent: nothing is charged. */
  cancel(id: string): Promise<SettleAnswer>
  /** The call was broken off: what was used is charged if known, else the reservation. */
  abort(id: string, usage?: SettleUsage): Promise<SettleAnswer>
  /** The call failed: it is charged likewise, and where it may be tried again the answer is the next decision. */
  fail(
    id: string,
    failure: { readonly retryable: boolean; readonly usage?: Usage },
  ): Promise<Decision | undefined>
  /** Reserve, call, settle; fail over on retryable errors with a new reservation; wait where the policy defers. */
  run<Value>(
    request: RouteRequest,
    call: (attempt: CallAttempt) => Promise<CallResult<Value>>,
  ): Promise<RunResult<Value>>
  /** Atomic: runs in flight keep their policy, budgets with the same id keep their charges and holds. */
  replacePolicy(policy: Policy): Promise<void>
  /** The ledger as plain JSON. */
  save(): Promise<StoreState>
  /** The charges behind a pool's spend, window by window and line by line. */
  audit(pool: PoolName): Promise<PoolAudit>
  health(): RouterHealth
  /** Nobody is woken any more. Without `logAdmissions`, writes the decision log's lines of requests that are still in flight. */
  close(): Promise<void>
}

type Refusal = Extract<StoreAdmission, { kind: 'refused' }>

/** A request from its first decision until its record is complete. */
interface Live {
  run: Run
  readonly record: DecisionRecord
  /** Reservation id of the current attempt. */
  reservationId: string
  /** When the ledger was asked for it last, as the waiters count. */
  asked: number
  /** What the store answered to its last end. */
  answer: SettleAnswer
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
  readonly #onWarning: RouterOptions['onWarning']
  readonly #now: () => number
  readonly #counter: TokenCounter
  readonly #onDecision: RouterOptions['onDecision']
  readonly #logText: LogText
  readonly #logAdmissions: boolean
  readonly #live = new Map<string, Live>()
  readonly #waiters = createWaiters()
  readonly #order = createOrder()
  readonly #claims = new Map<string, Claims>()
  readonly #priceAge: PriceAgeWatch
  #policy: Policy
  #made = 0
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
    this.#counter = options.counter ?? defaultCounter()
    this.#onDecision = options.onDecision
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
    if (known !== undefined && !wasUnavailable(known))
      throw new RangeError(`request id must be new, deferred or storeUnavailable, got ${id}`)
    const live = this.#arrive(given, id)
    this.#live.set(id, live)
    await this.#performAll(live)
    return live
  }

  #arrive(given: RouteRequest, id: string): Live {
    const policy = this.#policy
    const measuring = { counter: this.#counter, extractor: policy.classifier.extractor }
    const at = Math.floor(this.#now())
    this.#priceAge.request(policy, at)
    const request = toRequest(given, id, at, measuring)
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
      difficulty: undefined,
    }
    const claims = this.#claimsOf(policy, request.scope)
    return {
      run: arrive({ policy, request, claims }),
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
      case 'settle':
        return this.#settle(live, run)
      case 'defer':
        return this.#emit(live)
      case 'finish':
        if (run.phase.kind === 'rejected') live.record.rejected ??= unstoredRejection(run, run.phase.reason)
        this.#emit(live)
        return this.#forgetOldest()
      case 'call':
    }
  }

  async #settle(live: Live, run: Run): Promise<void> {
    if (run.ending === undefined)
      throw new RangeError(`request ${run.context.request.id} has nothing to settle`)
    const { kind, chargeNanoUsd, settlement } = run.ending
    const attempt = this.#attempt(live)
    if (attempt.record.uncounted === true) {
      live.answer = { status: 'settled', chargedNanoUsd: kind === 'cancelled' ? 0 : chargeNanoUsd }
      const { at } = run.ending
      const costNanoUsd = live.answer.chargedNanoUsd
      attempt.ends.push({ seq: this.#order.between(), at, kind, costNanoUsd, settlement })
      return
    }
    const stamped = await this.#guard.end(live.reservationId, { kind, chargeNanoUsd, settlement })
    if (stamped === undefined) {
      live.answer = { status: 'pending', chargedNanoUsd: chargeNanoUsd }
      return
    }
    live.answer = { status: stamped.status, chargedNanoUsd: stamped.chargedNanoUsd }
    this.#noteEnd(live, kind, stamped, settlement)
  }

  /** The store is back and has heard of an end that it had not acknowledged. */
  #acknowledged(reservationId: string, ending: Omit<Ending, 'at'>, stamped: Stamped<EndAnswer>): void {
    const live = this.#live.get(reservationId.slice(0, reservationId.lastIndexOf('#')))
    const attempt = live?.record.attempts.find(({ record }) => record.reservationId === reservationId)
    if (live === undefined || attempt === undefined || stamped.status === 'unknown') return
    const { seq, at, chargedNanoUsd } = stamped
    attempt.ends.push({
      seq,
      at,
      kind: ending.kind,
      costNanoUsd: chargedNanoUsd,
      settlement: ending.settlement,
    })
    this.#emit(live)
  }

  async #admit(live: Live, run: Run, plan: Plan): Promise<void> {
    // With the router's name: callers may use one request id in several processes, and each call must hold its own money.
    const reservationId = `${run.context.request.id}#${run.past.attempts}@${this.#name}`
    live.record.difficulty = plan.difficulty
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
      if (choice === undefined) return this.#unavailable(live, now)
      await this.#apply(live, { kind: 'admitted', at: now, choice })
      this.#noteAttempt(live, { seq: this.#order.between(), at: now, uncounted: true })
    } else {
      const { seq, at, choice } = answer
      this.#order.seen(seq)
      await this.#apply(live, { kind: 'admitted', at, choice })
      this.#noteAttempt(live, { seq, at })
      for (const passed of answer.softPassed) this.#onWarning?.({ kind: 'softBudget', ...passed })
    }
    if (this.#logAdmissions) this.#emit(live)
  }

  #unavailable(live: Live, at: number): Promise<void> {
    live.record.rejected = { seq: this.#order.between(), at, reason: 'storeUnavailable', bindingPool: null }
    return this.#apply(live, { kind: 'unavailable', at })
  }

  async #refused(live: Live, answer: Stamped<Refusal>): Promise<void> {
    const { seq, at, bindingPool, retryAt } = answer
    this.#order.seen(seq)
    live.run = step(live.run, { kind: 'refused', at, bindingPool, retryAt })
    const { phase } = live.run
    const pool = poolName(bindingPool)
    if (phase.kind === 'rejected') {
      live.record.rejected = { seq, at, reason: phase.reason, bindingPool: pool }
    } else {
      live.record.deferrals.push({
        seq,
        at,
        retryAt: phase.kind === 'deferred' ? phase.wakeAt : at,
        bindingPool: pool ?? '',
      })
    }
    await this.#performAll(live)
  }

  #noteAttempt(
    live: Live,
    stamp: { readonly seq: number; readonly at: number; readonly uncounted?: true },
  ): void {
    const decision = conclude(live.run)
    if (decision.kind !== 'route') return
    const { model, maxOutputTokens, reservedNanoUsd, reason } = decision
    const reservationId = live.reservationId
    const { seq, at } = stamp
    const record = { seq, at, reservationId, model, maxOutputTokens, reservedNanoUsd, reason }
    live.record.attempts.push({
      record: stamp.uncounted === true ? { ...record, uncounted: true } : record,
      ends: [],
      usage: undefined,
    })
  }

  #noteEnd(
    live: Live,
    kind: EndKind,
    stamped: Stamped<EndAnswer>,
    settlement: 'actual' | 'estimated' | 'bound',
  ): void {
    const { seq, at, chargedNanoUsd } = stamped
    this.#order.seen(seq)
    this.#noteOverspend(live, chargedNanoUsd)
    this.#attempt(live).ends.push({ seq, at, kind, costNanoUsd: chargedNanoUsd, settlement })
  }

  #noteOverspend(live: Live, chargedNanoUsd: number): void {
    const { record } = this.#attempt(live)
    const { reservedNanoUsd, model } = record
    if (record.uncounted === true || chargedNanoUsd <= reservedNanoUsd) return
    this.#overspends++
    const { id } = live.run.context.request
    this.#onWarning?.({ kind: 'overspend', id, model, reservedNanoUsd, chargedNanoUsd })
  }

  #attempt(live: Live): Attempt {
    const attempt = live.record.attempts.at(-1)
    if (attempt === undefined)
      throw new RangeError(`request ${live.run.context.request.id} has no reservation`)
    return attempt
  }

  settle(id: string, usage?: SettleUsage): Promise<SettleAnswer> {
    return this.#end(id, 'settled', usage)
  }

  cancel(id: string): Promise<SettleAnswer> {
    return this.#end(id, 'cancelled', undefined)
  }

  abort(id: string, usage?: SettleUsage): Promise<SettleAnswer> {
    return this.#end(id, 'aborted', usage)
  }

  async #end(
    id: string,
    kind: 'settled' | 'cancelled' | 'aborted',
    usage: SettleUsage | undefined,
  ): Promise<SettleAnswer> {
    const live = this.#live.get(id)
    if (live === undefined || live.record.attempts.length === 0) return UNKNOWN
    checkLatency(usage?.latencyMs)
    const charge = this.#chargeOf(live, usage)
    this.#noticeExpiry(live)
    const { kind: phase } = live.run.phase
    if (usage !== undefined && (phase === 'calling' || phase === 'expired')) this.#attempt(live).usage = usage
    if (live.run.phase.kind !== 'calling') return this.#endLate(live, kind, charge)
    const at = this.#now()
    await this.#apply(live, {
      kind: kind === 'settled' ? 'completed' : kind,
      at,
      ...charge,
      retryable: false,
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
      this.#noteEnd(live, kind, stamped, charge.settlement)
      this.#emit(live)
    }
    return { status: stamped.status, chargedNanoUsd: stamped.chargedNanoUsd }
  }

  async fail(
    id: string,
    failure: { readonly retryable: boolean; readonly usage?: Usage },
  ): Promise<Decision | undefined> {
    const live = this.#live.get(id)
    if (live?.run.phase.kind !== 'calling' && live?.run.phase.kind !== 'expired') {
      throw new RangeError(`request ${id} is not being called`)
    }
    await this.#failed(live, { ...failure, kind: 'failed', usage: failure.usage, refused: false })
    return hasFailed(live) ? undefined : conclude(live.run)
  }

  async #failed(live: Live, failure: CallFailure): Promise<void> {
    const unbilled = failure.refused && failure.usage === undefined
    const charge: Charge = unbilled
      ? { chargeNanoUsd: 0, settlement: 'estimated' }
      : this.#chargeOf(live, failure.usage)
    if (failure.usage !== undefined) this.#attempt(live).usage = failure.usage
    this.#noticeExpiry(live)
    if (live.run.phase.kind !== 'calling') {
      await this.#endLate(live, failure.kind, charge)
      return
    }
    await this.#apply(live, { kind: failure.kind, at: this.#now(), ...charge, retryable: failure.retryable })
  }

  /** Usage at the price of the model called; the whole reservation where usage is unknown. */
  #chargeOf(live: Live, usage: Usage | undefined): Charge {
    if (usage !== undefined) checkUsage(usage)
    const { record } = this.#attempt(live)
    const model = live.run.context.policy.models.find(({ id }) => id === record.model)
    if (usage === undefined || model === undefined)
      return { chargeNanoUsd: record.reservedNanoUsd, settlement: 'bound' }
    if (model.prices === undefined) return { chargeNanoUsd: record.reservedNanoUsd, settlement: 'estimated' }
    const chargeNanoUsd = costNanoUsd(model.prices, usage)
    if (!Number.isSafeInteger(chargeNanoUsd)) {
      throw new RangeError(`usage must cost less than 2^53 nano-dollars, got ${chargeNanoUsd}`)
    }
    return { chargeNanoUsd, settlement: 'actual' }
  }

  async run<Value>(
    given: RouteRequest,
    call: (attempt: CallAttempt) => Promise<CallResult<Value>>,
  ): Promise<RunResult<Value>> {
    const live = await this.#routed(given)
    let error: unknown
    for (;;) {
      await this.#waitWhileDeferred(live)
      const decision = conclude(live.run)
      if (decision.kind !== 'route') {
        return {
          kind: 'rejected',
          value: undefined,
          decision,
          chargedNanoUsd: live.run.past.spentNanoUsd,
          error,
        }
      }
      const { id, model, maxOutputTokens } = decision
      let result: CallResult<Value>
      try {
        result = await call({ id, model, maxOutputTokens, attempt: live.run.past.attempts })
      } catch (caught) {
        error = caught
        if (live.run.phase.kind === 'calling') await this.#failed(live, readFailure(error))
        if (live.run.phase.kind !== 'rejected' && isFinished(live.run)) throw error
        continue
      }
      const before = live.run.past.spentNanoUsd
      const { chargedNanoUsd } = await this.settle(id, this.#saneUsage(id, result.usage))
      return { kind: 'served', value: result.value, decision, chargedNanoUsd: before + chargedNanoUsd }
    }
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
  #wake(live: Live): Promise<void> {
    return this.#apply(live, { kind: 'wake', at: live.record.deferrals.at(-1)?.at ?? this.#now() })
  }

  #expired(reservationId: string, stamped: Stamped<{ readonly chargedNanoUsd: number }>): void {
    const live = this.#live.get(reservationId.slice(0, reservationId.lastIndexOf('#')))
    if (live === undefined) return
    if (live.run.phase.kind === 'calling') expireRun(live, stamped.at)
    this.#noteEnd(live, 'expired', { status: 'settled', ...stamped }, 'bound')
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

  async replacePolicy(policy: Policy): Promise<void> {
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

/** Refused before any pool was asked: the store has no number for it, so it stands at 0. */
function unstoredRejection(run: Run, reason: string): NonNullable<DecisionRecord['rejected']> {
  return { seq: 0, at: run.context.request.at, reason, bindingPool: null }
}

/** Numbers for what is decided while the store gives none: above the last one seen, below the next. */
function createOrder(): { seen(seq: number): void; between(): number } {
  let last = 0
  let since = 0
  return {
    seen(seq) {
      if (seq <= last) return
      last = seq
      since = 0
    },
    between: () => last + ++since * 2 ** -20,
  }
}

function checkLatency(latencyMs: number | undefined): void {
  if (latencyMs !== undefined && !(Number.isFinite(latencyMs) && latencyMs >= 0)) {
    throw new RangeError(`latencyMs must be a finite number of at least 0, got ${latencyMs}`)
  }
}

function expireRun(live: Live, at: number): void {
  live.run = step(live.run, { kind: 'expired', at, chargeNanoUsd: 0, settlement: 'bound', retryable: false })
}

function isAbandoned({ phase, context }: Run, now: number): boolean {
  return phase.kind === 'deferred' && now > phase.wakeAt + context.policy.file.defer.maxWaitMs
}

/** Nobody has decided on it yet: it may be asked again. */
function wasUnavailable({ run }: Live): boolean {
  return run.phase.kind === 'rejected' && run.phase.reason === 'storeUnavailable'
}

function hasFailed({ run }: Live): boolean {
  return run.phase.kind === 'failed' || run.phase.kind === 'expired'
}

/** Prompts are kept for the decision log alone, and only where it wants them. */
function textOf({ messages, prompt }: RouteRequest): DecisionRecord['text'] {
  return messages === undefined ? { prompt: prompt ?? '' } : { messages }
}

interface Charge {
  readonly chargeNanoUsd: number
  readonly settlement: 'actual' | 'estimated' | 'bound'
}
