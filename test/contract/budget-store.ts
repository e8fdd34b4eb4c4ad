import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Budget } from '../../src/core/budget/budget.js'
import type { Candidate } from '../../src/core/budget/choose.js'
import { claimsFor } from '../../src/core/budget/claims.js'
import type { Plan } from '../../src/core/plan.js'
import type { BudgetStore } from '../../src/router/store.js'
import { memoryStore } from '../../src/router/stores/memory.js'
import { aPolicy } from '../builders/a-policy.js'
import { seed } from '../properties/seed.js'

/** A fresh, empty store that takes its time from `now` and forgets nothing while a history lasts. */
export type OpenStore = (now: () => number) => Promise<{
  readonly store: BudgetStore
  /** Ends it and takes away what it left behind. */
  readonly dispose: () => Promise<void>
}>

const HOUR = 3_600_000
const START = Date.parse('2026-03-28T21:00:00Z')
const FOREVER = 50 * 365 * 24 * HOUR
/** Caps in nano-dollars: small integers, so that every boundary is met. */
const nano = (amount: number): number => amount * 1e-9

const WINDOWS = {
  fixed: { kind: 'fixed', budgetDuration: '1h' },
  day: { kind: 'fixed', budgetDuration: '1d', timeZone: 'Europe/Berlin' },
  rollover: { kind: 'fixed', budgetDuration: '1h', rollover: { maxUsd: nano(900) } },
  sliding: { kind: 'sliding', budgetDuration: '2h', buckets: 8 },
  tokenBucket: { kind: 'tokenBucket', capacity: nano(700), refillRate: { usd: nano(333), per: '1h' } },
  lifetime: { kind: 'lifetime' },
  forgetful: { kind: 'lifetime', forgetAfter: '3h' },
} as const
export type WindowName = keyof typeof WINDOWS
export const WINDOW_NAMES = Object.keys(WINDOWS) as WindowName[]

/** Three nested pools; the outermost has the window under test, a floor for important work and one larger pool. */
function budgetsOf(outer: WindowName, inner: WindowName, release: 'none' | 'linear'): readonly Budget[] {
  const cap = (window: WindowName): object => (window === 'tokenBucket' ? {} : { maxBudget: nano(700) })
  const linear = release === 'linear' && (outer === 'fixed' || outer === 'day')
  const priorityReserve = { share: 1 / 3, minPriority: 'high', release: linear ? 'linear' : 'none' } as const
  return aPolicy({
    budgets: [
      {
        id: 'org',
        scope: 'org',
        window: WINDOWS[outer],
        overrides: { big: nano(1500) },
        priorityReserve,
        ...cap(outer),
      },
      { id: 'user', scope: ['org', 'user'], window: WINDOWS[inner], ...cap(inner) },
      {
        id: 'session',
        scope: 'session',
        window: WINDOWS.lifetime,
        maxBudget: nano(900),
        onMissingLabel: 'skip',
      },
    ],
  }).budgets
}

