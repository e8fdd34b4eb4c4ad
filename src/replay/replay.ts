import type { BudgetHint } from '../core/budget/budget-hint.js'
import { NO_CANDIDATE, type Choice } from '../core/budget/choose.js'
import {
  createLedger,
  type AdmitRequest,
  type BindingPool,
  type Ledger,
  type Reservation,
} from '../core/budget/ledger.js'
import { whyEstimated } from '../core/cap-guarantee.js'
import { createDeferralQueue, poolKey, type DeferralQueue } from '../core/deferral-queue.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { PRIORITIES, type Request } from '../core/request.js'
import {
  arrive,
  calledRung,
  isFinished,
  requestHeadroom,
  step,
  type Calling,
  type Effect,
  type EndEvent,
  type Event,
  type Run,
} from '../core/run.js'
import type { Plan } from '../core/plan.js'
import {
  createFaults,
  REPEAT_AFTER_MS,
  type Fate,
  type FaultOptions,
  type Faults,
  type Repeat,
} from './faults.js'
import { COMPLETE, createEventHeap, EXPIRE, REPEAT, WAKE, type EventHeap } from './heap.js'
import { createCacheBook, type CacheBook } from './cache-book.js'
import { createAssessments, type Assessments } from './assessments.js'
import { createOutcomeSource, type OutcomeSource, type Served } from './outcomes.js'
import { createFlights, type Flights } from './flights.js'
import { createBindings, poolSeries, poolWindows, type Bindings } from './pool-report.js'
import { createRequestReader, type RequestReader } from './requests.js'
import { watchReservations, type ReservationWatch } from './reservations.js'
import { readScopes, type Scopes } from './scopes.js'
import { createScoring, type Scoring, type SimulatedScorer } from './scoring.js'
import { createStepColumns, type StepColumns } from './step-columns.js'
import type { ReplayResult } from './steps.js'

export interface ReplayOptions {
  /** Called now and then with the number of requests that have arrived. */
  readonly onProgress?: (arrived: number) => void
  /** `false` leaves the pools' spend through time out, which is for charts: for who replays thousands of policies. */
  readonly poolSeries?: boolean
  /** Also tell what was held for each request, and whether its real cost would have fitted. */
  readonly watchReservations?: boolean
  /** Scores what the log has no scores of, knowing the truth: for cascades. */
  readonly simulatedScorer?: SimulatedScorer | undefined
  /** A bad day: what goes wrong, and the seed of its draws. */
  readonly faults?: FaultOptions | undefined
}

/**
 * What a policy would have done with a log: arrivals, calls in flight, settlements, deferrals in the order of time, by the
 * same state machine and ledger as production. Deterministic: the same table and policy give the same columns.
 */
export function replay(table: LogTable, policy: Policy, options: ReplayOptions = {}): ReplayResult {
  const host = createHost(table, policy, options)
  let row = 0
  while (row < table.size || host.heap.size > 0) {
    const arrival = row < table.size ? (table.at[row] as number) : Infinity
    if (host.heap.peekTime() <= arrival) {
      const time = host.heap.peekTime()
      host.heap.pop()
      handleDue(host, advance(host, time))
    } else {
      arriveRow(host, row, arrival)
      row++
      if ((row & 0x3fff) === 0) options.onProgress?.(row)
    }
  }
  options.onProgress?.(table.size)
  return finishReplay(host, options.poolSeries ?? true)
}

/** A wake's payload is its row and, in multiples of this, which of the run's wakes it is. */
const WAKES = 2 ** 32

type Deferred = Extract<Run['phase'], { kind: 'deferred' }>

/** Everything the loop works on. */
interface Host {
  readonly table: LogTable
  readonly policy: Policy
  readonly ledger: Ledger
  readonly scopes: Scopes
  readonly requests: RequestReader
  readonly outcomes: OutcomeSource
  readonly watch: ReservationWatch | undefined
  readonly heap: EventHeap
  readonly columns: StepColumns
  readonly bindings: Bindings
  /** Pool-windows that passed their soft budget. */
  readonly softPassings: Bindings
  readonly waiting: DeferralQueue<number>
  /** Last arrival: nobody is woken after it, since traffic that would compete for the money is not in the log. */
  readonly end: number
  readonly flights: Flights
  /** One object for every question to the ledger, which keeps none of it. */
  readonly asked: { -readonly [Field in keyof AdmitRequest]: AdmitRequest[Field] }
  /** Which wake of a row is the current one: an earlier one is stale once returning money has woken the run. */
  readonly wakes: Map<number, number>
  readonly faults: Faults | undefined
  /** Of cascades alone. */
  readonly scoring: Scoring | undefined
  /** Of policies that ask a service. */
  readonly assessments: Assessments | undefined
  /** Of policies that keep track of sessions. */
  readonly caches: CacheBook | undefined
  /** Of the log. The ledger and the runs have the same, unless faults set their clock off: what they see is called `at`. */
  time: number
}

