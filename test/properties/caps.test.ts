import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../../src/core/decision.js'
import type { AttemptRecord } from '../../src/core/log-record.js'
import { parsePolicy } from '../../src/core/policy.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { PRIORITIES } from '../../src/core/request.js'
import { createRouter } from '../../src/router/router.js'
import { memoryStore } from '../../src/router/stores/memory.js'
import { aModel, aPolicyFile } from '../builders/a-policy.js'
import { seed } from './seed.js'

/**
 * The cap theorem (DESIGN section 3) through the runtime's own door: callers that use every output token they are granted
 * and every input token of the bound at the dearest rate, thousands of calls in flight at once, endings in any order.
 */

const MODELS = [
  aModel('small', 0, { inputUsd: 0.25, outputUsd: 2 }),
  aModel(
    'medium',
    1,
    { inputUsd: 3, outputUsd: 15 },
    {
      pricing: {
        promptPer1m: 3,
        completionPer1m: 15,
        cachedInputPer1m: 0.3,
        cacheWritePer1m: 3.75,
        priceTiers: [
          { aboveInputTokens: 2500, promptPer1m: 6, completionPer1m: 22.5, cacheWritePer1m: 7.5 },
          // Cheaper again: the bound must still reckon with the tier below.
          { aboveInputTokens: 4000, promptPer1m: 2, completionPer1m: 10 },
        ],
      },
      inputOverheadTokens: 17,
    },
  ),
  aModel(
    'large',
    2,
    { inputUsd: 15, outputUsd: 75 },
    {
      pricing: {
        promptPer1m: 15,
        completionPer1m: 75,
        cachedInputPer1m: 1.5,
        cacheWritePer1m: 18.75,
        perRequest: 0.000123,
      },
    },
  ),
]

/** So much that assessments alone would pass the caps. */
const ASSESSMENT_USD = 0.05
const CAPS = { org: 3, user: 0.9, session: 0.4 }
const HOUR = 3_600_000

const BUDGETS: NonNullable<PolicyFileInput['budgets']> = [
  {
    id: 'org',
    scope: 'org',
    maxBudget: CAPS.org,
    window: { kind: 'fixed', budgetDuration: '1h' },
    priorityReserve: { share: 0.2, minPriority: 'high' },
  },
  {
    id: 'user',
    scope: ['org', 'user'],
    maxBudget: CAPS.user,
    window: { kind: 'sliding', budgetDuration: '30m', buckets: 6 },
  },
  {
    id: 'drip',
    scope: 'user',
    window: { kind: 'tokenBucket', capacity: 1.2, refillRate: { usd: 0.7, per: '1h' } },
  },
  {
    id: 'session',
    scope: 'session',
    maxBudget: CAPS.session,
    window: { kind: 'lifetime' },
    onMissingLabel: 'skip',
  },
]

const endings = ['settle', 'late', 'lost', 'abort', 'fail', 'cancel', 'twice'] as const
const ask = fc.record({
  after: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 50 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: HOUR / 2 }) },
  ),
  org: fc.constantFrom('acme', 'bolt'),
  user: fc.constantFrom('u1', 'u2', 'u3'),
  session: fc.option(fc.constantFrom('s1', 's2', 's3'), { nil: undefined }),
  priority: fc.constantFrom(...PRIORITIES),
  difficulty: fc.double({ min: 0, max: 1, noNaN: true }),
  inputTokensBound: fc.integer({ min: 0, max: 5000 }),
  maxOutputTokens: fc.integer({ min: 1, max: 4000 }),
  latency: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 2 * HOUR })),
  ending: fc.constantFrom(...endings),
})
type Ask = typeof ask extends fc.Arbitrary<infer Value> ? Value : never

interface Call {
  readonly at: number
  readonly ask: Ask
  charged: number
}

