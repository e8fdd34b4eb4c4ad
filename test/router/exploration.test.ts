import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { parseDecisionLog } from '../../src/logs/decision-log.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import { decisionLine } from '../../src/router/decision-log.js'
import { createRouter } from '../../src/router/router.js'
import type { RouteRequest } from '../../src/router/route-request.js'
import { memoryStore } from '../../src/router/stores/memory.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'

const usage = { inputTokens: 100, outputTokens: 200 }
const ask = (id: string, parts: Partial<RouteRequest> = {}): RouteRequest => ({
  id,
  prompt: 'hi',
  scope: { org: 'acme' },
  inputTokensBound: 100,
  assessment: { difficulty: 0 },
  ...parts,
})

/** Routes requests one after the other and settles each; gives their log lines, which replay as recorded. */
async function logged(
  parts: Partial<PolicyFileInput>,
  requests: readonly RouteRequest[],
  each: (settle: () => Promise<unknown>) => Promise<unknown> = (settle) => settle(),
): Promise<readonly LogRecord[]> {
  const policy = aPolicy({ budgets: [aBudget('b', 1)], ...parts })
  const lines: string[] = []
  const router = await createRouter(policy, {
    store: memoryStore(),
    now: () => Date.UTC(2026, 10, 2),
    onDecision: (record) => lines.push(decisionLine(record)),
  })
  for (const request of requests) {
    const decision = await router.route(request)
    if (decision.kind === 'route') await each(() => router.settle(decision.id, usage))
  }
  const lives = parseDecisionLog(lines.join('\n'), 'log')
  expect(replayAsRecorded(lives, [policy]).mismatches).toEqual([])
  return lives[0]?.records ?? []
}

const many = (count: number, parts: Partial<RouteRequest> = {}): RouteRequest[] =>
  Array.from({ length: count }, (_, i) => ask(`r${i}`, parts))
const EXPLORING: Partial<PolicyFileInput> = { exploration: { epsilon: 0.3 } }

describe('exploration', () => {
  it('asks each affordable model as often as the log says, and marks the decision', async () => {
    const records = await logged({ ...EXPLORING, budgets: [aBudget('b', 1000)] }, many(600))
    for (const { chosen = '', propensity, run } of records) {
      const tenth = expect.closeTo(0.1, 12) as unknown
      expect(run?.propensities).toEqual({
        small: expect.closeTo(0.8, 12) as unknown,
        medium: tenth,
        large: tenth,
      })
      expect(propensity).toBe(run?.propensities?.[chosen])
      if (chosen !== 'small') expect(run?.attempts[0]?.reason).toBe('explored')
    }
    const others = records.filter(({ chosen }) => chosen !== 'small').length
    // 600 x 0.2, within four standard deviations.
    expect(Math.abs(others - 120)).toBeLessThan(40)
  })

  it('never passes a budget: as money runs out, what it draws from becomes less', async () => {
    const records = await logged({ ...EXPLORING, budgets: [aBudget('b', 0.3)] }, many(400))
    const supports = new Set(records.map(({ run }) => Object.keys(run?.propensities ?? {}).join()))
    expect(supports).toContain('small,medium,large')
    expect([...supports].some((support) => !support.includes('large'))).toBe(true)
    const charged = records.flatMap(({ run }) => run?.attempts ?? []).map(({ end }) => end?.costNanoUsd ?? 0)
    expect(charged.reduce((sum, charge) => sum + charge, 0)).toBeLessThanOrEqual(0.3e9)
  })

  it('leaves excluded priorities, sessions with a model of their own and lower tiers alone', async () => {
    const critical = await logged(EXPLORING, many(100, { priority: 'critical' }))
    expect(new Set(critical.map(({ chosen }) => chosen))).toEqual(new Set(['small']))
    expect(critical[0]).toMatchObject({ propensity: 1, run: { propensities: { small: 1 } } })

    const pinning: Partial<PolicyFileInput> = {
      ...EXPLORING,
      sessionAffinity: { mode: 'pin' },
      budgets: [aBudget('b', 1000)],
    }
    const [first, ...later] = await logged(pinning, many(60, { scope: { org: 'acme', session: 's' } }))
    expect(new Set(later.map(({ chosen }) => chosen))).toEqual(new Set([first?.chosen]))
    expect(new Set(later.map(({ propensity }) => propensity))).toEqual(new Set([1]))

    const upper = await logged(
      { exploration: { epsilon: 1, minTier: 1 }, budgets: [aBudget('b', 1000)] },
      many(100),
    )
    expect(new Set(upper.map(({ chosen }) => chosen))).toEqual(new Set(['medium', 'large']))
  })

  it('tells no propensity of what a failover chose', async () => {
    const policy = aPolicy({ ...EXPLORING, budgets: [aBudget('b', 1)] })
    const lines: string[] = []
    const router = await createRouter(policy, { onDecision: (record) => lines.push(decisionLine(record)) })
    await router.route(ask('r'))
    await router.fail('r', { retryable: true, usage })
    await router.settle('r', usage)
    const [record] = parseDecisionLog(lines.join('\n'), 'log')[0]?.records ?? []
    expect(record?.run?.attempts).toHaveLength(2)
    expect(record).not.toHaveProperty('propensity')
    expect(record?.run?.propensities).toBeDefined()
  })

  it('a mix tells its propensities, too', async () => {
    const selector = { kind: 'mix', shares: { small: 3, large: 1 } } as const
    const records = await logged({ selector, budgets: [aBudget('b', 1000)] }, many(50))
    for (const { chosen = '', propensity } of records)
      expect(propensity).toBe({ small: 0.75, large: 0.25 }[chosen])
  })

  it('does not stand beside a cascade, and needs a model of its tier', () => {
    const rungs = [{ model: 'small', accept: 0.5 }, { model: 'large' }]
    const selector = { kind: 'cascade', rungs, scorer: { kind: 'external' } } as const
    expect(() => aPolicy({ ...EXPLORING, selector })).toThrow(/exploration: cannot stand beside a cascade/)
    expect(() => aPolicy({ exploration: { epsilon: 0.1, minTier: 3 } })).toThrow(
      /minTier: leaves no model.*2, got 3/,
    )
  })
})
