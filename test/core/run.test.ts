import { describe, expect, it } from 'vitest'
import { claimsFor } from '../../src/core/budget/claims.js'
import { chooseCandidate } from '../../src/core/budget/choose.js'
import { groupsOf } from '../../src/core/plan.js'
import {
  arrive,
  conclude,
  isFinished,
  requestHeadroom,
  step,
  type EndEvent,
  type Event,
  type Run,
} from '../../src/core/run.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import type { Request } from '../../src/core/request.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'
import { aRequest } from '../builders/a-request.js'

const POOL = { budgetId: 'b', label: 'acme', capNanoUsd: 1e9 }

function arrived(parts: Partial<PolicyFileInput> = {}, request: Partial<Request> = {}): Run {
  const policy = aPolicy({ budgets: [aBudget('b', 1)], ...parts })
  const asked = aRequest(request)
  return arrive({ policy, request: asked, claims: claimsFor(policy.budgets, asked.scope) })
}
const refuse = (run: Run, at: number, retryAt: number | null): Run =>
  step(run, { kind: 'refused', at, bindingPool: POOL, retryAt })
function admit(run: Run, at = 0): Run {
  if (run.phase.kind !== 'reserving') throw new Error(`run is ${run.phase.kind}`)
  const choice = chooseCandidate(run.phase.plan, 1e9)!
  return step(run, { kind: 'admitted', at, choice })
}
const end = (run: Run, kind: EndEvent['kind'], parts: Partial<EndEvent> = {}): Run =>
  step(run, { kind, at: 5, chargeNanoUsd: 100, settlement: 'actual', retryable: false, ...parts })
const model = (run: Run): string | undefined => {
  const decision = conclude(run)
  return decision.kind === 'route' ? decision.model : undefined
}

describe('the way of a request that is served', () => {
  it('arrives, is admitted, called, settled', () => {
    const reserving = arrived()
    expect(reserving).toMatchObject({ phase: { kind: 'reserving' }, effects: ['admit'] })
    const calling = admit(reserving)
    expect(calling).toMatchObject({ phase: { kind: 'calling', reason: 'asPlanned' }, effects: ['call'] })
    const served = end(calling, 'completed')
    expect(served).toMatchObject({ phase: { kind: 'served' }, effects: ['settle', 'finish'] })
    expect(served.ending).toEqual({ kind: 'settled', chargeNanoUsd: 100, settlement: 'actual', at: 5 })
    expect([isFinished(calling), isFinished(served)]).toEqual([false, true])
  })

  it.each([
    ['aborted', 'aborted'],
    ['cancelled', 'cancelled'],
  ] as const)('or is %s and settles that', (event, kind) => {
    const run = end(admit(arrived()), event)
    expect(run).toMatchObject({ phase: { kind }, effects: ['settle', 'finish'], ending: { kind } })
  })

  it('or expires, which the ledger knows already', () => {
    expect(end(admit(arrived()), 'expired')).toMatchObject({
      phase: { kind: 'expired' },
      effects: ['finish'],
    })
  })
})

describe('failover', () => {
  const hard = { assessment: { difficulty: 0.5 } }
  it('leaves the failed model out and reserves anew; the charge counts against the request’s own budget', () => {
    const budgets = [aBudget('request', 0.5, { scope: 'request' }), aBudget('b', 1)]
    const calling = admit(arrived({ budgets }, hard))
    expect(model(calling)).toBe('medium')
    const again = end(calling, 'failed', { retryable: true, chargeNanoUsd: 7 })
    expect(again).toMatchObject({
      phase: { kind: 'reserving' },
      effects: ['settle', 'admit'],
      past: { attempts: 1 },
    })
    expect(again.ending?.kind).toBe('failed')
    if (again.phase.kind === 'reserving') expect(requestHeadroom(again, again.phase.plan)).toBe(0.5e9 - 7)
    const second = admit(again)
    expect([model(second), conclude(second)]).toEqual([
      'large',
      expect.objectContaining({ reason: 'failover' }),
    ])
  })

  it('ends at the limit of attempts, at a failure not to retry, and when no model is left', () => {
    const twice = { failover: { maxAttempts: 2 } }
    const second = admit(end(admit(arrived(twice)), 'failed', { retryable: true }))
    expect(end(second, 'failed', { retryable: true })).toMatchObject({
      phase: { kind: 'failed' },
      effects: ['settle', 'finish'],
    })
    expect(end(admit(arrived()), 'failed')).toMatchObject({ phase: { kind: 'failed' } })
    const fixed = arrived({ selector: { kind: 'fixed', model: 'small' } })
    expect(end(admit(fixed), 'failed', { retryable: true })).toMatchObject({ phase: { kind: 'failed' } })
  })

  it('may be refused', () => {
    const again = end(admit(arrived()), 'failed', { retryable: true })
    expect(conclude(refuse(again, 6, null))).toMatchObject({ kind: 'reject', reason: 'budgetExhausted' })
  })
})