function createHost(table: LogTable, policy: Policy, options: ReplayOptions): Host {
  const { names, key } = policy.classifier.extractor
  if (table.features.length !== names.length) {
    throw new RangeError(
      `table must be loaded with the policy's extractor ${key}, got ${table.features.length} features`,
    )
  }
  const ledger = createLedger(policy.budgets)
  const caches = createCacheBook(table, policy)
  const outcomes = createOutcomeSource(table, policy, caches)
  return {
    table,
    policy,
    ledger,
    scopes: readScopes(table, policy, ledger),
    requests: createRequestReader(table, policy),
    outcomes,
    watch: options.watchReservations === true ? watchReservations(table.size, ledger, outcomes) : undefined,
    heap: createEventHeap(),
    columns: createStepColumns(table.size, options.faults !== undefined),
    bindings: createBindings(ledger),
    softPassings: createBindings(ledger),
    waiting: createDeferralQueue(),
    end: table.at[table.size - 1] ?? -Infinity,
    flights: createFlights(table.size),
    asked: {
      candidates: { first: NO_CANDIDATE, selected: [], lower: () => [] },
      pools: [],
      priority: 0,
      requestHeadroom: Infinity,
      at: 0,
      ttlMs: policy.file.reservation.ttlMs,
    },
    wakes: new Map(),
    faults: options.faults === undefined ? undefined : createFaults(options.faults, outcomes),
    scoring: createScoring({ table, policy, outcomes }, options.simulatedScorer),
    assessments: createAssessments(table, policy),
    caches,
    time: -Infinity,
  }
}

/** Time goes on to that of an event; gives what the ledger and the runs see of it. */
function advance(host: Host, time: number): number {
  host.time = time
  const { faults } = host
  if (faults === undefined) return time
  const at = faults.clockAt(time)
  expireDue(host, faults, at)
  return at
}

function arriveRow(host: Host, row: number, time: number): void {
  host.faults?.stepClock(host.table.ids[row] as string)
  const at = advance(host, time)
  const scope = host.scopes.codes[row] as number
  const request: Request = host.requests.read(row, host.scopes.scopes[scope] ?? {})
  const claims = host.scopes.claims[scope]
  if (claims === undefined) throw new RangeError(`row ${row} has no scope`)
  const cacheHint = host.caches?.hint(row, time)
  const context = { policy: host.policy, request, claims, budgetHint: hintOf(host, row, at), cacheHint }
  rest(host, row, arrive(context), at)
}

/** For policies whose selector follows a budget. */
function hintOf({ policy, ledger, scopes }: Host, row: number, at: number): BudgetHint | undefined {
  const { pacedBy } = policy.selector
  if (pacedBy === undefined) return undefined
  const pool = scopes.pools[scopes.codes[row] as number]?.find(({ budgetId }) => budgetId === pacedBy)
  return pool === undefined ? undefined : ledger.use(pool, at)
}

function apply(host: Host, row: number, run: Run, event: Event): void {
  rest(host, row, step(run, event), event.at)
}

/**
 * Performs the run's effects, and steps it on with their answers, until it comes to rest. It is stored once, there: each
 * store of a young object into an old array costs more than the step itself.
 */
function rest(host: Host, row: number, stepped: Run, at: number): void {
  let run = stepped
  for (let next: Event | undefined; ; run = step(run, next)) {
    next = undefined
    for (const effect of run.effects) next = perform(host, row, run, effect, at)
    if (next === undefined) break
  }
  if (isFinished(run)) host.flights.leave(row)
  else host.flights.of(row).run = run
}

/** Performs one effect; where the run goes on at once, the answer is its next event. */
function perform(host: Host, row: number, run: Run, effect: Effect, at: number): Event | undefined {
  const { phase } = run
  switch (effect) {
    case 'admit':
      return phase.kind === 'reserving' ? admit(host, row, run, phase.plan, at) : undefined
    case 'assess':
      assess(host, row)
      return undefined
    case 'call':
      if (phase.kind === 'calling') call(host, row, run, phase.choice)
      return undefined
    case 'settle':
      settle(host, row, run, at)
      return undefined
    case 'defer':
      if (phase.kind === 'deferred') defer(host, row, run, phase)
      return undefined
    case 'finish':
      host.columns.finish(row, run)
      if (phase.kind !== 'served') host.caches?.parted(row)
      if (phase.kind === 'served' && phase.choice === run.past.answer?.choice)
        host.columns.answered(row, host.outcomes.whole(row, phase.choice))
      return undefined
  }
}

