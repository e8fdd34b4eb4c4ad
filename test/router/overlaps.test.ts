import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { parseDecisionLog } from '../../src/logs/decision-log.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import type { CallAttempt, CallResult } from '../../src/router/call-attempt.js'
import { decisionLine } from '../../src/router/decision-log.js'
import { createRouter } from '../../src/router/router.js'
import type { Router, RouterOptions, RouterWarning } from '../../src/router/router-api.js'
import { StoreError, type BudgetStore } from '../../src/router/store.js'
import { memoryStore } from '../../src/router/stores/memory.js'
import { breakable, type Fault } from '../builders/a-breakable-store.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'

const SERVICE = { kind: 'service', name: 'judge', maxCostUsd: 0.001, timeoutMs: 5000 } as const
const CASCADE = {
  kind: 'cascade',
  rungs: [{ model: 'small', accept: 0.5, samples: 2 }, { model: 'medium', accept: 0.5 }, { model: 'large' }],
  scorer: { kind: 'external', costUsd: 0.000_001 },
} as const satisfies PolicyFileInput['selector']
const usage = { inputTokens: 100, outputTokens: 200 }
const ask = {
  id: 'r',
  prompt: 'hi',
  scope: { org: 'acme' },
  inputTokensBound: 100,
  assessment: { difficulty: 0 },
}
const unassessed = { id: ask.id, prompt: ask.prompt, scope: ask.scope, inputTokensBound: 100 }
const TTL_MS = 20_000
const answer = async ({ model }: CallAttempt): Promise<CallResult<string>> => ({ value: model, usage })

interface Life {
  readonly router: Router
  readonly state: { fault: Fault }
  readonly clock: { now: number }
  readonly warnings: RouterWarning[]
  /** Of the request, as logged last; the log must replay as recorded. */
  readonly recorded: () => LogRecord | undefined
  readonly charges: () => Promise<readonly number[]>
}

async function aLife(parts: Partial<PolicyFileInput>, options: RouterOptions = {}): Promise<Life> {
  const policy = aPolicy({
    budgets: [aBudget('b', 1)],
    reservation: { ttlMs: TTL_MS, defaultMaxOutputTokens: 1000 },
    ...parts,
  })
  const { store, state } = breakable()
  const lines: string[] = []
  const warnings: RouterWarning[] = []
  const clock = { now: Date.UTC(2026, 10, 2) }
  const router = await createRouter(policy, {
    store,
    storeTimeoutMs: 20,
    now: () => clock.now,
    onDecision: (record) => lines.push(decisionLine(record)),
    onWarning: (warning) => warnings.push(warning),
    ...options,
  })
  const recorded = (): LogRecord | undefined => {
    const lives = parseDecisionLog(lines.join('\n'), 'log')
    expect(replayAsRecorded(lives, [policy]).mismatches).toEqual([])
    return lives[0]?.records[0]
  }
  const charges = async (): Promise<readonly number[]> =>
    (await router.save()).ledger.reservations.map(({ charged }) => charged)
  return { router, state, clock, warnings, recorded, charges }
}

