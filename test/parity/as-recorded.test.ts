import { describe, expect, it } from 'vitest'
import { poolRows } from '../builders/pool-rows.js'
import { InputError } from '../../src/core/errors.js'
import type { LogRecord } from '../../src/core/log-record.js'
import { NO_OUTCOME } from '../../src/core/log-table.js'
import type { Policy } from '../../src/core/policy.js'
import { parseDecisionLog } from '../../src/logs/decision-log.js'
import { storeFacts } from '../../src/logs/store-facts.js'
import { readRecorded } from '../../src/logs/store-records.js'
import { openLog } from '../../src/logs/store.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import { decisionLine } from '../../src/router/decision-log.js'
import type { RouteRequest } from '../../src/router/route-request.js'
import type { BudgetStore } from '../../src/router/store.js'
import { memoryStore } from '../../src/router/stores/memory.js'
import { createRouter } from '../../src/router/router.js'
import type { Router, RouterOptions } from '../../src/router/router-api.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'
import { importLog, load, workdir } from '../logs/workdir.js'

const counter = { name: 'words', count: (text: string) => text.split(/\s+/).filter(Boolean).length }
const START = Date.UTC(2026, 10, 2)
const usage = { inputTokens: 100, outputTokens: 200 }
const dir = workdir()

/** Reserves 2,100,000 nano-dollars of `small`; `usage` costs 500,000. */
const ask = (id: string, parts: Partial<RouteRequest> = {}): RouteRequest => ({
  id,
  prompt: 'hi',
  scope: { org: 'acme' },
  inputTokensBound: 100,
  assessment: { difficulty: 0 },
  ...parts,
})

/** The lines of a router's whole life. */
async function life(
  policy: Policy,
  live: (router: Router) => Promise<unknown>,
  options: RouterOptions = {},
): Promise<string> {
  const lines: string[] = []
  const onDecision: RouterOptions['onDecision'] = (record) => lines.push(decisionLine(record))
  const router = await createRouter(policy, { now: () => START, counter, onDecision, ...options })
  await live(router)
  await router.close()
  return `${lines.join('\n')}\n`
}

/** A request that is served if there is money for it. */
const serve =
  (...ids: readonly string[]) =>
  async (router: Router): Promise<void> => {
    for (const id of ids) {
      const { kind } = await router.route(ask(id))
      if (kind === 'route') await router.settle(id, usage)
    }
  }

const replay = (text: string, ...policies: readonly Policy[]) =>
  replayAsRecorded(parseDecisionLog(text, 'log'), policies)

const tight = aPolicy({ budgets: [aBudget('b', 0.0025)], onExceed: { normal: 'reject' } })

describe('a store that others use', () => {
  it('is named where the log cannot tell the whole history of its ledger', async () => {
    const inner = memoryStore()
    const shared: BudgetStore = { ...inner, shared: true }
    const before = await life(tight, serve('1'), { store: shared })
    const after = await life(tight, serve('2'), { store: { ...shared, start: () => undefined } })
    expect(replay(before, tight)).toMatchObject({ sharedLedger: true, mismatches: [] })
    // The second router found charges that its own log knows nothing of.
    expect(replay(after, tight).sharedLedger).toBe(true)
    expect(replay(await life(tight, serve('1')), tight).sharedLedger).toBe(false)
  })
})

describe('several lives in one file', () => {
  it('each begin with an empty ledger, and may use the same ids', async () => {
    const text = (await life(tight, serve('1', '2', '3'))) + (await life(tight, serve('1', '2')))
    const result = replay(text, tight)
    expect(result.mismatches).toEqual([])
    expect(result.requests).toBe(5)
    expect(poolRows(result.ledger).map(({ spent }) => spent)).toEqual([1_000_000])
  })

  it('are told apart by their names where start lines are lost or lines are mixed, else refused', async () => {
    const texts = [await life(tight, serve('1', '3')), await life(tight, serve('2', '4'))]
    const lost = texts.join('').replaceAll(/^.*"start":true.*$/gm, '')
    expect(replay(lost, tight)).toMatchObject({ requests: 4, mismatches: [] })
    const [first, second] = texts.map((text) => text.split('\n'))
    const mixed = first!.flatMap((line, index) => [line, second![index]!]).join('\n')
    expect(replay(mixed, tight)).toMatchObject({ requests: 4, mismatches: [] })
    const nameless = lost.replaceAll(/"life":"\w+",/g, '')
    expect(() => replay(nameless, tight)).toThrow(InputError)
    expect(() => replay(nameless, tight)).toThrow(/several routers/)
  })
})