function admit(host: Host, row: number, run: Run, plan: Plan, at: number): Event {
  const { asked } = host
  asked.candidates = plan
  asked.pools = host.scopes.pools[host.scopes.codes[row] as number] ?? []
  asked.priority = plan.priority
  asked.requestHeadroom = requestHeadroom(run, plan)
  asked.at = at
  host.watch?.asked(row, asked)
  const admission = host.ledger.admit(asked)
  if (admission.kind === 'admitted') {
    if (admission.boundBy !== null) noteBinding(host, row, admission.boundBy, at)
    for (const { pool, softNanoUsd } of admission.softPassed)
      host.softPassings.note({ ...pool, capNanoUsd: softNanoUsd }, at)
    host.watch?.admitted(row, admission.reservation)
    host.flights.of(row).reservation = admission.reservation
    return { kind: 'admitted', at, choice: admission.reservation.choice }
  }
  noteBinding(host, row, admission.bindingPool, at)
  const retryAt = plan.onExceed === 'defer' ? host.ledger.earliest(asked) : null
  return { kind: 'refused', at, bindingPool: admission.bindingPool, retryAt }
}

function noteBinding(host: Host, row: number, pool: BindingPool, at: number): void {
  host.columns.bound(row)
  host.bindings.note(pool, at)
}

/** What the log recorded becomes known when the service has answered, or is late. */
function assess(host: Host, row: number): void {
  const answer = host.assessments?.of(row)
  if (answer === undefined) throw new RangeError(`row ${row} asks a service that the policy does not have`)
  const { assessment, costNanoUsd, isCostKnown, latencyMs } = answer
  host.columns.assessed(row, answer)
  host.flights.of(row).assessed = {
    kind: 'assessed',
    at: NaN,
    assessment,
    chargeNanoUsd: costNanoUsd,
    settlement: isCostKnown ? 'actual' : assessment === undefined ? 'bound' : 'estimated',
  }
  host.heap.push(host.time + latencyMs, COMPLETE, row)
}

/** The call's outcome is looked up now and becomes known at its end; what takes longer than the reservation expires. */
function call(host: Host, row: number, run: Run, choice: Choice): void {
  const { faults, time, heap } = host
  const fate = fateOf(host, run)
  host.caches?.called(row, choice.candidate.model, time)
  const served = outcomeOf(host, row, run, choice)
  host.columns.served(row, served, time - (host.table.at[row] as number), run.past)
  const { ttlMs } = host.policy.file.reservation
  const isLost = fate?.end === 'lost'
  const expiresAt = faults === undefined ? time + ttlMs : expireLater(host, faults, row)
  if (isLost || served.latencyMs >= ttlMs) heap.push(expiresAt, EXPIRE, row)
  if (!isLost) heap.push(time + served.latencyMs, COMPLETE, row)
}

function outcomeOf(host: Host, row: number, run: Run, choice: Choice): Served {
  const { faults, outcomes, scoring } = host
  const rung = scoring && calledRung(run)
  const called = rung && scoring ? scoring.single(choice, rung) : choice
  const fate = fateOf(host, run)
  const served =
    faults === undefined || fate === undefined
      ? outcomes.whole(row, called)
      : faults.served(row, called, fate)
  const isAnswered = fate === undefined || fate.end === 'completed' || fate.end === 'lost'
  if (rung !== undefined) scoring?.charge(served, rung, { choice, isAnswered })
  return served
}

/** A clock that steps forward may expire any call in flight. Gives when that is due if it does not step. */
function expireLater(host: Host, faults: Faults, row: number): number {
  const expiresAt = host.flights.of(row).reservation?.expiresAt ?? Infinity
  faults.expiring.push(expiresAt, EXPIRE, row)
  return faults.timeOf(expiresAt)
}

function expireDue(host: Host, { expiring }: Faults, at: number): void {
  while (expiring.peekTime() <= at) {
    const due = expiring.peekTime()
    expiring.pop()
    const { run, reservation } = host.flights.find(expiring.payload) ?? {}
    const isHeld = reservation?.expiresAt === due && reservation.status === 'held'
    if (run !== undefined && isHeld) expire(host, expiring.payload, run, at)
  }
}

