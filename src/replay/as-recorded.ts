import { chooseCandidate } from '../core/budget/choose.js'
import { claimsFor } from '../core/budget/claims.js'
import type { Ending } from '../core/budget/ledger.js'
import {
  createReservationBook,
  type BookState,
  type ReservationBook,
} from '../core/budget/reservation-book.js'
import { InputError } from '../core/errors.js'
import type { AttemptEnd, AttemptRecord, LogRecord, RunRecord } from '../core/log-record.js'
import { promptMessages } from '../core/measure.js'
import type { Plan } from '../core/plan.js'
import type { Policy } from '../core/policy.js'
import type { Request } from '../core/request.js'
import { costNanoUsd } from '../core/usage.js'
import {
  arrive,
  calledRung,
  conclude,
  requestHeadroom,
  step,
  type Event,
  type Run,
  type RunContext,
} from '../core/run.js'

/** One router's part of a decision log: one record a request (the last line of each id), and changes of policy. */
export interface RecordedLog {
  readonly records: readonly LogRecord[]
  readonly changes: readonly { readonly policyHash: string; readonly seq: number; readonly at: number }[]
}

export interface AsRecordedResult {
  readonly requests: number
  /** Operations of the ledger that were fed again, in their recorded order. */
  readonly operations: number
  /** The log is not the whole history of its ledger: what other routers and earlier lives did is missing. */
  readonly sharedLedger: boolean
  /** Where the same events led elsewhere: none, if log, policy and code belong together. */
  readonly mismatches: readonly Mismatch[]
  /** As the last router left it; ended reservations are all kept. */
  readonly ledger: BookState
}

export interface Mismatch {
  readonly id: string
  readonly seq: number
  readonly field: string
  readonly recorded: unknown
  readonly replayed: unknown
}

interface Operation {
  readonly seq: number
  readonly at: number
  readonly perform: (host: Host) => void
}

interface Host {
  readonly book: ReservationBook
  readonly policies: ReadonlyMap<string, Policy>
  readonly runs: Map<string, Replayed>
  readonly mismatches: Mismatch[]
  current: Policy
}

interface Replayed {
  run: Run
  /** When the ledger was asked for it last: the runtime wakes a run with the time of its deferral. */
  deferredAt: number
}

/**
 * Feeds a runtime's decision log to the same state machine and ledger, in the store's order, and compares every decision.
 * Each life of a router begins with an empty ledger.
 * @throws InputError when a record lacks what the runtime writes, or names a policy or a budget that was not given.
 */
export function replayAsRecorded(
  lives: readonly RecordedLog[],
  policies: readonly Policy[],
): AsRecordedResult {
  const given = policies[0]
  if (given === undefined) throw new InputError('as-recorded replay needs the policy that made the log')
  const byHash = new Map(policies.map((policy) => [policy.contentHash, policy]))
  const mismatches: Mismatch[] = []
  let requests = 0
  let fed = 0
  let book = createReservationBook(given.budgets)
  for (const life of lives) {
    const first = policyOf(byHash, firstPolicy(life) ?? given.contentHash, 'the log')
    const operations = operationsOf(life)
    book = createReservationBook(first.budgets)
    const host: Host = { book, policies: byHash, runs: new Map(), mismatches, current: first }
    for (const operation of operations) operation.perform(host)
    requests += life.records.length
    fed += operations.length
  }
  const sharedLedger = lives.some(({ records }) => records.some(({ run }) => run?.sharedLedger === true))
  return { requests, operations: fed, sharedLedger, mismatches, ledger: book.save() }
}

/** In the store's order, whose numbers are each given once; requests refused before the store was asked stand at 0. */
function operationsOf({ changes, records }: RecordedLog): readonly Operation[] {
  const operations = [...changes.filter(({ seq }) => seq > 0).map(changeOperation)]
  for (const record of records) operations.push(...recordOperations(record))
  operations.sort((a, b) => a.seq - b.seq)
  const twice = operations.find(({ seq }, index) => seq > 0 && seq === operations[index + 1]?.seq)
  if (twice !== undefined) {
    throw new InputError(
      `two operations have seq ${twice.seq}: the log holds the lives of several routers and no start lines between them; split it`,
    )
  }
  return operations
}

/** The start line's; in logs without one, that of the request that asked the ledger first. */
function firstPolicy({ changes, records }: RecordedLog): string | undefined {
  const start = changes.find(({ seq }) => seq === 0)
  if (start !== undefined) return start.policyHash
  let first: { readonly seq: number; readonly hash: string | undefined } | undefined
  for (const { run, policyHash } of records) {
    const asked = [...(run?.attempts ?? []), ...(run?.deferrals ?? []), run?.rejected]
    for (const one of asked) {
      if (one !== undefined && one.seq > 0 && one.seq < (first?.seq ?? Infinity))
        first = { seq: one.seq, hash: policyHash }
    }
  }
  return first?.hash
}

