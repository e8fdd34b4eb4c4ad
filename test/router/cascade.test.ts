import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { parseDecisionLog } from '../../src/logs/decision-log.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import type { CallAttempt, CallResult } from '../../src/router/call-attempt.js'
import { decisionLine } from '../../src/router/decision-log.js'
import { createRouter } from '../../src/router/router.js'
import type { Router, RouterWarning } from '../../src/router/router-api.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'

const counter = { name: 'words', count: (text: string) => text.split(/\s+/).filter(Boolean).length }
const usage = { inputTokens: 100, outputTokens: 200 }
/** Of `usage`: 100 x 1 + 200 x 2 thousand nano-dollars, and so on. */
const CHARGE = { small: 500_000, medium: 2_300_000, large: 11_000_000 } as Readonly<Record<string, number>>

const CASCADE = {
  kind: 'cascade',
  rungs: [{ model: 'small', accept: 0.5 }, { model: 'medium', accept: 0.5 }, { model: 'large' }],
  scorer: { kind: 'external', costUsd: 0.000_001 },
} as const satisfies PolicyFileInput['selector']
const SCORING = 1000

interface Life {
  readonly router: Router
  readonly warnings: RouterWarning[]
  /** Replays what the router logged so far; gives the last line of each request. */
  readonly recorded: () => readonly LogRecord[]
}

async function aRouter(parts: Partial<PolicyFileInput> = {}): Promise<Life> {
  const policy = aPolicy({ selector: CASCADE, budgets: [aBudget('b', 1)], ...parts })
  const lines: string[] = []
  const warnings: RouterWarning[] = []
  const router = await createRouter(policy, {
    counter,
    now: () => Date.UTC(2026, 10, 2),
    onDecision: (record) => lines.push(decisionLine(record)),
    onWarning: (warning) => warnings.push(warning),
  })
  const recorded = (): readonly LogRecord[] => {
    const lives = parseDecisionLog(lines.join('\n'), 'log')
    expect(replayAsRecorded(lives, [policy]).mismatches).toEqual([])
    return lives[0]?.records ?? []
  }
  return { router, warnings, recorded }
}

const ask = {
  id: 'r',
  prompt: 'hi',
  scope: { org: 'acme' },
  inputTokensBound: 100,
  assessment: { difficulty: 0 },
}
const answer = async ({ model, sample }: CallAttempt): Promise<CallResult<string>> => ({
  value: `${model}${sample === 0 ? '' : `/${sample}`}`,
  usage,
  finishReason: 'stop',
})
const scores = (by: Readonly<Record<string, number>>) => ({
  score: ({ model }: CallAttempt) => by[model] ?? NaN,
})

