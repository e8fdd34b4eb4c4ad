import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import type { Policy } from '../../src/core/policy.js'
import { createRouter } from '../../src/router/router.js'
import type { Router, RouterOptions } from '../../src/router/router-api.js'
import { StoreError, type BudgetStore } from '../../src/router/store.js'
import { memoryStore } from '../../src/router/stores/memory.js'
import type { RouteRequest } from '../../src/router/route-request.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { aBudget, aPolicy, LARGE, MEDIUM, SMALL } from '../builders/a-policy.js'

const START = Date.UTC(2026, 10, 2, 12)
const counter = { name: 'words', count: (text: string) => text.split(/\s+/).filter(Boolean).length }
const policy = aPolicy({
  models: [SMALL, MEDIUM, LARGE],
  classifier: { kind: 'learned', learned: aLearnedSpec(['small', 'medium', 'large'], 60) },
  selector: { kind: 'paced', budget: 'day', costWeight: 200 },
  budgets: [aBudget('day', 0.1, { window: { kind: 'fixed', budgetDuration: '1d' }, onMissingLabel: 'skip' })],
})
/** Chances of the caller's own; costs as the classifier expects them of a short prompt. */
const ask = (id: string, scope: Readonly<Record<string, string>> = { org: 'acme' }): RouteRequest => ({
  id,
  prompt: 'hi',
  scope,
  inputTokensBound: 100,
  assessment: { difficulty: 0.5, successProbability: { small: 0.5, medium: 0.7, large: 0.9 } },
})

interface Given {
  readonly router: Router
  readonly records: LogRecord[]
  now: number
}

async function given(store: BudgetStore, options: RouterOptions = {}, of: Policy = policy): Promise<Given> {
  const records: LogRecord[] = []
  const state = { now: START }
  const router = await createRouter(of, {
    store,
    counter,
    now: () => state.now,
    onDecision: (line) => {
      if ('id' in line) records.push(line)
    },
    ...options,
  })
  return Object.assign(state, { router, records })
}

/** A store whose answers come later, as over a wire; it counts what it was asked. */
function remote(): { store: BudgetStore; counts: { uses: number; down: boolean } } {
  const inner = memoryStore()
  const counts = { uses: 0, down: false }
  return {
    counts,
    store: {
      ...inner,
      shared: true,
      async use(pool) {
        counts.uses++
        if (counts.down) throw new StoreError('connection refused')
        return inner.use(pool)
      },
    },
  }
}

describe('a router whose policy is paced', () => {
  it('asks for better models behind the plan, for cheaper ones ahead of it', async () => {
    const { router, records } = await given(memoryStore())
    const model = async (id: string): Promise<string | undefined> => {
      const decision = await router.route(ask(id))
      return decision.kind === 'route' ? decision.model : undefined
    }
    // Half of the day has passed and nothing is spent: the weight is a 64th. Each call of `large` reserves half of the budget.
    expect(await model('first')).toBe('large')
    expect(records[0]!.run!.attempts[0]!.budgetHint).toEqual({
      usedNanoUsd: 0,
      capNanoUsd: 1e8,
      elapsed: 0.5,
    })
    await router.settle('first', { inputTokens: 100, outputTokens: 1800 })
    expect(await model('second')).toBe('small')
    expect(records.at(-1)!.run!.attempts[0]!.budgetHint?.usedNanoUsd).toBe(91_000_000)
  })

  it('says in a trace at which weight, and why', async () => {
    const { router } = await given(memoryStore())
    expect((await router.route(ask('a'), { trace: true })).trace!.pacing).toEqual({
      budgetId: 'day',
      costWeight: 200 / 64,
      usedShare: 0,
      plannedShare: 0.5,
    })
    expect((await router.route(ask('b', {}), { trace: true })).trace!.pacing).toBeNull()
  })

  it('keeps what a shared store says for a quarter of a second, and no longer', async () => {
    const { store, counts } = remote()
    const state = await given(store)
    await Promise.all(['a', 'b', 'c'].map((id) => state.router.route(ask(id))))
    expect(counts.uses).toBe(1)
    state.now += 249
    await state.router.route(ask('d'))
    expect(counts.uses).toBe(1)
    await state.router.route(ask('e', { org: 'other' }))
    expect(counts.uses).toBe(2)
    state.now += 1
    await state.router.route(ask('f'))
    expect(counts.uses).toBe(3)
    await state.router.route(ask('g', {}))
    expect(counts.uses).toBe(3)
  })

  it('decides at the weight as given where the store does not say', async () => {
    const { store, counts } = remote()
    counts.down = true
    const { router, records } = await given(store)
    // A dollar weighs so much that the large model is too dear, and the small one is not worth its savings.
    expect(await router.route(ask('a'))).toMatchObject({ kind: 'route', model: 'medium' })
    expect(records[0]!.run!.attempts[0]).not.toHaveProperty('budgetHint')
    expect(router.health()).toMatchObject({ errors: 1, lastError: 'connection refused' })
  })

  it('lets no two requests have one id, however long the store takes', async () => {
    const { store } = remote()
    const { router } = await given(store)
    const both = await Promise.allSettled([router.route(ask('same')), router.route(ask('same'))])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await expect(router.route(ask('same'))).rejects.toThrow(/request id must be new/)
  })

  it('asks nothing of the store for a policy that is not', async () => {
    const { store, counts } = remote()
    const plain = aPolicy({ budgets: [aBudget('day', 1)] })
    const { router, records } = await given(store, {}, plain)
    await router.route(ask('a'))
    expect(counts.uses).toBe(0)
    expect(JSON.stringify(records)).not.toContain('budgetHint')
  })
})