function changeOperation({ policyHash, seq, at }: RecordedLog['changes'][number]): Operation {
  return {
    seq,
    at,
    perform(host) {
      host.current = policyOf(host.policies, policyHash, 'a change of policy')
      host.book.configure(host.current.budgets, at)
    },
  }
}

function policyOf(policies: ReadonlyMap<string, Policy>, hash: string, what: string): Policy {
  const policy = policies.get(hash)
  if (policy !== undefined) return policy
  const given = [...policies.keys()].join(', ')
  throw new InputError(
    `${what} names the policy ${hash}, which was not given (given: ${given}); pass it with --policy`,
  )
}

function recordOperations(record: LogRecord): Operation[] {
  const { run } = record
  if (run === undefined) {
    throw new InputError(`request ${record.id} has no run: this is not a decision log of the runtime`)
  }
  const asked: readonly Asked[] = [
    ...run.attempts,
    ...run.deferrals,
    ...[run.rejected, run.escalationRefused].flatMap((one) => one ?? []),
  ]
  const admissions = asked.map(({ seq, at, budgetHint, cacheHint }) => ({
    seq,
    at,
    perform: (host: Host) => admission(host, record, { seq, at, budgetHint, cacheHint }),
  }))
  return [...admissions, ...run.attempts.flatMap((attempt) => endOperations(record, run, attempt))]
}

/** When the ledger was asked, and what the selector had been told of it by then. */
interface Asked extends Hints {
  readonly seq: number
  readonly at: number
}

type Hints = Pick<RunContext, 'budgetHint' | 'cacheHint'>

function admission(host: Host, record: LogRecord, { seq, at, ...hints }: Asked): void {
  const replayed = host.runs.get(record.id) ?? arrived(host, record, hints)
  if (replayed.run.phase.kind === 'deferred') {
    replayed.run = step(replayed.run, { kind: 'wake', at: replayed.deferredAt, ...hints })
  }
  const { phase, past, context } = replayed.run
  const outage = outageOf(record, seq, past.attempts)
  if (phase.kind === 'reserving' && outage !== undefined) {
    replayed.run = step(replayed.run, outage(phase.plan, at, requestHeadroom(replayed.run, phase.plan)))
  } else if (phase.kind === 'reserving' && !hasEnded(host, reservationIdOf(record, past.attempts))) {
    const { plan } = phase
    checkBudgets(host, record, plan)
    const request = {
      candidates: plan,
      pools: host.book.ledger.open(plan.pools),
      priority: plan.priority,
      requestHeadroom: requestHeadroom(replayed.run, plan),
      at,
      ttlMs: context.policy.file.reservation.ttlMs,
    }
    const answer = host.book.admit(reservationIdOf(record, past.attempts), request)
    const retryAt =
      answer.kind === 'refused' && plan.onExceed === 'defer' ? host.book.ledger.earliest(request) : null
    replayed.run = step(
      replayed.run,
      answer.kind === 'admitted'
        ? { kind: 'admitted', at, choice: answer.reservation.choice }
        : { ...answer, at, retryAt },
    )
    replayed.deferredAt = at
  }
  compareEnding(host, record, seq, replayed.run)
}

/** As recorded; an attempt that was refused has none, and any will do. */
function reservationIdOf({ id, run }: LogRecord, attempt: number): string {
  return run?.attempts[attempt]?.reservationId ?? `${id}#${attempt}`
}

/** What a run was told while the store was down: no ledger was asked. */
function outageOf(
  { run }: LogRecord,
  seq: number,
  attempts: number,
): ((plan: Plan, at: number, headroom: number) => Event) | undefined {
  if (Number.isInteger(seq)) return undefined
  const passedOver = run?.deferrals.find((deferral) => deferral.seq === seq)
  if (passedOver !== undefined) {
    const bindingPool = { budgetId: passedOver.bindingPool, label: '', capNanoUsd: 0 }
    return (_plan, at) => ({ kind: 'refused', at, bindingPool, retryAt: null })
  }
  if (run?.attempts[attempts]?.uncounted === true) {
    return (plan, at, headroom) => {
      const choice = chooseCandidate(plan, headroom)
      return choice === undefined ? { kind: 'unavailable', at } : { kind: 'admitted', at, choice }
    }
  }
  if (run?.rejected?.reason !== 'storeUnavailable' && run?.escalationRefused?.seq !== seq) return undefined
  return (_plan, at) => ({ kind: 'unavailable', at })
}