/** Drawn anew wherever it matters: it depends on nothing else. */
function fateOf({ faults }: Host, { context, past }: Run): Fate | undefined {
  return faults?.fate(context.request.id, past.attempts)
}

function settle(host: Host, row: number, { ending }: Run, at: number): void {
  const flight = host.flights.of(row)
  const { reservation } = flight
  if (ending === undefined || reservation === undefined)
    throw new RangeError(`row ${row} has nothing to settle`)
  host.ledger.end(reservation, ending)
  host.watch?.ended(row, reservation)
  const excess = reservation.charged - reservation.choice.reservedNanoUsd
  if (excess > 0) host.columns.overspent(row, excess * reservation.pools.length)
  flight.reservation = undefined
  if (host.waiting.size > 0) wakeWaiters(host, reservation, at)
}

function defer(host: Host, row: number, run: Run, phase: Deferred): void {
  const wakes = (host.wakes.get(row) ?? 0) + 1
  host.wakes.set(row, wakes)
  host.columns.deferred(row)
  const priority = PRIORITIES.indexOf(run.context.request.priority)
  host.waiting.add(poolKey(phase.bindingPool), { item: row, priority, since: run.past.deferredSince })
  const { faults, time } = host
  const wakeAt = faults === undefined ? phase.wakeAt : Math.max(time + 1, faults.timeOf(phase.wakeAt))
  host.heap.push(wakeAt, WAKE, row + wakes * WAKES)
}

/** Money came back: the first waiter of each pool asks again, and the next one after it as long as they are admitted. */
function wakeWaiters(host: Host, reservation: Reservation, at: number): void {
  if (reservation.charged >= reservation.choice.reservedNanoUsd || host.time > host.end) return
  for (const pool of reservation.pools) {
    const key = poolKey(pool)
    for (let next = host.waiting.first(key); next !== undefined; next = host.waiting.first(key)) {
      wake(host, next.item, at)
      if (host.flights.find(next.item)?.run?.phase.kind === 'deferred') break
    }
  }
}

function wake(host: Host, row: number, at: number): void {
  const run = host.flights.find(row)?.run
  if (run?.phase.kind !== 'deferred') throw new RangeError(`row ${row} does not wait and cannot be woken`)
  host.waiting.remove(poolKey(run.phase.bindingPool), row)
  apply(host, row, run, {
    kind: 'wake',
    at,
    budgetHint: hintOf(host, row, at),
    cacheHint: host.caches?.hint(row, host.time),
  })
}

function handleDue(host: Host, at: number): void {
  const { payload, kind } = host.heap
  if (kind === REPEAT) return repeat(host, payload, at)
  const row = payload % WAKES
  const run = host.flights.find(row)?.run
  if (run === undefined) return
  if (kind === COMPLETE) {
    complete(host, row, run, at)
  } else if (kind === EXPIRE) {
    if (host.faults === undefined) expire(host, row, run, at)
    else expireAgain(host, host.faults, row, at)
  } else if (
    run.phase.kind === 'deferred' &&
    host.wakes.get(row) === Math.floor(payload / WAKES) &&
    host.time <= host.end
  ) {
    wake(host, row, at)
  }
}

function complete(host: Host, row: number, run: Run, at: number): void {
  if (run.phase.kind === 'assessing') {
    const assessed = host.flights.find(row)?.assessed
    if (assessed !== undefined) apply(host, row, run, { ...assessed, at })
    return
  }
  if (run.phase.kind === 'calling') noteCached(host, row, run, run.phase)
  const chargeNanoUsd = host.columns.chargeOf(row, run.past.spentNanoUsd)
  if (host.faults !== undefined) return endFated(host, row, run, { at, chargeNanoUsd })
  const isLate = host.flights.find(row)?.reservation?.status !== 'held'
  const score = isLate ? undefined : host.scoring?.score(row, run, host.columns.qualityOf(row))
  apply(host, row, run, {
    kind: 'completed',
    at,
    chargeNanoUsd,
    settlement: 'actual',
    retryable: false,
    score,
  })
}

/** What a call that gave an answer leaves in its model's cache. */
function noteCached(host: Host, row: number, run: Run, { plan, choice }: Calling): void {
  if (host.caches === undefined || (fateOf(host, run)?.end ?? 'completed') !== 'completed') return
  host.caches.ended(row, {
    model: choice.candidate.model,
    at: host.time,
    asPlanned: choice.candidate === plan.first,
  })
}