describe('deferral', () => {
  const parts = { onExceed: { normal: 'defer' as const }, defer: { maxWaitMs: 1000 } }
  const hard = { assessment: { difficulty: 0.8 } }

  it('waits until money is expected, at most as long as it may', () => {
    const waiting = refuse(arrived(parts, hard), 10, 400)
    expect(waiting).toMatchObject({
      phase: { kind: 'deferred', wakeAt: 400 },
      effects: ['defer'],
      past: { deferredSince: 10 },
    })
    expect(conclude(waiting)).toEqual({
      kind: 'defer',
      id: 'r1',
      retryAt: 400,
      bindingPool: POOL,
      reason: 'budgetExhausted',
    })
    const again = step(waiting, { kind: 'wake', at: 400 })
    expect(again).toMatchObject({ phase: { kind: 'reserving' }, effects: ['admit'] })
    expect(refuse(again, 400, 9000).phase).toMatchObject({ kind: 'deferred', wakeAt: 1010 })
  })

  it('then downgrades, and says so when even that fails', () => {
    const woken = step(refuse(arrived(parts, hard), 10, 5000), { kind: 'wake', at: 1010 })
    if (woken.phase.kind !== 'reserving') throw new Error('must reserve')
    expect(groupsOf(woken.phase.plan).map((group) => group[0]!.model)).toEqual([2, 1, 0])
    expect(conclude(refuse(woken, 1010, null))).toMatchObject({ kind: 'reject', reason: 'waitedTooLong' })
  })

  it('or rejects', () => {
    const rejecting = { ...parts, defer: { maxWaitMs: 1000, then: 'reject' as const } }
    const woken = step(refuse(arrived(rejecting, hard), 10, 5000), { kind: 'wake', at: 1010 })
    expect(conclude(refuse(woken, 1010, null))).toMatchObject({ kind: 'reject', reason: 'waitedTooLong' })
  })

  it('tries once more at the end of the wait although it was woken just before it', () => {
    const woken = step(refuse(arrived(parts, hard), 10, 5000), { kind: 'wake', at: 1009 })
    const last = refuse(woken, 1010, 9000)
    expect(last).toMatchObject({ phase: { kind: 'reserving' }, effects: ['admit'] })
    expect(conclude(refuse(last, 1010, null))).toMatchObject({ kind: 'reject', reason: 'waitedTooLong' })
  })

  it('never asks again at the same millisecond', () => {
    expect(refuse(arrived(parts, hard), 10, 10).phase).toMatchObject({ wakeAt: 11 })
    expect(refuse(arrived({ ...parts, defer: { maxWaitMs: 0 } }, hard), 10, 99).phase).toMatchObject({
      wakeAt: 11,
    })
  })

  it('is no way out for what never fits', () => {
    expect(conclude(refuse(arrived(parts, hard), 10, null))).toMatchObject({
      kind: 'reject',
      reason: 'neverFits',
      bindingPool: POOL,
    })
  })
})

describe('reasons', () => {
  const reason = (difficulty: number, candidate: number, tokens: number): string => {
    const run = arrived({}, { assessment: { difficulty } })
    if (run.phase.kind !== 'reserving') throw new Error('must reserve')
    const found = groupsOf(run.phase.plan)
      .flat()
      .find((one) => one.model === candidate)!
    const choice = { candidate: found, maxOutputTokens: tokens, reservedNanoUsd: 1 }
    const decision = conclude(step(run, { kind: 'admitted', at: 0, choice }))
    return `${decision.reason}${decision.kind === 'route' && decision.downgraded ? ' down' : ''}`
  }
  it.each([
    [0.5, 1, 1000, 'asPlanned'],
    [0.5, 1, 999, 'clamped'],
    [0.5, 2, 1000, 'otherModel'],
    [0.5, 2, 999, 'clamped'],
    [0.5, 0, 1000, 'downgraded down'],
    [0.5, 0, 60, 'downgraded down'],
  ])('difficulty %d, model %i, %i tokens: %s', (difficulty, candidate, tokens, expected) => {
    expect(reason(difficulty, candidate, tokens)).toBe(expected)
  })

  it('a request without any feasible model is refused without asking a pool', () => {
    const run = arrived({}, { needs: ['audio'] })
    expect(run).toMatchObject({ effects: ['finish'] })
    expect(conclude(run)).toEqual({ kind: 'reject', id: 'r1', bindingPool: null, reason: 'needs' })
  })
})

describe('events that cannot happen', () => {
  const admitted = (): Event => {
    const run = arrived()
    if (run.phase.kind !== 'reserving') throw new Error('must reserve')
    return { kind: 'admitted', at: 0, choice: chooseCandidate(run.phase.plan, 1e9)! }
  }
  const ending: Event = { kind: 'completed', at: 0, chargeNanoUsd: 0, settlement: 'actual', retryable: false }
  const events: Record<string, Event> = {
    admitted: admitted(),
    refused: { kind: 'refused', at: 0, bindingPool: POOL, retryAt: null },
    completed: ending,
    failed: { ...ending, kind: 'failed' },
    expired: { ...ending, kind: 'expired' },
    wake: { kind: 'wake', at: 0 },
  }
  const states: Record<string, { readonly run: Run; readonly allowed: readonly string[] }> = {
    reserving: { run: arrived(), allowed: ['admitted', 'refused'] },
    calling: { run: admit(arrived()), allowed: ['completed', 'failed', 'expired'] },
    deferred: { run: refuse(arrived({ onExceed: { normal: 'defer' } }), 0, 9), allowed: ['wake'] },
    served: { run: end(admit(arrived()), 'completed'), allowed: [] },
    rejected: { run: refuse(arrived(), 0, null), allowed: [] },
  }
  it.each(Object.keys(states))('to a run that is %s', (name) => {
    const { run, allowed } = states[name]!
    expect(run.phase.kind).toBe(name)
    for (const [kind, event] of Object.entries(events)) {
      if (allowed.includes(kind)) expect(() => step(run, event)).not.toThrow()
      else expect(() => step(run, event)).toThrow(`event ${kind} cannot happen to a run that is ${name}`)
    }
  })

  it('a run without a decision has none', () => {
    for (const run of [arrived(), arrived()]) expect(() => conclude(run)).toThrow(/no decision yet/)
  })

  it('a step leaves the run as it was', () => {
    const run = admit(arrived())
    const before = JSON.stringify(run)
    end(run, 'failed', { retryable: true })
    expect(JSON.stringify(run)).toBe(before)
  })
})