function arrived(host: Host, record: LogRecord, hints: Hints): Replayed {
  const policy = policyOf(
    host.policies,
    record.policyHash ?? host.current.contentHash,
    `request ${record.id}`,
  )
  const request = requestOf(record, policy)
  const claims = claimsFor(policy.budgets, request.scope)
  const run = arrive({ policy, request, claims, ...hints })
  const replayed: Replayed = { run, deferredAt: request.at }
  host.runs.set(record.id, replayed)
  return replayed
}

/** Histories that went apart may ask again for a reservation that was ended: the comparison that follows tells. */
function hasEnded({ book }: Host, reservationId: string): boolean {
  const known = book.get(reservationId)
  return known !== undefined && known.status !== 'held'
}

function checkBudgets({ book }: Host, record: LogRecord, plan: Plan): void {
  const unknown = plan.pools.find(({ budgetId }) => !book.ledger.slots.some(({ id }) => id === budgetId))
  if (unknown === undefined) return
  throw new InputError(
    `request ${record.id} counts against the budget ${unknown.budgetId}, which no policy before it in the log has: a change of policy is missing`,
  )
}

/** As recorded, else made again from the text. */
function featuresOf(record: LogRecord, policy: Policy): ArrayLike<number> | undefined {
  const { extractor } = policy.classifier
  if (record.features?.key === extractor.key) return record.features.values
  const messages =
    record.messages ?? (record.prompt === undefined ? undefined : promptMessages(record.prompt))
  return messages === undefined
    ? undefined
    : extractor.extract(messages, record.inputTokensEstimate ?? 0, record.task)
}

/** A request refused before any plan was made never had its difficulty looked at. */
function wasPlanned({ run }: LogRecord): boolean {
  return run === undefined || run.attempts.length > 0 || run.deferrals.length > 0 || run.rejected?.seq !== 0
}

/** The assessment in the log is the service's answer, which comes when it is asked. */
function isServices({ assessment }: LogRecord): boolean {
  return assessment?.by !== undefined
}

function requestOf(record: LogRecord, policy: Policy): Request {
  const features = featuresOf(record, policy)
  if (features === undefined && policy.classifier.service !== undefined && wasPlanned(record))
    throw new InputError(
      `request ${record.id} has no text and no features, and without them nobody can tell when its policy asked the service ${policy.classifier.service.name}: such a log needs logText "features" or "full"`,
    )
  if (features === undefined && record.assessment === undefined && wasPlanned(record)) {
    throw new InputError(
      `request ${record.id} has no text, no assessment and no features of this policy's extractor`,
    )
  }
  return {
    id: record.id,
    at: record.at ?? 0,
    scope: record.scope ?? {},
    priority: record.priority ?? 'normal',
    task: record.task,
    needs: record.needs ?? [],
    inputTokensEstimate: record.inputTokensEstimate ?? 0,
    inputTokensBound: record.inputTokensBound,
    sharedPrefixTokens: record.sharedPrefixTokens,
    maxOutputTokens: record.maxOutputTokens,
    features,
    assessment: isServices(record) ? undefined : record.assessment,
  }
}

function endOperations(record: LogRecord, run: RunRecord, attempt: AttemptRecord): Operation[] {
  const ends = [...(attempt.end === undefined ? [] : [attempt.end]), ...(attempt.after ?? [])]
  const telling = tellingEnd(run, attempt, ends)
  return ends.map((end) => ({
    seq: end.seq,
    at: end.at,
    perform(host: Host) {
      const replayed = host.runs.get(record.id)
      if (replayed === undefined) throw new InputError(`request ${record.id} ends before it begins`)
      const explained = end === attempt.end ? chargeOfUsage(replayed.run, record, attempt) : undefined
      const ending: Ending = {
        kind: end.kind,
        chargeNanoUsd: explained ?? end.costNanoUsd,
        settlement: end.settlement,
        at: end.at,
      }
      const isUnknownToLedger = attempt.uncounted === true || end.pending === true
      const { chargedNanoUsd } = isUnknownToLedger
        ? { chargedNanoUsd: end.costNanoUsd }
        : host.book.end(attempt.reservationId, ending)
      const at = { id: record.id, seq: end.seq }
      compare(host, { ...at, field: 'costNanoUsd', recorded: end.costNanoUsd, replayed: chargedNanoUsd })
      if (end !== telling) return
      const { kind } = replayed.run.phase
      if (kind === 'calling') replayed.run = step(replayed.run, endEvent(end, wentOn(run, end)))
      else if (kind === 'assessing') replayed.run = step(replayed.run, assessedEvent(end, record))
      else compare(host, { ...at, field: 'end', recorded: end.kind, replayed: kind })
    },
  }))
}

/**
 * The end that the run was told of: the first, unless the store found the reservation expired while an end was on its way that
 * the run had already heard of and went on from: a failure, or an assessment.
 */
