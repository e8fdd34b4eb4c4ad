import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import type { Policy } from '../../src/core/policy.js'
import type { Message } from '../../src/core/request.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import { createRouter } from '../../src/router/router.js'
import type { Router } from '../../src/router/router-api.js'
import { aCachedModel, aPolicy } from '../builders/a-policy.js'

const counter = { name: 'words', count: (text: string) => text.split(/\s+/).filter(Boolean).length }
const HALF = { promptPer1m: 5, completionPer1m: 25, cachedInputPer1m: 0.5, cacheWritePer1m: 6.25 }
const models = [
  aCachedModel('small', 0, { minTokens: 100 }, { pricing: HALF }),
  aCachedModel('large', 1, { minTokens: 100 }),
]
const policy = aPolicy({ models, tierBoundaries: [0.5] })
const words = (count: number): string => 'word '.repeat(count)
const said = (role: string, content: string): Message => ({ role, content })
const opening = [said('system', words(1000)), said('user', words(996))]
/** 2,000 tokens and then an answer and a new turn: what came before the answer is shared. */
const second = [...opening, said('assistant', words(500)), said('user', words(100))]

interface Given {
  readonly router: Router
  readonly records: LogRecord[]
  now: number
}

async function given(of: Policy = policy): Promise<Given> {
  const records: LogRecord[] = []
  const state = { now: 0 }
  const router = await createRouter(of, {
    counter,
    now: () => state.now,
    onDecision: (line) => {
      if ('id' in line) records.push(line)
    },
  })
  return Object.assign(state, { router, records })
}

const ask = (id: string, messages: readonly Message[], difficulty: number) => ({
  id,
  messages,
  scope: { session: 's' },
  maxOutputTokens: 100,
  assessment: { difficulty },
})

describe('a router that knows of prompt caches', () => {
  it('keeps a session at the model that has its prefix, and says what another would cost', async () => {
    const { router, records } = await given()
    expect(await router.route(ask('a', opening, 1))).toMatchObject({ model: 'large' })
    await router.settle('a', { inputTokens: 2011, outputTokens: 100 })
    const decision = await router.route(ask('b', second, 0), { trace: true })
    expect(decision).toMatchObject({ model: 'large', reason: 'asPlanned' })
    // Two messages of 4 tokens around their words.
    const hint = { sharedTokens: 2004, basis: 'told', cachedTokens: { large: 2004 } }
    expect(decision.trace!.caches).toEqual(hint)
    expect(records.at(-1)!.run!.attempts[0]!.cacheHint).toEqual(hint)
    expect(records.at(-1)!.sharedPrefixTokens).toBe(2004)
    const penalties = decision.trace!.candidates.map((one) => [one.model, one.switchPenaltyNanoUsd])
    expect(penalties).toEqual([
      ['large', 0],
      ['small', 2004 * (6250 - 500)],
    ])
  })

  it('goes by list prices outside of sessions, and once the cache is cold', async () => {
    const cold = await given()
    await cold.router.route(ask('a', opening, 1))
    await cold.router.settle('a', { inputTokens: 2011, outputTokens: 100 })
    cold.now = 300_001
    expect(await cold.router.route(ask('b', second, 0))).toMatchObject({ model: 'small' })
    const { scope: _, ...outside } = ask('c', second, 0)
    const traced = await cold.router.route(outside, { trace: true })
    expect(traced).toMatchObject({ model: 'small', trace: { caches: null } })
    expect(traced.trace!.candidates[0]!.switchPenaltyNanoUsd).toBeNull()
  })

  it('believes a provider that says nothing was cached', async () => {
    const { router } = await given()
    await router.route(ask('a', opening, 1))
    await router.settle('a', {
      inputTokens: 2011,
      outputTokens: 1,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
    })
    const { trace } = await router.route(ask('b', second, 0), { trace: true })
    expect(trace!.caches).toEqual({ sharedTokens: 2004, basis: 'told', cachedTokens: {} })
  })

  it('counts nothing of a call that was cancelled or failed', async () => {
    const { router } = await given()
    await router.route(ask('a', opening, 1))
    await router.cancel('a')
    await router.route(ask('b', opening, 1))
    await router.fail('b', { retryable: false })
    const { trace } = await router.route(ask('c', second, 0), { trace: true })
    expect(trace!.caches!.cachedTokens).toEqual({})
  })

  it('assumes of a prompt, which has no turns, that it goes on from a shorter one', async () => {
    const { router } = await given()
    const prompt = (id: string, count: number) => ({
      id,
      prompt: words(count),
      scope: { session: 's' },
      assessment: { difficulty: 1 },
    })
    await router.route(prompt('a', 1000))
    await router.settle('a', { inputTokens: 1007, outputTokens: 1 })
    const caches = async (id: string, count: number): Promise<unknown> =>
      (await router.route(prompt(id, count), { trace: true })).trace!.caches
    expect(await caches('b', 2000)).toEqual({
      sharedTokens: 1007,
      basis: 'assumed',
      cachedTokens: { large: 1007 },
    })
    expect(await caches('c', 900)).toEqual({ sharedTokens: 0, basis: 'assumed', cachedTokens: {} })
  })

  it('pins a session through run, and its log replays as recorded', async () => {
    const pinning = aPolicy({ models, tierBoundaries: [0.5], sessionAffinity: { mode: 'pin' } })
    const { router, records } = await given(pinning)
    const called: string[] = []
    const call = ({ model }: { readonly model: string }) => {
      called.push(model)
      return Promise.resolve({ value: 'x', usage: { inputTokens: 100, outputTokens: 1 } })
    }
    await router.run(ask('a', opening, 0), call)
    await router.run(ask('b', second, 1), call)
    expect(called).toEqual(['small', 'small'])
    const last = [...new Map(records.map((record) => [record.id, record])).values()]
    expect(last[1]!.run!.attempts[0]!.cacheHint).toMatchObject({ pinned: 'small' })
    expect(replayAsRecorded([{ records: last, changes: [] }], [pinning]).mismatches).toEqual([])
  })

  it('a policy without caches is told nothing, and logs nothing of it', async () => {
    const bare = models.map(({ promptCache: _, ...model }) => model)
    const { router, records } = await given(aPolicy({ models: bare, tierBoundaries: [0.5] }))
    await router.route(ask('a', opening, 1))
    expect(records[0]!.run!.attempts[0]).not.toHaveProperty('cacheHint')
    expect(records[0]).not.toHaveProperty('sharedPrefixTokens')
  })
})
