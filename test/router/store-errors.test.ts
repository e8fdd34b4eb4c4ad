import { describe, expect, it } from 'vitest'
import { parseDecisionLog } from '../../src/logs/decision-log.js'
import { decisionLine } from '../../src/router/decision-log.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import type { RouteRequest } from '../../src/router/route-request.js'
import { createRouter } from '../../src/router/router.js'
import type { Router, RouterOptions, RouterWarning } from '../../src/router/router-api.js'
import type { BudgetStore } from '../../src/router/store.js'
import { memoryStore } from '../../src/router/stores/memory.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'
import { breakable, type Fault } from '../builders/a-breakable-store.js'

const policy = aPolicy({ budgets: [aBudget('b', 1)] })
const usage = { inputTokens: 100, outputTokens: 200 }
const ask = (id: string): RouteRequest => ({
  id,
  prompt: 'hi',
  scope: { org: 'acme' },
  inputTokensBound: 100,
  assessment: { difficulty: 0 },
})

async function given(options: RouterOptions = {}): Promise<{
  router: Router
  state: { fault: Fault }
  lines: string[]
  warnings: RouterWarning[]
}> {
  const { store, state } = breakable()
  const lines: string[] = []
  const warnings: RouterWarning[] = []
  const router = await createRouter(policy, {
    store,
    storeTimeoutMs: 20,
    onDecision: (line) => lines.push(decisionLine(line)),
    onWarning: (warning) => warnings.push(warning),
    ...options,
  })
  return { router, state, lines, warnings }
}

const pool = { budgetId: 'b', label: 'acme' }
const held = async (router: Router): Promise<number> =>
  (await router.audit(pool)).windows.reduce((sum, { heldNanoUsd }) => sum + heldNanoUsd, 0)
const acknowledged = async (router: Router): Promise<void> => {
  for (let i = 0; i < 60 && router.health().pendingEnds > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 50))
}

describe('while the store is down', () => {
  it.each(['down', 'hangs'] as const)('requests are refused without waiting for it (%s)', async (fault) => {
    const { router, state, warnings } = await given()
    state.fault = fault
    expect(await router.route(ask('r'))).toEqual({
      kind: 'reject',
      id: 'r',
      reason: 'storeUnavailable',
      bindingPool: null,
    })
    expect(router.health()).toMatchObject({ store: 'down', errors: 1, capGuarantee: 'proved', uncounted: 0 })
    expect(warnings).toMatchObject([{ kind: 'storeError' }])
    state.fault = 'up'
    expect((await router.route(ask('s'))).kind).toBe('route')
    expect(router.health().store).toBe('ok')
  })

  it('calls go on uncounted where the owner says so, and no cap is proved any more', async () => {
    const { router, state } = await given({ onStoreError: 'allowUncounted' })
    state.fault = 'down'
    expect(await router.route(ask('r'))).toMatchObject({ kind: 'route' })
    expect(await router.settle('r', usage)).toEqual({ status: 'settled', chargedNanoUsd: 500_000 })
    expect(await router.settle('r', usage)).toEqual({ status: 'duplicate', chargedNanoUsd: 500_000 })
    expect(router.health()).toMatchObject({
      capGuarantee: 'estimated',
      because: 'calls went out while the store was down',
      uncounted: 1,
    })
  })

  it('a settlement is said again until it is acknowledged, and charged once', async () => {
    const { router, state } = await given()
    await router.route(ask('r'))
    state.fault = 'lost'
    expect(await router.settle('r', usage)).toEqual({ status: 'pending', chargedNanoUsd: 500_000 })
    state.fault = 'down'
    expect((await router.settle('r', usage)).status).toBe('pending')
    state.fault = 'up'
    await acknowledged(router)
    const { windows } = await router.audit(pool)
    expect(windows).toMatchObject([
      { spentNanoUsd: 500_000, heldNanoUsd: 0, lines: [{ status: 'settled', settlement: 'actual' }] },
    ])
    expect((await router.settle('r', usage)).status).toBe('duplicate')
  })

  it('an admission whose answer was lost gives its money back', async () => {
    const { router, state } = await given()
    state.fault = 'lost'
    expect((await router.route(ask('r'))).kind).toBe('reject')
    expect(await held(router)).toBeGreaterThan(0)
    state.fault = 'up'
    await acknowledged(router)
    expect(await held(router)).toBe(0)
  })

  it.each(['reject', 'allowUncounted'] as const)(
    'the decision log tells it as it was (%s)',
    async (onStoreError) => {
      const { router, state, lines } = await given({ onStoreError })
      await router.route(ask('1'))
      state.fault = 'down'
      const cut = await router.route(ask('2'))
      if (cut.kind === 'route') await router.settle('2', usage)
      state.fault = 'up'
      await router.settle('1', usage)
      await router.route(ask('3'))
      await router.settle('3', usage)
      await router.close()
      const { requests, mismatches } = replayAsRecorded(parseDecisionLog(`${lines.join('\n')}\n`, 'log'), [
        policy,
      ])
      expect({ requests, mismatches }).toEqual({ requests: 3, mismatches: [] })
    },
  )
})

