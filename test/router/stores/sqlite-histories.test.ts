import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Budget } from '../../../src/core/budget/budget.js'
import { claimsFor } from '../../../src/core/budget/claims.js'
import type { Plan } from '../../../src/core/plan.js'
import type { PolicyFileInput } from '../../../src/core/policy-schema.js'
import type { BudgetStore } from '../../../src/router/store.js'
import { memoryStore } from '../../../src/router/stores/memory.js'
import { sqliteStore } from '../../../src/router/stores/sqlite.js'
import { aPolicy } from '../../builders/a-policy.js'
import { onlyCandidate } from '../../builders/only-candidate.js'
import { budgetStoreContract } from '../../contract/budget-store.js'
import { candidateOf } from '../../properties/history.js'
import { seed } from '../../properties/seed.js'
import { aLedgerFile } from './ledger-file.js'

/** `TOLLGATE_HISTORIES=10000 npx vitest run test/router/stores/sqlite-histories.test.ts` is the full run: about half an hour. */
const RUNS = Number(process.env.TOLLGATE_HISTORIES ?? 100)

budgetStoreContract(
  'sqliteStore',
  async () => {
    const file = aLedgerFile('fast')
    const store = sqliteStore(file.path, { rememberMs: 1e15 })
    return {
      store,
      dispose: async () => {
        await store.close()
        file.remove()
      },
    }
  },
  { runs: RUNS },
)

type WindowInput = NonNullable<PolicyFileInput['budgets']>[number]['window']

const HOUR = 3_600_000
const START = Date.parse('2026-03-28T21:00:00Z')
const REMEMBER_MS = 2 * HOUR
const nano = (amount: number): number => amount * 1e-9

const WINDOWS: Record<string, WindowInput> = {
  fixed: { kind: 'fixed', budgetDuration: '1h' },
  rollover: { kind: 'fixed', budgetDuration: '1h', rollover: { maxUsd: nano(300) } },
  sliding: { kind: 'sliding', budgetDuration: '2h', buckets: 8 },
  tokenBucket: { kind: 'tokenBucket', capacity: nano(700), refillRate: { usd: nano(333), per: '1h' } },
  lifetime: { kind: 'lifetime', forgetAfter: '3h' },
}

function budgetsOf(window: string, scope: string | string[]): readonly Budget[] {
  const cap = window === 'tokenBucket' ? {} : { maxBudget: nano(700) }
  return aPolicy({
    budgets: [
      { id: 'one', scope, window: WINDOWS[window]!, softBudget: nano(300), ...cap },
      { id: 'all', scope: 'org', window: WINDOWS.sliding!, maxBudget: nano(900) },
    ],
  }).budgets
}

function planOf(budgets: readonly Budget[], org: string, user: string, amount: number): Plan {
  const claims = claimsFor(budgets, { org, user })
  if (claims.kind !== 'claims') throw new Error('no label is missing')
  const rest = { difficulty: 0.5, requiredTier: 0, requestCapNanoUsd: Infinity, priority: 1 }
  const candidate = { ...candidateOf(amount), expectedNanoUsd: Infinity }
  return { ...onlyCandidate(candidate), ...rest, pools: claims.pools, onExceed: 'defer' }
}

const step = fc.record({
  after: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: -HOUR, max: 3 * HOUR })),
  act: fc.oneof(
    fc.record({
      do: fc.constant('admit' as const),
      /** Few ids: they come again while they are held, when they have ended, and when they are forgotten. */
      id: fc.integer({ min: 0, max: 5 }),
      org: fc.constantFrom('acme', 'b'),
      user: fc.constantFrom('u1', 'u2'),
      amount: fc.integer({ min: 0, max: 500 }),
      ttlMs: fc.constantFrom(60_000, HOUR, 5 * HOUR),
    }),
    fc.record({
      do: fc.constant('end' as const),
      id: fc.integer({ min: 0, max: 5 }),
      kind: fc.constantFrom('settled', 'cancelled', 'aborted'),
      charge: fc.integer({ min: -1, max: 600 }),
    }),
    fc.record({
      do: fc.constant('configure' as const),
      window: fc.constantFrom(...Object.keys(WINDOWS)),
      scope: fc.constantFrom<string | string[]>('org', 'user', ['org', 'user']),
    }),
    fc.record({ do: fc.constant('audit' as const), label: fc.constantFrom('acme', 'u1', 'acme/u1') }),
  ),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
type Act = Step['act']

async function perform(store: BudgetStore, act: Act, budgets: readonly Budget[]): Promise<unknown> {
  try {
    switch (act.do) {
      case 'admit': {
        const plan = planOf(budgets, act.org, act.user, act.amount)
        const rest = { requestHeadroom: Infinity, wantsRetryAt: true, ttlMs: act.ttlMs }
        return await store.admit({ id: `r${act.id}`, plan, ...rest })
      }
      case 'end':
        return await store.end(`r${act.id}`, {
          kind: act.kind as 'settled',
          chargeNanoUsd: act.charge,
          settlement: 'actual',
        })
      case 'configure':
        return await store.configure(budgets)
      case 'audit':
        return await store.audit({ budgetId: 'one', label: act.label })
    }
  } catch (error) {
    return String(error)
  }
}

describe(`sqliteStore and memoryStore (FC_SEED=${seed})`, () => {
  it.each(Object.keys(WINDOWS))(
    '%s: agree on what is forgotten, on ids that come again, on wrong use and on changed scopes, whichever of two connections is asked',
    async (window) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(step, fc.boolean()), { minLength: 1, maxLength: 40 }),
          async (steps) => {
            const file = aLedgerFile('fast')
            let now = START
            const memory = memoryStore({ rememberMs: REMEMBER_MS })
            const open = [0, 1].map(() => sqliteStore(file.path, { rememberMs: REMEMBER_MS }))
            try {
              let budgets = budgetsOf(window, 'user')
              const returned: string[][] = [[], []]
              const options = (to: number) => ({
                budgets,
                now: () => now,
                onExpired: () => undefined,
                onReturned: (pools: readonly string[]) => returned[to]!.push(...pools),
              })
              for (const store of open) await store.start(options(0))
              await memory.start(options(1))
              for (const [{ after, act }, second] of steps) {
                now += after
                if (act.do === 'configure') budgets = budgetsOf(act.window, act.scope)
                const expected = await perform(memory, act, budgets)
                const store = open[second ? 1 : 0]!
                expect(plain(await perform(store, act, budgets))).toEqual(plain(expected))
                expect(plain(await store.save())).toEqual(plain(await memory.save()))
                expect(returned[0]).toEqual(returned[1])
              }
            } finally {
              for (const store of open) await store.close()
              file.remove()
            }
          },
        ),
        { seed, numRuns: RUNS },
      )
    },
    3_600_000,
  )
})

function plain(said: unknown): unknown {
  return JSON.parse(JSON.stringify(said))
}