/** As `replay --as-recorded` does with a log store. */
async function stored(...texts: readonly string[]): Promise<ReturnType<typeof readRecorded>> {
  const files = texts.map((text, index) => dir.file(`${index}.jsonl`, text))
  await importLog({ log: dir.path('x.db'), files })
  const store = openLog(dir.path('x.db'))
  try {
    return readRecorded(store)
  } finally {
    store.close()
  }
}

describe('several lives in one store', () => {
  it('each begin with an empty ledger, from one file or from parts of it', async () => {
    const texts = [await life(tight, serve('1', '2', '3')), await life(tight, serve('4', '5'))]
    const [first = '', ...rest] = texts.join('').split(/(?<=\n)/)
    for (const files of [[texts.join('')], texts, [rest.join(''), first], [...texts, texts.join('')]]) {
      const lives = await stored(...files)
      expect(lives.map(({ records }) => records.length).sort()).toEqual([2, 3])
      expect(replayAsRecorded(lives, [tight])).toMatchObject({ requests: 5, mismatches: [] })
    }
  })

  it('that used the same ids are refused: a store keeps one line of each', async () => {
    const texts = [await life(tight, serve('1', '2')), await life(tight, serve('2'))]
    await expect(stored(...texts)).rejects.toThrow(InputError)
    await expect(stored(...texts)).rejects.toThrow(/\(2\).*--log FILE\.jsonl/)
  })
})

describe('a router that dies', () => {
  /** One request settled, one whose first call failed in flight on its second, one in flight. Never closed. */
  const dead = async (): Promise<string> => {
    const lines: string[] = []
    const onDecision: RouterOptions['onDecision'] = (record) => lines.push(decisionLine(record))
    const router = await createRouter(wide, { now: () => START, counter, onDecision })
    await serve('1')(router)
    await router.route(ask('2'))
    await router.fail('2', { retryable: true })
    await router.route(ask('3'))
    return `${lines.join('\n')}\n`
  }
  const wide = aPolicy({ budgets: [aBudget('b', 1)] })
  const HELD = 2_100_000 + 10_300_000

  it('leaves its calls in flight in the log, and what they hold in the ledger', async () => {
    const { requests, operations, mismatches, ledger } = replay(await dead(), wide)
    expect({ requests, operations, mismatches }).toEqual({ requests: 3, operations: 6, mismatches: [] })
    expect(poolRows(ledger)).toMatchObject([{ spent: 500_000 + 2_100_000, held: HELD }])
  })

  it('leaves a log that can be imported: no conflict, and nothing known of how they ended', async () => {
    const text = await dead()
    const lives = await stored(text, text.split('\n').slice(0, 2).join('\n'))
    expect(replayAsRecorded(lives, [wide])).toMatchObject({ requests: 3, mismatches: [] })
    const { ids, chosen, outcomes } = load(dir.path('x.db'))
    const store = openLog(dir.path('x.db'))
    expect(storeFacts(store)).toMatchObject({ conflicts: 0, rejects: {} })
    store.close()
    const models = ids.map((_, row) => outcomes[chosen[row]!]!.model)
    const known = ids.map((_, row) => outcomes.some(({ basis }) => basis[row] !== NO_OUTCOME))
    expect({ ids, models, known }).toEqual({
      ids: ['1', '2', '3'],
      models: ['small', 'medium', 'small'],
      known: [true, false, false],
    })
  })

  it('leaves them out where they are not logged', async () => {
    const text = await life(wide, (router) => router.route(ask('1')), { logAdmissions: false })
    expect(replay(text, wide).requests).toBe(1)
  })
})