const label = {
  org: fc.constantFrom('acme', 'big', 'a/b'),
  user: fc.constantFrom('u1', 'u2'),
  session: fc.constantFrom('s1', 's2', undefined),
}
const admitAction = fc.record({
  do: fc.constant('admit' as const),
  ...label,
  priority: fc.integer({ min: 0, max: 3 }),
  input: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 1600 })),
  /** Pico-dollars an output token; 0: nothing can be clamped. */
  outputPico: fc.constantFrom(0, 1000, 1500, 2500),
  cheaper: fc.boolean(),
  headroom: fc.constantFrom(Infinity, 400),
  ttlMs: fc.constantFrom(60_000, 2 * HOUR),
  wantsRetryAt: fc.boolean(),
})
const endAction = fc.record({
  do: fc.constant('end' as const),
  /** Which of the admitted ones, from the newest. */
  back: fc.integer({ min: 0, max: 6 }),
  kind: fc.constantFrom('settled', 'settled', 'aborted', 'failed', 'cancelled'),
  /** Above 1: a charge above its reservation. */
  share: fc.double({ min: 0, max: 1.2, noNaN: true }),
  settlement: fc.constantFrom('actual', 'estimated', 'bound'),
})
const action = fc.oneof(
  { weight: 6, arbitrary: admitAction },
  { weight: 5, arbitrary: endAction },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('repeat' as const), back: fc.integer({ min: 0, max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('configure' as const),
      outer: fc.constantFrom(...WINDOW_NAMES),
      inner: fc.constantFrom(...WINDOW_NAMES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('audit' as const), budgetId: fc.constantFrom('org', 'user') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('use' as const), org: label.org, user: label.user }),
  },
)
const step = fc.record({
  /** The clock may step back: nothing is refilled or unlocked by it. */
  after: fc.oneof(
    fc.integer({ min: 0, max: 1000 }),
    fc.integer({ min: 0, max: HOUR }),
    fc.integer({ min: -HOUR, max: 30 * HOUR }),
  ),
  action,
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
type Admit = Extract<Step['action'], { do: 'admit' }>

/** One line a step, so that a counterexample is a history that a person can read. */
const history = (maxLength: number): fc.Arbitrary<Step[]> => fc.array(step, { minLength: 1, maxLength })

export function planOf(asked: Admit, budgets: readonly Budget[]): Plan {
  const { org, user, session, priority, input, outputPico, cheaper } = asked
  const claims = claimsFor(budgets, { org, user, ...(session === undefined ? {} : { session }) })
  if (claims.kind !== 'claims') throw new Error('no label is missing')
  const candidate = (model: number, amount: number): Candidate => ({
    model,
    expectedNanoUsd: amount,
    inputBoundPico: amount * 1000,
    outputPricePico: outputPico,
    minOutputTokens: 20,
    maxOutputTokens: 200,
  })
  const first = candidate(1, input)
  const lower = cheaper ? [[candidate(0, Math.floor(input / 3))]] : []
  return {
    difficulty: 0.5,
    requiredTier: 0,
    first,
    selected: [first],
    lower: () => lower,
    pools: claims.pools,
    requestCapNanoUsd: Infinity,
    priority,
    onExceed: cheaper ? 'downgrade' : 'defer',
  }
}

/** Plays a history on a store; everything it says, in order. */
async function play(
  open: OpenStore,
  budgets: readonly Budget[],
  steps: readonly Step[],
): Promise<readonly unknown[]> {
  let now = START
  const said: unknown[] = []
  const { store, dispose } = await open(() => now)
  try {
    await store.start({
      budgets,
      now: () => now,
      onExpired: (expired) => said.push({ expired }),
      onReturned: (pools) => said.push({ returned: [...pools] }),
    })
    let current = budgets
    const admitted: {
      readonly id: string
      readonly amount: number
      readonly request: Parameters<BudgetStore['admit']>[0]
    }[] = []
    for (const [index, { after, action: asked }] of steps.entries()) {
      now += after
      const at = (back: number): (typeof admitted)[number] | undefined => admitted.at(-1 - back)
      switch (asked.do) {
        case 'admit': {
          const id = `r${index}`
          const { headroom: requestHeadroom, ttlMs, wantsRetryAt } = asked
          const request = { id, plan: planOf(asked, current), requestHeadroom, ttlMs, wantsRetryAt }
          const answer = await store.admit(request)
          said.push(answer)
          if (answer.kind === 'admitted')
            admitted.push({ id, amount: answer.choice.reservedNanoUsd, request })
          break
        }
        case 'end': {
          const known = at(asked.back)
          const chargeNanoUsd =
            asked.kind === 'cancelled' ? 0 : Math.floor((known?.amount ?? 7) * asked.share)
          const { kind, settlement } = asked
          said.push(await store.end(known?.id ?? 'unknown', { kind, chargeNanoUsd, settlement }))
          break
        }
        case 'repeat': {
          const known = at(asked.back)
          // A reservation that has ended holds no money for another call: what a store says then is its own error.
          if (known !== undefined) said.push(await repeated(store, known.request))
          break
        }
        case 'configure':
          current = budgetsOf(asked.outer, asked.inner, 'none')
          said.push(await store.configure(current))
          break
        case 'use': {
          const claims = claimsFor(current, { org: asked.org, user: asked.user })
          if (claims.kind !== 'claims') throw new Error('no label is missing')
          for (const pool of claims.pools) said.push(await store.use(pool))
          break
        }
        case 'audit':
          said.push(
            await store.audit({
              budgetId: asked.budgetId,
              label: asked.budgetId === 'org' ? 'acme' : 'acme/u1',
            }),
          )
      }
    }
    said.push(await store.save())
    return said
  } finally {
    await dispose()
  }
}

async function repeated(store: BudgetStore, request: Parameters<BudgetStore['admit']>[0]): Promise<unknown> {
  try {
    return await store.admit(request)
  } catch {
    return 'ended'
  }
}

/** The store in this process, which runs the core as it is. */
const reference: OpenStore = async () => ({
  store: memoryStore({ rememberMs: FOREVER }),
  dispose: async () => undefined,
})

/** What goes over a wire and comes back. */
const plain = (said: readonly unknown[]): unknown => JSON.parse(JSON.stringify(said))

/** What every store must keep to: each answer and the whole saved state as the store in memory has them. */
export function budgetStoreContract(
  name: string,
  open: OpenStore,
  { runs, maxLength = 40 }: { readonly runs: number; readonly maxLength?: number },
): void {
  describe(`${name} keeps the contract of budget stores (FC_SEED=${seed})`, () => {
    it.each(WINDOW_NAMES)(
      '%s: any history gives the answers and the state of the reference',
      async (outer) => {
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom(...WINDOW_NAMES),
            fc.constantFrom('none' as const, 'linear' as const),
            history(maxLength),
            async (inner, release, steps) => {
              const budgets = budgetsOf(outer, inner, release)
              const expected = plain(await play(reference, budgets, steps))
              expect(plain(await play(open, budgets, steps))).toEqual(expected)
            },
          ),
          { seed, numRuns: runs },
        )
      },
      600_000,
    )

    it('says how much of a pool is used and how far its window is, under the asker’s own cap', async () => {
      let now = Date.parse('2026-03-28T22:30:00Z')
      const { store, dispose } = await open(() => now)
      try {
        const budgets = budgetsOf('fixed', 'tokenBucket', 'none')
        await store.start({
          budgets,
          now: () => now,
          onExpired: () => undefined,
          onReturned: () => undefined,
        })
        const claims = claimsFor(budgets, { org: 'big', user: 'u1' })
        if (claims.kind !== 'claims') throw new Error('no label is missing')
        const used = async (): Promise<unknown[]> => [
          await store.use(claims.pools[0]!),
          await store.use(claims.pools[1]!),
        ]
        const none = { usedNanoUsd: 0, capNanoUsd: 700, elapsed: null }
        expect(await used()).toEqual([{ usedNanoUsd: 0, capNanoUsd: 1500, elapsed: 0.5 }, none])
        const before = await store.save()
        expect(before.ledger.slots.map(({ labels }) => labels)).toEqual([[], [], []])
        const rest = { requestHeadroom: Infinity, ttlMs: 2 * HOUR, wantsRetryAt: false }
        const asked: Admit = {
          do: 'admit',
          org: 'big',
          user: 'u1',
          session: undefined,
          priority: 1,
          input: 300,
          outputPico: 0,
          cheaper: false,
          headroom: Infinity,
          ttlMs: 2 * HOUR,
          wantsRetryAt: false,
        }
        const plan = planOf(asked, budgets)
        await store.admit({ id: 'one', plan, ...rest })
        await store.admit({ id: 'two', plan, ...rest })
        await store.end('one', { kind: 'settled', chargeNanoUsd: 200, settlement: 'actual' })
        expect(await used()).toEqual([
          { usedNanoUsd: 500, capNanoUsd: 1500, elapsed: 0.5 },
          { usedNanoUsd: 500, capNanoUsd: 700, elapsed: null },
        ])
        now += HOUR
        expect(await used()).toEqual([
          { usedNanoUsd: 0, capNanoUsd: 1500, elapsed: 0.5 },
          // The 200 are refilled, what is in flight is still held.
          { usedNanoUsd: 300, capNanoUsd: 700, elapsed: null },
        ])
      } finally {
        await dispose()
      }
    })

    it('a refused request leaves no trace but its number', async () => {
      const { store, dispose } = await open(() => START)
      try {
        const budgets = budgetsOf('fixed', 'sliding', 'none')
        await store.start({
          budgets,
          now: () => START,
          onExpired: () => undefined,
          onReturned: () => undefined,
        })
        const before = await store.save()
        const asked: Admit = {
          do: 'admit',
          org: 'acme',
          user: 'u1',
          session: 's1',
          priority: 1,
          input: 5000,
          outputPico: 0,
          cheaper: false,
          headroom: Infinity,
          ttlMs: 60_000,
          wantsRetryAt: true,
        }
        const plan = planOf(asked, budgets)
        const rest = { requestHeadroom: Infinity, ttlMs: 60_000, wantsRetryAt: true }
        expect(await store.admit({ id: 'x', plan, ...rest })).toMatchObject({
          kind: 'refused',
          retryAt: null,
        })
        expect((await store.save()).ledger).toEqual(before.ledger)
      } finally {
        await dispose()
      }
    })
  })
}