describe('while a service assesses', () => {
  it('a cancel, a settle and an abort have no call to end, and the assessment is charged', async () => {
    let assess: (difficulty: number) => void = () => undefined
    const asked = new Promise<number>((resolve) => (assess = resolve))
    const { router, recorded, charges } = await aLife(
      { classifier: SERVICE },
      { assess: async () => ({ difficulty: await asked, costUsd: 0.0004 }) },
    )
    const routing = router.route(unassessed)
    await new Promise((resolve) => setImmediate(resolve))
    for (const end of [router.cancel('r'), router.abort('r'), router.settle('r', usage)])
      expect(await end).toEqual({ status: 'unknown', chargedNanoUsd: 0 })
    assess(0.9)
    expect(await routing).toMatchObject({ kind: 'route', model: 'large' })
    await router.settle('r', usage)
    expect(await charges()).toEqual([400_000, 11_000_000])
    recorded()
  })

  it('an assessment that expires meanwhile is charged, and its answer counts', async () => {
    const { router, clock, recorded, charges } = await aLife(
      { classifier: SERVICE },
      {
        assess: async () => {
          clock.now += TTL_MS
          await router.route({ ...ask, id: 'other' }).then(() => router.cancel('other'))
          return { difficulty: 0.9, costUsd: 0.0004 }
        },
      },
    )
    expect(await router.route(unassessed)).toMatchObject({ model: 'large' })
    await router.settle('r', usage)
    expect((await charges()).filter((charge) => charge > 0)).toEqual([400_000, 11_000_000])
    expect(recorded()?.run?.attempts[0]?.end?.kind).toBe('expired')
  })

  it('of a call that nobody counts, what the request cannot pay for is not asked', async () => {
    const request = {
      id: 'request',
      scope: 'request',
      maxBudget: 0.0005,
      window: { kind: 'lifetime' },
    } as const
    const { router, state, recorded } = await aLife(
      { classifier: SERVICE, budgets: [request, aBudget('b', 1)] },
      { onStoreError: 'allowUncounted', assess: () => ({ difficulty: 0.9, costUsd: 0 }) },
    )
    state.fault = 'down'
    expect(await router.route(unassessed)).toMatchObject({
      kind: 'route',
      model: 'small',
    })
    state.fault = 'up'
    expect(recorded()?.run?.deferrals).toMatchObject([{ bindingPool: 'request' }])
  })
})

describe('a rung of a cascade', () => {
  const SMALL = 2 * 500_000 + 1000

  it('that ends after it has expired pays for all its samples and their scoring', async () => {
    const { router, clock, charges, recorded } = await aLife({ selector: CASCADE })
    const late = async (attempt: CallAttempt): Promise<CallResult<string>> => {
      clock.now += TTL_MS
      // The ledger is asked for something else and finds it expired.
      if (attempt.sample === 1) await router.route({ ...ask, id: 'other' }).then(() => router.cancel('other'))
      return answer(attempt)
    }
    const result = await router.run(ask, late, { score: () => 0 })
    expect(result).toMatchObject({ kind: 'served', value: 'small' })
    expect((await charges())[0]).toBe(SMALL)
    recorded()
  })

  it('whose samples all fail is free only where all were refused', async () => {
    const failing =
      (statuses: readonly number[]) =>
      async (attempt: CallAttempt): Promise<CallResult<string>> => {
        if (attempt.model !== 'small') return answer(attempt)
        throw Object.assign(new Error('no'), { status: statuses[attempt.sample] })
      }
    const of = async (statuses: readonly number[]): Promise<readonly number[]> => {
      const { router, charges, recorded } = await aLife({ selector: CASCADE })
      expect(await router.run(ask, failing(statuses), { score: () => 1 })).toMatchObject({ value: 'medium' })
      recorded()
      return charges()
    }
    const medium = 2_300_000 + 1000
    expect(await of([429, 500])).toEqual([2 * 2_100_000 + 1000, medium])
    expect(await of([429, 429])).toEqual([0, medium])
  })

  it('rounds the cost of its samples up once, as its reservation', async () => {
    const models = [
      { id: 'small', tier: 1, pricing: { promptPer1m: 0.0001, completionPer1m: 0.0002 } },
      { id: 'large', tier: 2, pricing: { promptPer1m: 10, completionPer1m: 50 } },
    ] as const
    const rungs = [{ model: 'small', accept: 0.5, samples: 3 }, { model: 'large' }]
    const selector = { kind: 'cascade', rungs, scorer: { kind: 'agreement' } } as const
    const reservation = { defaultMaxOutputTokens: 1, minOutputTokens: 1 }
    const { router, charges, warnings, recorded } = await aLife({
      models: [...models],
      selector,
      reservation,
    })
    const one = { inputTokens: 100, outputTokens: 1 }
    // 10.2 nano-dollars a sample: 30.6 together.
    await router.run(ask, async () => ({ value: 'same', usage: one }))
    expect(await charges()).toEqual([31])
    expect(warnings).toEqual([])
    recorded()
  })

  it('is not ended by a second settle of the one below', async () => {
    const rungs = [{ model: 'small', accept: 0.5 }, { model: 'large' }]
    const { router } = await aLife({ selector: { ...CASCADE, rungs } })
    await router.route(ask)
    await router.settle('r', { ...usage, score: 0 })
    await expect(router.settle('r', { ...usage, score: 0 })).rejects.toThrow(/usage\.attempt.*attempt 1/)
    await expect(router.settle('r', { ...usage, attempt: 2 })).rejects.toThrow(/from 0 to 1/)
    await expect(router.settle('r', { attempt: 1, inputTokens: 5 })).rejects.toThrow(/usage\.outputTokens/)
    // What was used is not known: the reservation is charged.
    expect(await router.settle('r', { attempt: 1 })).toEqual({
      status: 'settled',
      chargedNanoUsd: 51_000_000,
    })
    expect(await router.settle('r', usage)).toMatchObject({ status: 'duplicate' })
  })

  it('takes no score outside of [0, 1]', async () => {
    const { router } = await aLife({ selector: CASCADE })
    await router.route(ask)
    for (const score of [NaN, -0.1, 7])
      await expect(router.settle('r', { ...usage, score })).rejects.toThrow(
        /usage\.score must be in \[0, 1\]/,
      )
  })

  it('has its answer compared where it is no JSON, and logs the usage of the one that is served', async () => {
    const rungs = [{ model: 'small', accept: 0.6, samples: 3 }, { model: 'large' }]
    const { router, recorded } = await aLife({
      selector: { kind: 'cascade', rungs, scorer: { kind: 'agreement' } },
    })
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const values = [cyclic, { count: 7n }, { count: 7n }]
    const result = await router.run(ask, async ({ sample }) => ({
      value: values[sample],
      usage: { inputTokens: 100, outputTokens: 100 + sample },
    }))
    expect(result).toMatchObject({ value: { count: 7n }, decision: { model: 'small' } })
    expect(recorded()?.outcomes).toMatchObject([{ outputTokens: 101, agreement: 2 / 3 }])
  })
})