describe('what went wrong before', () => {
  it('a cancel in a finally does not undo a settlement that is pending', async () => {
    const { router, state } = await given()
    await router.route(ask('r'))
    state.fault = 'down'
    expect((await router.settle('r', usage)).status).toBe('pending')
    expect((await router.cancel('r')).status).toBe('pending')
    state.fault = 'up'
    await acknowledged(router)
    expect((await router.audit(pool)).windows[0]!.lines).toMatchObject([
      { status: 'settled', chargedNanoUsd: 500_000 },
    ])
  })

  it('the same request id in two routers of one store holds money twice', async () => {
    const inner = memoryStore()
    const shared = (): BudgetStore => ({ ...inner, start: () => undefined })
    const first = await createRouter(policy, { store: inner })
    const second = await createRouter(policy, { store: shared() })
    for (const router of [first, second]) expect((await router.route(ask('same'))).kind).toBe('route')
    expect((await first.audit(pool)).windows[0]!.lines).toHaveLength(2)
    for (const router of [first, second]) expect((await router.settle('same', usage)).status).toBe('settled')
    expect((await first.audit(pool)).windows[0]!.spentNanoUsd).toBe(1_000_000)
  })

  it('a request that found the store down may be asked again under its id', async () => {
    const { router, state } = await given()
    state.fault = 'down'
    expect((await router.route(ask('r'))).kind).toBe('reject')
    state.fault = 'up'
    expect((await router.route(ask('r'))).kind).toBe('route')
    // The cancel of the lost admission is still to be said; it must not end what this one holds.
    await acknowledged(router)
    expect(router.health().pendingEnds).toBe(0)
    expect(await held(router)).toBe(2_100_000)
    expect(await router.settle('r', usage)).toEqual({ status: 'settled', chargedNanoUsd: 500_000 })
  })

  it('a call that costs more than its reservation is warned of, and nothing is called proved any more', async () => {
    const { router, warnings } = await given()
    await router.route(ask('r'))
    await router.settle('r', { inputTokens: 100, outputTokens: 900_000 })
    expect(warnings).toMatchObject([{ kind: 'overspend', id: 'r', chargedNanoUsd: 1_800_100_000 }])
    expect(router.health()).toMatchObject({
      capGuarantee: 'estimated',
      because: 'calls cost more than was reserved for them: 1',
    })
  })

  it('run keeps an answer whose usage cannot be read, and charges the reservation', async () => {
    const { router, warnings } = await given()
    const bad = { inputTokens: 5, outputTokens: NaN }
    const answer = await router.run(ask('r'), async () => ({ value: 'paid for', usage: bad }))
    expect(answer).toMatchObject({ kind: 'served', value: 'paid for', chargedNanoUsd: 2_100_000 })
    expect(warnings).toMatchObject([{ kind: 'badUsage', id: 'r' }])
  })

  it('the request budget holds while the store is down', async () => {
    const { router, state } = await given({ onStoreError: 'allowUncounted' })
    const small = aPolicy({
      budgets: [{ ...aBudget('r', 0.0005), scope: 'request', window: { kind: 'lifetime' } }],
    })
    await router.replacePolicy(small)
    state.fault = 'down'
    const decision = await router.route(ask('r'))
    expect(decision.kind === 'route' && decision.reservedNanoUsd).toBeLessThanOrEqual(500_000)
  })
})

describe('soft budgets', () => {
  it('warn once when their use passes them, and refuse nothing', async () => {
    const soft = aPolicy({ budgets: [{ ...aBudget('b', 1), softBudget: 0.005 }] })
    const warnings: RouterWarning[] = []
    const router = await createRouter(soft, { onWarning: (warning) => warnings.push(warning) })
    for (const id of ['1', '2', '3', '4']) expect((await router.route(ask(id))).kind).toBe('route')
    expect(warnings).toMatchObject([{ kind: 'softBudget', pool, softNanoUsd: 5_000_000 }])
  })
})

describe('an audit', () => {
  it('lists the charges whose sum is what the pool has spent', async () => {
    const router = await createRouter(policy)
    for (const id of ['1', '2', '3', '4']) await router.route(ask(id))
    await router.settle('1', usage)
    await router.settle('2')
    await router.cancel('3')
    const { windows } = await router.audit(pool)
    const [window] = windows
    expect(windows).toHaveLength(1)
    expect(window!.lines.map(({ status, settlement }) => [status, settlement])).toEqual([
      ['settled', 'actual'],
      ['settled', 'bound'],
      ['cancelled', 'bound'],
      ['held', null],
    ])
    const sum = window!.lines.reduce((total, { chargedNanoUsd }) => total + chargedNanoUsd, 0)
    expect(sum).toBe(window!.spentNanoUsd)
    expect(window!.forgottenNanoUsd).toBe(0)
    expect((await router.audit({ budgetId: 'b', label: 'nobody' })).windows).toEqual([])
  })
})