async function drive(
  policyParts: Partial<PolicyFileInput>,
  asks: readonly Ask[],
): Promise<{ calls: Call[]; inFlight: number; state: unknown }> {
  const policy = parsePolicy(aPolicyFile({ models: MODELS, budgets: BUDGETS, ...policyParts }))
  let now = Date.parse('2026-03-29T00:00:00Z')
  const calls: Call[] = []
  const due: { at: number; act: () => Promise<void> }[] = []
  let open = 0
  let inFlight = 0
  const charges = new Map<string, Call>()
  const router = await createRouter(policy, {
    store: memoryStore(),
    now: () => now,
    counter: { name: 'none', count: () => 0 },
    // Costs all that it may.
    assess: ({ id = '' }) => ({ difficulty: asks[Number(id.slice(1))]!.difficulty, costUsd: ASSESSMENT_USD }),
    onDecision: (record) => {
      if ('tollgateLog' in record) return
      for (const attempt of record.run?.attempts ?? []) {
        if (attempt.purpose === 'assess') noteAssessment(record.id, attempt)
        const last = attempt.after?.at(-1) ?? attempt.end
        const call = charges.get(attempt.reservationId.split('@')[0]!)
        if (call !== undefined && last !== undefined) call.charged = last.costNanoUsd
      }
    },
  })
  function noteAssessment(id: string, { reservationId, at, reservedNanoUsd }: AttemptRecord): void {
    const key = reservationId.split('@')[0]!
    if (charges.has(key)) return
    const call: Call = { at, ask: asks[Number(id.slice(1))]!, charged: reservedNanoUsd }
    charges.set(key, call)
    calls.push(call)
  }
  const follow = (id: string, asked: Ask, decision: Decision, attempt: number): void => {
    if (decision.kind !== 'route') return
    const call: Call = { at: now, ask: asked, charged: decision.reservedNanoUsd }
    charges.set(`${id}#${attempt}`, call)
    calls.push(call)
    inFlight = Math.max(inFlight, ++open)
    const model = policy.models.find(({ id: name }) => name === decision.model)!
    const inputTokens = asked.inputTokensBound + model.inputOverheadTokens
    const usage = { inputTokens, cacheWriteTokens: inputTokens, outputTokens: decision.maxOutputTokens }
    const scored =
      decision.attempt === undefined ? {} : { score: asked.difficulty / 2, attempt: decision.attempt }
    const end = async (): Promise<void> => {
      open--
      if (asked.ending === 'cancel') await router.cancel(id)
      else if (asked.ending === 'abort') await router.abort(id, usage)
      else if (asked.ending === 'fail') {
        if (asked.latency >= 600_000) return
        const next = await router.fail(id, { retryable: true, usage })
        if (next !== undefined) follow(id, asked, next, attempt + 1)
      } else if (asked.ending !== 'lost') {
        const { next } = await router.settle(id, { ...usage, ...scored })
        if (next !== undefined) follow(id, asked, next, attempt + 1)
      }
      if (asked.ending === 'twice')
        expect((await router.settle(id, { ...usage, ...scored })).status).toBe('duplicate')
    }
    const wait =
      asked.ending === 'cancel' ? 5 : asked.ending === 'late' ? 600_000 + asked.latency : asked.latency
    insert(due, { at: now + wait, act: end })
  }
  for (const [index, asked] of asks.entries()) {
    const time = now + asked.after
    for (let next = due.at(-1); next !== undefined && next.at <= time; next = due.at(-1)) {
      due.pop()
      now = Math.max(now, next.at)
      await next.act()
    }
    now = time
    const { org, user, session, priority, difficulty, inputTokensBound, maxOutputTokens } = asked
    const id = `r${index}`
    const scope = { org, user, ...(session && { session }) }
    const decision = await router.route({
      id,
      prompt: '',
      scope,
      priority,
      maxOutputTokens,
      inputTokensBound,
      ...(policy.classifier.service === undefined ? { assessment: { difficulty } } : {}),
    })
    follow(id, asked, decision, charges.has(`${id}#0`) ? 1 : 0)
  }
  const { ledger } = await router.save()
  return { calls, inFlight, state: ledger }
}

/** Latest first, so that the next one is the last. */
function insert<Item extends { readonly at: number }>(due: Item[], item: Item): void {
  let low = 0
  let high = due.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (due[middle]!.at > item.at) low = middle + 1
    else high = middle
  }
  due.splice(low, 0, item)
}

const total = (calls: readonly Call[]): number => calls.reduce((sum, { charged }) => sum + charged, 0)
const groups = <Key>(calls: readonly Call[], key: (call: Call) => Key | undefined): Call[][] => {
  const byKey = new Map<Key, Call[]>()
  for (const call of calls) {
    const name = key(call)
    if (name !== undefined) byKey.set(name, [...(byKey.get(name) ?? []), call])
  }
  return [...byKey.values()]
}