describe('policies', () => {
  const [first, second] = [
    aPolicy({ policyId: 'first', budgets: [aBudget('b', 1)] }),
    aPolicy({ policyId: 'second', budgets: [aBudget('other', 1)] }),
  ]
  const changed = (): Promise<string> =>
    life(first, async (router) => {
      await serve('1')(router)
      await router.replacePolicy(second)
      await serve('2')(router)
    })

  it('may be given in any order, with a start line or without', async () => {
    const text = await changed()
    for (const log of [text, text.replaceAll(/^.*"start":true.*$/gm, '')]) {
      expect(replay(log, first, second).mismatches).toEqual([])
      expect(replay(log, second, first).mismatches).toEqual([])
    }
  })

  it('that are missing are named', async () => {
    const text = await changed()
    expect(() => replay(text, first)).toThrow(InputError)
    expect(() => replay(text, first)).toThrow(second.contentHash)
  })

  it('whose change is missing have budgets that nobody knows', async () => {
    const text = (await changed()).replaceAll(/^\{"tollgateLog":1(?!.*"start":true).*$/gm, '')
    expect(() => replay(text, first, second)).toThrow(InputError)
    expect(() => replay(text, first, second)).toThrow(/budget other/)
  })
})

describe('histories that went apart', () => {
  it('are differences, not a crash', async () => {
    const wide = aPolicy({ budgets: [aBudget('b', 1)] })
    const none = aPolicy({ budgets: [aBudget('b', 0)], onExceed: { normal: 'reject' } })
    const text = await life(wide, serve('1'))
    const { mismatches } = replay(text.replaceAll(wide.contentHash, none.contentHash), none)
    expect(mismatches).toContainEqual(
      expect.objectContaining({ id: '1', field: 'end', recorded: 'settled', replayed: 'rejected' }),
    )
  })

  it('shows a charge that is not what the recorded usage costs', async () => {
    const [log] = parseDecisionLog(await life(tight, serve('1')), 'log')
    const forged = (record: LogRecord): LogRecord => ({
      ...record,
      outcomes: record.outcomes!.map((outcome) => ({ ...outcome, outputTokens: 300 })),
    })
    const { mismatches } = replayAsRecorded([{ ...log!, records: log!.records.map(forged) }], [tight])
    expect(mismatches).toEqual([
      { id: '1', seq: 2, field: 'costNanoUsd', recorded: 500_000, replayed: 700_000 },
    ])
  })
})

it('a request refused before any plan needs no features', async () => {
  const policy = aPolicy({ budgets: [aBudget('b', 1, { onMissingLabel: 'reject' })] })
  const text = await life(
    policy,
    async (router) => {
      const { assessment: _own, scope: _scope, ...unlabelled } = ask('2')
      await serve('1')(router)
      expect(await router.route(unlabelled)).toMatchObject({ kind: 'reject', reason: 'missingLabel' })
    },
    { logText: 'none' },
  )
  expect(replay(text, policy).mismatches).toEqual([])
})

describe('a clock that ticks between router and store', () => {
  it.each([997, 998, 999, 1000, 1001])('a wake after %d ms of a longest wait of 1000', async (waited) => {
    let [now, ticking] = [START, false]
    const policy = aPolicy({
      budgets: [aBudget('b', 0.0021, { window: { kind: 'fixed', budgetDuration: '1d' } })],
      onExceed: { normal: 'defer' },
      defer: { maxWaitMs: 1000, then: 'reject' },
    })
    const text = await life(
      policy,
      async (router) => {
        await router.route(ask('a'))
        expect(await router.route(ask('b'))).toMatchObject({ kind: 'defer' })
        now += waited
        ticking = true
        const { kind } = await router.route(ask('b'))
        if (kind === 'defer') await router.route(ask('b'))
        await router.settle('a', usage)
      },
      { now: () => (ticking ? now++ : now) },
    )
    expect(replay(text, policy).mismatches).toEqual([])
  })

  it.each([996, 997, 998, 999, 1000])('a failure %d ms into a life of 1000', async (into) => {
    let [now, ticking] = [START, false]
    const policy = aPolicy({
      budgets: [aBudget('b', 1)],
      reservation: { ttlMs: 1000, defaultMaxOutputTokens: 1000 },
    })
    const text = await life(
      policy,
      async (router) => {
        await router.route(ask('a'))
        now += into
        ticking = true
        await router.fail('a', { retryable: true })
        await router.settle('a', usage)
      },
      { now: () => (ticking ? now++ : now) },
    )
    expect(replay(text, policy).mismatches).toEqual([])
  })
})
