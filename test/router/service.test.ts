import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { parseDecisionLog } from '../../src/logs/decision-log.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import type { AssessRequest } from '../../src/router/ask-service.js'
import { decisionLine } from '../../src/router/decision-log.js'
import { createRouter } from '../../src/router/router.js'
import type { Router, RouterWarning } from '../../src/router/router-api.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'

const counter = { name: 'words', count: (text: string) => text.split(/\s+/).filter(Boolean).length }
const usage = { inputTokens: 100, outputTokens: 200 }
const SERVICE = { kind: 'service', name: 'judge', maxCostUsd: 0.001, timeoutMs: 30 } as const
const ask = { id: 'r', prompt: 'hi', scope: { org: 'acme' }, inputTokensBound: 100 }

interface Life {
  readonly router: Router
  readonly warnings: RouterWarning[]
  readonly recorded: () => LogRecord | undefined
}

async function aRouter(assess: AssessRequest, parts: Partial<PolicyFileInput> = {}): Promise<Life> {
  const policy = aPolicy({ classifier: SERVICE, budgets: [aBudget('b', 1)], ...parts })
  const lines: string[] = []
  const warnings: RouterWarning[] = []
  const router = await createRouter(policy, {
    counter,
    assess,
    now: () => Date.UTC(2026, 10, 2),
    onDecision: (record) => lines.push(decisionLine(record)),
    onWarning: (warning) => warnings.push(warning),
  })
  const recorded = (): LogRecord | undefined => {
    const lives = parseDecisionLog(lines.join('\n'), 'log')
    expect(replayAsRecorded(lives, [policy]).mismatches).toEqual([])
    return lives[0]?.records[0]
  }
  return { router, warnings, recorded }
}

const charges = async (router: Router): Promise<number[]> =>
  (await router.save()).ledger.reservations.map(({ charged }) => charged)

describe('a service that assesses', () => {
  it('decides the tier, is paid out of the request’s pools, and is no call of a model in the log', async () => {
    const asked: string[] = []
    const { router, recorded } = await aRouter(({ prompt }, { service, maxCostNanoUsd }) => {
      asked.push(`${service} ${prompt} ${maxCostNanoUsd}`)
      return { difficulty: 0.9, costUsd: 0.0004 }
    })
    expect(await router.route(ask)).toMatchObject({ kind: 'route', model: 'large', reason: 'asPlanned' })
    await router.settle('r', usage)
    expect(asked).toEqual(['judge hi 1000000'])
    expect(await charges(router)).toEqual([400_000, 11_000_000])
    const record = recorded()
    expect(record).toMatchObject({
      chosen: 'large',
      assessment: { difficulty: 0.9, costUsd: 0.0004, latencyMs: 0 },
      run: {
        attempts: [
          { model: 'judge', purpose: 'assess' },
          { model: 'large', reason: 'asPlanned' },
        ],
      },
    })
    expect(record?.outcomes?.map(({ model }) => model)).toEqual(['large'])
  })

  it('counts against the request’s own budget, too', async () => {
    // Small reserves 2,100,000 nano-dollars: with the assessment's 400,000 it no longer fits at full length.
    const request = {
      id: 'request',
      scope: 'request',
      maxBudget: 0.0024,
      window: { kind: 'lifetime' },
    } as const
    const { router, recorded } = await aRouter(() => ({ difficulty: 0, costUsd: 0.0004 }), {
      budgets: [request],
    })
    expect(await router.route(ask)).toMatchObject({ model: 'small', maxOutputTokens: 950, reason: 'clamped' })
    recorded()
  })

  it.each<[string, AssessRequest]>([
    ['fails', () => Promise.reject(new Error('down'))],
    ['is late', () => new Promise(() => undefined)],
    ['talks nonsense', () => ({ difficulty: 7 })],
  ])(
    'where it %s the rules assess, its reservation is charged, and somebody hears of it',
    async (_, assess) => {
      const { router, warnings, recorded } = await aRouter(assess)
      expect(await router.route(ask)).toMatchObject({ model: 'small' })
      expect(warnings).toMatchObject([{ kind: 'badAssessment', id: 'r' }])
      expect((await charges(router))[0]).toBe(1_000_000)
      const record = recorded()
      expect(record).not.toHaveProperty('assessment')
      expect(record?.run?.attempts[0]?.end).toMatchObject({
        kind: 'failed',
        costNanoUsd: 1_000_000,
        settlement: 'bound',
      })
    },
  )

  it('tells a late service to stop', async () => {
    let stopped = false
    const { router } = await aRouter(
      (_, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (stopped = true))
        }),
    )
    await router.route(ask)
    expect(stopped).toBe(true)
  })

  it('is charged its reservation where it does not say what it cost', async () => {
    const { router, recorded } = await aRouter(() => ({ difficulty: 0.5 }))
    expect(await router.route(ask)).toMatchObject({ model: 'medium' })
    expect((await charges(router))[0]).toBe(1_000_000)
    recorded()
  })

  it('is not asked where its cost does not fit, or the caller assessed', async () => {
    const never: AssessRequest = () => {
      throw new Error('asked')
    }
    const tight = { budgets: [aBudget('b', 0.0009)] }
    const { router, recorded, warnings } = await aRouter(never, tight)
    expect(await router.route(ask)).toMatchObject({ model: 'small', reason: 'clamped' })
    expect(warnings).toEqual([])
    expect(recorded()?.run).toMatchObject({
      attempts: [{ model: 'small' }],
      deferrals: [{ bindingPool: 'b:acme' }],
    })

    const assessed = await aRouter(never)
    expect(await assessed.router.route({ ...ask, assessment: { difficulty: 0.9 } })).toMatchObject({
      model: 'large',
    })
    assessed.recorded()
  })

  it('inside a hybrid is asked near a boundary only', async () => {
    const hybrid = (boundaryMargin: number): Partial<PolicyFileInput> => ({
      classifier: { kind: 'hybrid', boundaryMargin, inside: SERVICE },
    })
    const asked: string[] = []
    const assess: AssessRequest = ({ id = '' }) => {
      asked.push(id)
      return { difficulty: 0.9, costUsd: 0 }
    }
    const near = await aRouter(assess, hybrid(1))
    expect(await near.router.route({ ...ask, id: 'near' })).toMatchObject({ model: 'large' })
    const far = await aRouter(assess, hybrid(0))
    expect(await far.router.route({ ...ask, id: 'far' })).toMatchObject({ model: 'small' })
    expect(asked).toEqual(['near'])
    near.recorded()
    far.recorded()
  })

  it('must be given with the policy that asks it', async () => {
    const policy = aPolicy({ classifier: SERVICE })
    await expect(createRouter(policy)).rejects.toThrow(/options\.assess/)
    const router = await createRouter(aPolicy())
    await expect(router.replacePolicy(policy)).rejects.toThrow(/options\.assess/)
    expect(() => aPolicy({ classifier: { ...SERVICE, timeoutMs: 700_000 } })).toThrow(/ttlMs/)
  })
})