describe('while the store is down', () => {
  it.each(['reject', 'allowUncounted'] as const)(
    'a cascade that goes on leaves a log that replays as it was, with its score (%s)',
    async (onStoreError) => {
      const { router, state, recorded, charges } = await aLife({ selector: CASCADE }, { onStoreError })
      const result = await router.run(
        ask,
        async (attempt) => {
          state.fault = 'down'
          return answer(attempt)
        },
        { score: ({ model }) => (model === 'small' ? 0.25 : 1) },
      )
      expect(result).toMatchObject({ value: onStoreError === 'reject' ? 'small' : 'medium' })
      expect(recorded()?.run?.attempts[0]?.end).toMatchObject({ kind: 'settled', score: 0.25, pending: true })
      state.fault = 'up'
      for (let i = 0; i < 60 && router.health().pendingEnds > 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 50))
      expect((await charges())[0]).toBe(2 * 500_000 + 1000)
      expect(recorded()?.run?.attempts[0]?.after).toMatchObject([{ kind: 'settled', costNanoUsd: 1_001_000 }])
    },
  )

  it('what expires of an earlier attempt leaves the current call alone', async () => {
    const inner = memoryStore()
    let losesEnd = true
    const end: BudgetStore['end'] = (id, ending) => {
      if (!losesEnd) return inner.end(id, ending)
      losesEnd = false
      throw new StoreError('connection refused')
    }
    const { router, clock, charges, recorded } = await aLife({}, { store: { ...inner, end } })
    await router.route(ask)
    clock.now += TTL_MS / 2
    expect(await router.fail('r', { retryable: true, usage })).toMatchObject({ model: 'medium' })
    clock.now += TTL_MS / 2
    // The first reservation runs out now, before its end is said again; the second has half its time left.
    await router.route({ ...ask, id: 'other' })
    expect(await router.settle('r', usage)).toEqual({ status: 'settled', chargedNanoUsd: 2_300_000 })
    expect((await charges()).slice(0, 2)).toEqual([2_100_000, 2_300_000])
    const [first, second] = recorded()?.run?.attempts ?? []
    expect(first?.end).toMatchObject({ kind: 'failed', pending: true })
    expect(first?.after).toMatchObject([{ kind: 'expired' }])
    expect(second?.end?.kind).toBe('settled')
  })
})