function endFated(
  host: Host,
  row: number,
  run: Run,
  { at, chargeNanoUsd }: Pick<EndEvent, 'at' | 'chargeNanoUsd'>,
): void {
  const fate = fateOf(host, run)
  const reservation = host.flights.find(row)?.reservation
  const score =
    fate?.end === 'completed' ? host.scoring?.score(row, run, host.columns.qualityOf(row)) : undefined
  const next = step(run, { ...endEvent(fate?.end ?? 'completed', at, chargeNanoUsd), score })
  rest(host, row, next, at)
  if (fate?.duplicated === true && reservation !== undefined && next.ending !== undefined)
    repeatLater(host, { reservation, ending: next.ending })
}

const END_EVENTS = { completed: 'completed', aborted: 'aborted', failed: 'failed', lost: 'expired' } as const
/** What the ledger's line says of the charge. */
const SETTLEMENTS = { completed: 'actual', aborted: 'estimated', failed: 'bound', lost: 'bound' } as const

function endEvent(end: Fate['end'], at: number, chargeNanoUsd: number): EndEvent {
  return {
    kind: END_EVENTS[end],
    at,
    chargeNanoUsd,
    settlement: SETTLEMENTS[end],
    retryable: end === 'failed',
  }
}

/**
 * What was held becomes spent; the call goes on, and its end may lower the charge, unless nobody tells of it. A cascade that has
 * an answer at hand waits no longer, and one whose first answer is late takes it as it is, as the runtime does.
 */
function expire(host: Host, row: number, run: Run, at: number): void {
  const reservation = host.flights.find(row)?.reservation
  if (reservation === undefined) return
  const chargeNanoUsd = reservation.choice.reservedNanoUsd
  host.ledger.end(reservation, { kind: 'expired', chargeNanoUsd, settlement: 'bound', at })
  host.watch?.ended(row, reservation)
  const isOver = fateOf(host, run)?.end === 'lost' || run.past.answer !== undefined
  if (isOver) apply(host, row, run, endEvent('lost', at, chargeNanoUsd))
}

/** Where the clock stepped back since, it is not yet due: looked at once more. */
function expireAgain({ flights, heap, time }: Host, faults: Faults, row: number, at: number): void {
  const reservation = flights.find(row)?.reservation
  if (reservation?.status !== 'held' || reservation.expiresAt <= at) return
  heap.push(Math.max(time + 1, faults.timeOf(reservation.expiresAt)), EXPIRE, row)
}

function repeatLater({ faults, heap, time }: Host, settlement: Repeat): void {
  if (faults !== undefined) heap.push(time + REPEAT_AFTER_MS, REPEAT, faults.keep(settlement))
}

/** The same settlement once more: the ledger knows that it has had it. */
function repeat(host: Host, number: number, at: number): void {
  const again = host.faults?.take(number)
  if (again !== undefined) host.ledger.end(again.reservation, { ...again.ending, at })
}

function finishReplay(host: Host, isCharted: boolean): ReplayResult {
  const { policy, table } = host
  host.flights.forEach((row, { run }) => {
    if (run !== undefined) host.columns.unresolved(row, run)
  })
  const steps = host.columns.result(policy.models)
  const windows = poolWindows(host.ledger, host.bindings)
  return {
    policyId: nameOf(policy, host.scoring),
    contentHash: policy.contentHash,
    steps,
    poolWindows: windows,
    poolSeries: isCharted
      ? poolSeries({ table, steps, scopes: host.scopes, ledger: host.ledger, windows })
      : [],
    capGuarantee: capGuarantee(
      policy,
      windows.some((window) => window.overspendNanoUsd > 0),
    ),
    ...(policy.budgets.some(({ softNanoUsd }) => softNanoUsd !== undefined)
      ? { softPassed: host.softPassings.counts.length }
      : {}),
    reservations: host.watch?.seen,
    ...(host.scoring === undefined ? {} : { scores: host.scoring.counts }),
    ...(host.assessments === undefined ? {} : { assessments: host.assessments.counts }),
    ...(host.faults === undefined ? {} : { faults: host.faults.counts }),
  }
}

/** Figures of a scorer that knows the truth bear it in their name, wherever they go. */
function nameOf({ policyId }: Policy, scoring: Scoring | undefined): string {
  return (scoring?.counts.simulated ?? 0) > 0 ? `${policyId} (simulated scorer)` : policyId
}

/**
 * Only a worst case is a proof, at prices that are known; and a charge above its reservation says that one of the proof's
 * provisos failed.
 */
function capGuarantee(policy: Policy, overspent: boolean): ReplayResult['capGuarantee'] {
  if (policy.budgets.length === 0) return 'none'
  return whyEstimated(policy) === null && !overspent ? 'proved' : 'estimated'
}