/** Most that was admitted in any window of this length; calls are in order of time. */
function mostInWindow(calls: readonly Call[], length: number): number {
  let [most, sum, oldest] = [0, 0, 0]
  for (const { at, charged } of calls) {
    sum += charged
    for (let first = calls[oldest]!; first.at <= at - length; first = calls[++oldest]!) sum -= first.charged
    most = Math.max(most, sum)
  }
  return most
}

/** Most that was admitted in any interval, less what that interval refills. */
function mostAboveRate(calls: readonly Call[], rate: number): number {
  let [most, above, last] = [0, 0, calls[0]?.at ?? 0]
  for (const { at, charged } of calls) {
    above = Math.max(0, above - rate * (at - last)) + charged
    last = at
    most = Math.max(most, above)
  }
  return most
}

/** What was charged or may still be charged, summed by hand from the calls: nothing of the ledger's own books. */
function keepsCaps(calls: readonly Call[]): void {
  for (const window of groups(calls, ({ at, ask: { org } }) => `${org} ${Math.floor(at / HOUR)}`)) {
    expect(total(window)).toBeLessThanOrEqual(CAPS.org * 1e9)
    const normal = window.filter(({ ask: { priority } }) => priority === 'low' || priority === 'normal')
    expect(total(normal)).toBeLessThanOrEqual(CAPS.org * 0.8 * 1e9)
  }
  for (const user of groups(calls, ({ ask: { org, user } }) => `${org}/${user}`)) {
    expect(mostInWindow(user, HOUR / 2)).toBeLessThanOrEqual(CAPS.user * 1e9)
  }
  for (const user of groups(calls, ({ ask: { user } }) => user)) {
    expect(mostAboveRate(user, 0.7e9 / HOUR)).toBeLessThanOrEqual(1.2e9 + 1e-3)
  }
  for (const session of groups(calls, ({ ask }) => ask.session)) {
    expect(total(session)).toBeLessThanOrEqual(CAPS.session * 1e9)
  }
}

describe(`under worstCase no interleaving passes a cap (FC_SEED=${seed})`, () => {
  it('with any endings in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 5, maxLength: 80 }), async (asks) => {
        keepsCaps((await drive({}, asks)).calls)
      }),
      { seed, numRuns: 80 },
    )
  })

  it('with deferral instead of downgrade', async () => {
    const parts: Partial<PolicyFileInput> = { onExceed: { low: 'defer', normal: 'reject', high: 'defer' } }
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 5, maxLength: 80 }), async (asks) => {
        keepsCaps((await drive(parts, asks)).calls)
      }),
      { seed, numRuns: 40 },
    )
  })

  it('with cascades that climb, whose scoring costs, and whose rungs end in every way', async () => {
    const rungs = [{ model: 'small', accept: 0.3 }, { model: 'medium', accept: 0.4 }, { model: 'large' }]
    const scorer = { kind: 'external', costUsd: 0.0007 } as const
    const parts: Partial<PolicyFileInput> = { selector: { kind: 'cascade', rungs, scorer } }
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 5, maxLength: 80 }), async (asks) => {
        keepsCaps((await drive(parts, asks)).calls)
      }),
      { seed, numRuns: 60 },
    )
  })

  it('with a service that is paid for each assessment', async () => {
    const classifier = { kind: 'service', maxCostUsd: ASSESSMENT_USD, timeoutMs: 60_000 } as const
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 5, maxLength: 80 }), async (asks) => {
        const { calls } = await drive({ classifier }, asks)
        keepsCaps(calls)
      }),
      { seed, numRuns: 60 },
    )
  })

  it('with models that are asked by lot', async () => {
    const exploration = { epsilon: 0.7, exclude: [] }
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 5, maxLength: 80 }), async (asks) => {
        keepsCaps((await drive({ exploration }, asks)).calls)
      }),
      { seed, numRuns: 60 },
    )
  })

  it('with thousands in flight at once', async () => {
    const small = fc.sample(ask, { seed, numRuns: 6000 }).map((asked) => ({
      ...asked,
      after: 0,
      inputTokensBound: asked.inputTokensBound % 50,
      maxOutputTokens: 1 + (asked.maxOutputTokens % 60),
      difficulty: asked.difficulty / 3,
      latency: 1000 + asked.latency,
    }))
    const { calls, inFlight } = await drive({}, small)
    expect(inFlight).toBeGreaterThan(2000)
    keepsCaps(calls)
  })
})