describe('run climbs a cascade', () => {
  it('until an answer scores enough, charges every rung and its scoring, and logs what it saw', async () => {
    const { router, recorded } = await aRouter()
    const result = await router.run(ask, answer, scores({ small: 0.2, medium: 0.8 }))
    expect(result).toMatchObject({
      kind: 'served',
      value: 'medium',
      decision: { model: 'medium', reason: 'escalated', attempt: 1 },
      chargedNanoUsd: CHARGE['small']! + CHARGE['medium']! + 2 * SCORING,
    })
    const [record] = recorded()
    expect(record?.chosen).toBe('medium')
    expect(record?.outcomes).toMatchObject([
      { model: 'small', score: 0.2, finish: 'complete', refused: false },
      { model: 'medium', score: 0.8, finish: 'complete', refused: false },
    ])
    expect(record).not.toHaveProperty('propensity')
    expect((await router.save()).ledger.reservations.map(({ charged }) => charged)).toEqual([
      CHARGE['small']! + SCORING,
      CHARGE['medium']! + SCORING,
    ])
  })

  it('takes the last answer unscored', async () => {
    const { router, recorded } = await aRouter()
    const result = await router.run(ask, answer, scores({ small: 0, medium: 0 }))
    expect(result).toMatchObject({ value: 'large', decision: { reason: 'escalated', attempt: 2 } })
    expect(recorded()[0]?.outcomes?.[2]).not.toHaveProperty('score')
  })

  it('serves the answer at hand where the next rung does not fit, or fails', async () => {
    const tight = {
      budgets: [aBudget('b', 0.005)],
      reservation: { defaultMaxOutputTokens: 1000, minOutputTokens: 1000 },
    }
    const refused = await aRouter(tight)
    const result = await refused.router.run(ask, answer, scores({ small: 0.2 }))
    expect(result).toMatchObject({
      value: 'small',
      decision: { model: 'small', reason: 'escalationRefused', attempt: 0 },
      chargedNanoUsd: CHARGE['small']! + SCORING,
    })
    expect(refused.recorded()[0]?.run?.escalationRefused).toMatchObject({
      answering: 0,
      bindingPool: 'b:acme',
    })

    const failing = await aRouter()
    const onlySmall = async (attempt: CallAttempt): Promise<CallResult<string>> => {
      if (attempt.model === 'small') return answer(attempt)
      throw Object.assign(new Error('down'), { status: 503 })
    }
    const served = await failing.router.run(ask, onlySmall, scores({ small: 0.2 }))
    expect(served).toMatchObject({
      kind: 'served',
      value: 'small',
      decision: { reason: 'escalationRefused' },
    })
    expect(failing.recorded()[0]?.chosen).toBe('small')
    const charges = (await failing.router.save()).ledger.reservations.map(({ charged }) => charged)
    expect(served.chargedNanoUsd).toBe(charges.reduce((sum, charge) => sum + charge, 0))
  })

  it('asks the next rung where the scorer throws, is late or says nonsense, and warns', async () => {
    for (const score of [
      () => Promise.reject(new Error('judge is down')),
      () => new Promise<number>(() => undefined),
      () => 7,
    ]) {
      const rungs = [{ model: 'small', accept: 0.5 }, { model: 'large' }]
      const { router, warnings, recorded } = await aRouter({
        selector: { kind: 'cascade', rungs, scorer: { kind: 'external', timeoutMs: 20 } },
      })
      expect(await router.run(ask, answer, { score })).toMatchObject({ value: 'large' })
      expect(warnings).toMatchObject([{ kind: 'badScore', id: 'r' }])
      expect(recorded()[0]?.run?.attempts[0]?.end?.score).toBeNull()
    }
  })

  it('wants a score function where the policy has an external scorer', async () => {
    const { router } = await aRouter()
    await expect(router.run(ask, answer)).rejects.toThrow(/options\.score/)
  })

  it('takes several samples in one reservation, and the answer that most of them gave', async () => {
    const rungs = [{ model: 'small', accept: 0.6, samples: 3 }, { model: 'large' }]
    const agreeing = await aRouter({ selector: { kind: 'cascade', rungs, scorer: { kind: 'agreement' } } })
    const values = ['41', ' 42', '42.']
    const vote = async ({ model, sample }: CallAttempt): Promise<CallResult<string>> => ({
      value: model === 'small' ? values[sample]! : 'large',
      usage,
    })
    const result = await agreeing.router.run(ask, vote)
    expect(result).toMatchObject({ value: ' 42', chargedNanoUsd: 3 * CHARGE['small']! })
    const [record] = agreeing.recorded()
    expect(record?.run?.attempts).toHaveLength(1)
    expect(record?.run?.attempts[0]).toMatchObject({ reservedNanoUsd: 3 * 2_100_000 })
    expect(record?.outcomes?.[0]).toMatchObject({ agreement: 2 / 3, outputTokens: 200 })

    values[2] = 'x'
    const { router } = await aRouter({ selector: { kind: 'cascade', rungs, scorer: { kind: 'agreement' } } })
    expect(await router.run(ask, vote)).toMatchObject({ value: 'large' })
  })

  it('charges the whole reservation where one of several samples fails: the others may be billed', async () => {
    const rungs = [{ model: 'small', accept: 0.6, samples: 2 }, { model: 'large' }]
    const { router } = await aRouter({ selector: { kind: 'cascade', rungs, scorer: { kind: 'agreement' } } })
    const flaky = async (attempt: CallAttempt): Promise<CallResult<string>> => {
      if (attempt.model === 'small' && attempt.sample === 1)
        throw Object.assign(new Error('busy'), { status: 429 })
      return answer(attempt)
    }
    const result = await router.run(ask, flaky)
    expect(result).toMatchObject({ value: 'large', chargedNanoUsd: 2 * 2_100_000 + CHARGE['large']! })
  })

  it('goes by the signs of the answer where acceptance was learned', async () => {
    const weights = { intercept: 2, success: 0, meanSuccess: 0.5, typicalOutputTokens: 200, length: 0 }
    const more = { lengthSquared: 0, cut: 0, filtered: 0, refused: -6, agreement: 0 }
    const rungs = [{ model: 'small', accept: 0.5 }, { model: 'large' }]
    const scorer = { kind: 'acceptance' as const, models: [{ id: 'small', ...weights, ...more }] }
    const { router, recorded } = await aRouter({ selector: { kind: 'cascade', rungs, scorer } })
    const refusing = async (attempt: CallAttempt): Promise<CallResult<string>> => ({
      value: attempt.model === 'small' ? "I'm sorry, but I cannot help." : 'done',
      usage,
    })
    expect(await router.run({ ...ask, id: 'a' }, answer)).toMatchObject({ value: 'small' })
    expect(await router.run({ ...ask, id: 'b' }, refusing)).toMatchObject({ value: 'done' })
    expect(recorded()).toHaveLength(2)
  })
})

describe('route and settle climb it by hand', () => {
  it('with the next decision in the answer of settle', async () => {
    const { router, recorded } = await aRouter()
    expect(await router.route(ask)).toMatchObject({ model: 'small', attempt: 0 })
    const settled = await router.settle('r', { ...usage, score: 0.1, attempt: 0 })
    expect(settled).toMatchObject({ status: 'settled', next: { kind: 'route', model: 'medium', attempt: 1 } })
    // Said twice, it ends nothing that is under way.
    expect(await router.settle('r', { ...usage, score: 0.1, attempt: 0 })).toEqual({
      status: 'duplicate',
      chargedNanoUsd: CHARGE['small']! + SCORING,
    })
    const last = await router.settle('r', { ...usage, score: 0.9, attempt: 1 })
    expect(last).not.toHaveProperty('next')
    expect(recorded()[0]?.chosen).toBe('medium')
  })

  it('without a score the answer is taken', async () => {
    const { router, recorded } = await aRouter()
    await router.route(ask)
    expect(await router.settle('r', usage)).not.toHaveProperty('next')
    expect(recorded()[0]?.chosen).toBe('small')
  })
})
