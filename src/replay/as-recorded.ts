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
import type { Policy } from '../core/policy.js'
import type { Request } from '../core/request.js'
import { conclude, createRun, requestHeadroom, step, type Event, type Run } from '../core/run.js'

/** A decision log as the runtime wrote it: one record a request (the last line of each id), and changes of policy. */
export interface RecordedLog {
  readonly records: readonly LogRecord[]
  readonly changes: readonly { readonly policyHash: string; readonly seq: number; readonly at: number }[]
}

export interface AsRecordedResult {
  readonly requests: number
  /** Operations of the ledger that were fed again, in their recorded order. */
  readonly operations: number
  /** Where the same events led elsewhere: none, if log, policy and code belong together. */
  readonly mismatches: readonly Mismatch[]
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
}

/**
 * Feeds a runtime's decision log to the same state machine and ledger, in the store's order, and compares every decision.
 * @throws InputError when a record lacks what the runtime writes, or names a policy that was not given.
 */
export function replayAsRecorded(log: RecordedLog, policies: readonly Policy[]): AsRecordedResult {
  const first = policies[0]
  if (first === undefined) throw new InputError('as-recorded replay needs the policy that made the log')
  const byHash = new Map(policies.map((policy) => [policy.contentHash, policy]))
  const host: Host = {
    book: createReservationBook(first.budgets),
    policies: byHash,
    runs: new Map(),
    mismatches: [],
    current: first,
  }
  const operations = [...log.changes.map(changeOperation), ...log.records.flatMap(recordOperations)]
  operations.sort((a, b) => a.seq - b.seq)
  for (const operation of operations) operation.perform(host)
  return {
    requests: log.records.length,
    operations: operations.length,
    mismatches: host.mismatches,
    ledger: host.book.save(),
  }
}

function changeOperation({ policyHash, seq, at }: RecordedLog['changes'][number]): Operation {
  return {
    seq,
    at,
    perform(host) {
      host.current = policyOf(host, policyHash, 'a change of policy')
      host.book.configure(host.current.budgets, at)
    },
  }
}

function policyOf(host: Host, hash: string | undefined, what: string): Policy {
  const policy = hash === undefined ? host.current : host.policies.get(hash)
  if (policy !== undefined) return policy
  const given = [...host.policies.keys()].join(', ')
  throw new InputError(
    `${what} names the policy ${hash}, which was not given (given: ${given}); pass it with --policy`,
  )
}

function recordOperations(record: LogRecord): Operation[] {
  const { run } = record
  if (run === undefined) {
    throw new InputError(`request ${record.id} has no run: this is not a decision log of the runtime`)
  }
  const asked = [
    ...run.attempts.map((attempt) => ({ seq: attempt.seq, at: attempt.at })),
    ...run.deferrals.map(({ seq, at }) => ({ seq, at })),
    ...(run.rejected === undefined ? [] : [{ seq: run.rejected.seq, at: run.rejected.at }]),
  ]
  const admissions = asked.map(({ seq, at }) => ({
    seq,
    at,
    perform: (host: Host) => admission(host, record, seq, at),
  }))
  return [...admissions, ...run.attempts.flatMap((attempt) => endOperations(record, run, attempt))]
}

function admission(host: Host, record: LogRecord, seq: number, at: number): void {
  const replayed = host.runs.get(record.id) ?? arrive(host, record)
  if (replayed.run.phase.kind === 'deferred') replayed.run = step(replayed.run, { kind: 'wake', at })
  const { phase, attempts, context } = replayed.run
  if (phase.kind === 'reserving') {
    const { plan } = phase
    const request = {
      groups: plan.groups,
      pools: host.book.ledger.open(plan.pools),
      priority: plan.priority,
      requestHeadroom: requestHeadroom(replayed.run, plan),
      at,
      ttlMs: context.policy.file.reservation.ttlMs,
    }
    const answer = host.book.admit(`${record.id}#${attempts}`, request)
    const retryAt =
      answer.kind === 'refused' && plan.onExceed === 'defer' ? host.book.ledger.earliest(request) : null
    replayed.run = step(
      replayed.run,
      answer.kind === 'admitted'
        ? { kind: 'admitted', at, choice: answer.reservation.choice }
        : { ...answer, at, retryAt },
    )
  }
  compareEnding(host, record, seq, replayed.run)
}