function tellingEnd(
  run: RunRecord,
  { purpose }: AttemptRecord,
  ends: readonly AttemptEnd[],
): AttemptEnd | undefined {
  const [first] = ends
  if (first?.kind !== 'expired' || !wentOn(run, first)) return first
  return ends.find(({ kind }) => (purpose === 'assess' ? kind !== 'expired' : kind === 'failed')) ?? first
}

/** What the recorded usage costs at the policy's prices; undefined where the charge does not follow from a recorded usage. */
function chargeOfUsage(
  replayed: Run,
  { run, outcomes }: LogRecord,
  attempt: AttemptRecord,
): number | undefined {
  const { end, model } = attempt
  if (end?.kind !== 'settled' || end.settlement !== 'actual' || attempt !== run?.attempts.at(-1))
    return undefined
  const rung = calledRung(replayed)
  if (rung !== undefined && rung.samples > 1) return undefined
  const prices = replayed.context.policy.models.find(({ id }) => id === model)?.prices
  const { inputTokens, outputTokens, ...rest } = outcomes?.find((outcome) => outcome.model === model) ?? {}
  if (prices === undefined || inputTokens === undefined || outputTokens === undefined) return undefined
  const charge = costNanoUsd(prices, { ...rest, inputTokens, outputTokens }) + (rung?.scoringNanoUsd ?? 0)
  return Number.isSafeInteger(charge) && charge >= 0 ? charge : undefined
}

/** Whether anything was asked of the ledger for this request after that end: then the failure was one to retry. */
function wentOn(run: RunRecord, end: AttemptEnd): boolean {
  const later = [...run.attempts, ...run.deferrals, run.rejected, run.escalationRefused]
  return later.some((one) => one !== undefined && one.seq > end.seq)
}

function assessedEvent({ at, kind, costNanoUsd, settlement }: AttemptEnd, { assessment }: LogRecord): Event {
  return {
    kind: 'assessed',
    at,
    assessment: kind === 'settled' ? assessment : undefined,
    chargeNanoUsd: costNanoUsd,
    settlement,
  }
}

function endEvent({ kind, at, costNanoUsd, settlement, score }: AttemptEnd, retryable: boolean): Event {
  return {
    kind: kind === 'settled' ? 'completed' : kind,
    at,
    chargeNanoUsd: costNanoUsd,
    settlement,
    retryable,
    score: score === null ? NaN : score,
  }
}

/** What the record says happened at this number against what the state machine just did. */
function compareEnding(host: Host, record: LogRecord, seq: number, run: Run): void {
  const recorded = recordedAt(record.run as RunRecord, seq)
  const replayed = replayedNow(run)
  for (const field of Object.keys({ ...recorded, ...replayed })) {
    compare(host, { id: record.id, seq, field, recorded: recorded[field], replayed: replayed[field] })
  }
}

function compare(host: Host, found: Mismatch): void {
  if (found.recorded !== found.replayed) host.mismatches.push(found)
}

function recordedAt(run: RunRecord, seq: number): Record<string, unknown> {
  const attempt = run.attempts.find((candidate) => candidate.seq === seq)
  if (attempt !== undefined) {
    const { model, maxOutputTokens, reservedNanoUsd, reason } = attempt
    if (attempt.purpose === 'assess') return { kind: 'assess', reservedNanoUsd }
    return { kind: 'route', model, maxOutputTokens, reservedNanoUsd, reason }
  }
  const deferral = run.deferrals.find((candidate) => candidate.seq === seq)
  if (deferral !== undefined)
    return deferral.retryAt === deferral.at
      ? { kind: 'asksAgain' }
      : { kind: 'defer', retryAt: deferral.retryAt }
  const { escalationRefused } = run
  if (escalationRefused?.seq === seq) {
    const { model, maxOutputTokens, reservedNanoUsd } = run.attempts[escalationRefused.answering] ?? {}
    return { kind: 'route', model, maxOutputTokens, reservedNanoUsd, reason: 'escalationRefused' }
  }
  return { kind: 'reject', reason: run.rejected?.reason }
}

function replayedNow(run: Run): Record<string, unknown> {
  const { phase } = run
  if (phase.kind === 'reserving') return { kind: 'asksAgain' }
  if (phase.kind === 'assessing') return { kind: 'assess', reservedNanoUsd: phase.choice.reservedNanoUsd }
  const decision = conclude(run)
  switch (decision.kind) {
    case 'route':
      return {
        kind: 'route',
        model: decision.model,
        maxOutputTokens: decision.maxOutputTokens,
        reservedNanoUsd: decision.reservedNanoUsd,
        reason: decision.reason,
      }
    case 'defer':
      return { kind: 'defer', retryAt: decision.retryAt }
    case 'reject':
      return { kind: 'reject', reason: decision.reason }
  }
}