function arrive(host: Host, record: LogRecord): Replayed {
  const policy = policyOf(host, record.policyHash, `request ${record.id}`)
  const request = requestOf(record, policy)
  const run = createRun({ policy, request, claims: claimsFor(policy.budgets, request.scope) })
  const replayed: Replayed = { run: step(run, { kind: 'arrive', at: request.at }) }
  host.runs.set(record.id, replayed)
  return replayed
}

/** As recorded, else made again from the text. */
function featuresOf(record: LogRecord, policy: Policy): ArrayLike<number> | undefined {
  const { extractor } = policy.classifier
  if (record.features?.key === extractor.key) return record.features.values
  const messages =
    record.messages ?? (record.prompt === undefined ? undefined : promptMessages(record.prompt))
  return messages === undefined ? undefined : extractor.extract(messages, record.inputTokensEstimate ?? 0)
}

function requestOf(record: LogRecord, policy: Policy): Request {
  const features = featuresOf(record, policy)
  if (features === undefined && record.assessment === undefined) {
    throw new InputError(
      `request ${record.id} has no text, no assessment and no features of this policy's extractor`,
    )
  }
  return {
    id: record.id,
    at: record.at ?? 0,
    scope: record.scope ?? {},
    priority: record.priority ?? 'normal',
    needs: record.needs ?? [],
    inputTokensEstimate: record.inputTokensEstimate ?? 0,
    inputTokensBound: record.inputTokensBound,
    maxOutputTokens: record.maxOutputTokens,
    features,
    assessment: record.assessment,
  }
}

function endOperations(record: LogRecord, run: RunRecord, attempt: AttemptRecord): Operation[] {
  const ends = [...(attempt.end === undefined ? [] : [attempt.end]), ...(attempt.after ?? [])]
  return ends.map((end, index) => ({
    seq: end.seq,
    at: end.at,
    perform(host: Host) {
      const replayed = host.runs.get(record.id)
      if (replayed === undefined) throw new InputError(`request ${record.id} ends before it begins`)
      const ending: Ending = {
        kind: end.kind,
        chargeNanoUsd: end.costNanoUsd,
        settlement: end.settlement,
        at: end.at,
      }
      const { chargedNanoUsd } = host.book.end(attempt.reservationId, ending)
      compare(host, {
        id: record.id,
        seq: end.seq,
        field: 'costNanoUsd',
        recorded: end.costNanoUsd,
        replayed: chargedNanoUsd,
      })
      if (index === 0) replayed.run = step(replayed.run, endEvent(end, wentOn(run, end)))
    },
  }))
}

/** Whether anything was asked of the ledger for this request after that end: then the failure was one to retry. */
function wentOn(run: RunRecord, end: AttemptEnd): boolean {
  const later = [...run.attempts, ...run.deferrals, ...(run.rejected === undefined ? [] : [run.rejected])]
  return later.some(({ seq }) => seq > end.seq)
}

function endEvent({ kind, at, costNanoUsd, settlement }: AttemptEnd, retryable: boolean): Event {
  return {
    kind: kind === 'settled' ? 'completed' : kind,
    at,
    chargeNanoUsd: costNanoUsd,
    settlement,
    retryable,
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
    return { kind: 'route', model, maxOutputTokens, reservedNanoUsd, reason }
  }
  const deferral = run.deferrals.find((candidate) => candidate.seq === seq)
  if (deferral !== undefined)
    return deferral.retryAt === deferral.at
      ? { kind: 'asksAgain' }
      : { kind: 'defer', retryAt: deferral.retryAt }
  return { kind: 'reject', reason: run.rejected?.reason }
}

function replayedNow(run: Run): Record<string, unknown> {
  if (run.phase.kind === 'reserving') return { kind: 'asksAgain' }
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
