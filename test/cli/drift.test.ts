import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePolicy, sealPolicy, type Policy } from '../../src/core/policy.js'
import { createRandom } from '../../src/core/random.js'
import { loggedObservations } from '../../src/metrics/drift/observations.js'
import { profileOf } from '../../src/metrics/drift/profile.js'
import { decisionLine } from '../../src/router/decision-log.js'
import { createRouter } from '../../src/router/router.js'
import { aBudget, aPolicyFile } from '../builders/a-policy.js'
import { importLog, load } from '../logs/workdir.js'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-drift-'))
const path = (name: string): string => join(folder, name)
let dist = ''

const drift = (...more: readonly string[]): Promise<Finished> => runCli(dist, ['drift', ...more])

/** What a router wrote in a week of 40 users: how long answers are, and how hard requests. */
async function aDecisionLog(
  policy: Policy,
  seed: number,
  parts: { length: number; harder: number },
): Promise<string> {
  const random = createRandom(seed)
  const lines: string[] = []
  let now = Date.UTC(2026, 10, 2)
  const router = await createRouter(policy, {
    now: () => now,
    onDecision: (record) => lines.push(decisionLine(record)),
  })
  for (let i = 0; i < 1200; i++) {
    now += 60_000
    const decision = await router.route({
      id: `w${seed}-${i}`,
      prompt: 'hi',
      scope: { org: 'acme', user: `u${random.below(40)}` },
      assessment: { difficulty: Math.min(1, parts.harder + random.next()) },
      inputTokensBound: 100 + random.below(400),
    })
    if (decision.kind !== 'route') continue
    const outputTokens = Math.min(decision.maxOutputTokens, Math.round(parts.length * (0.5 + random.next())))
    await router.settle(decision.id, { inputTokens: 100, outputTokens })
  }
  return `${lines.join('\n')}\n`
}

describe('tollgate drift', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    dist = BUILT
    const file = aPolicyFile({ budgets: [aBudget('org', 1000)] })
    const policy = parsePolicy(file)
    const logs = { before: [1, 200, 0], quiet: [2, 200, 0], long: [3, 500, 0], hard: [4, 200, 0.5] } as const
    for (const [name, [seed, length, harder]] of Object.entries(logs))
      writeFileSync(path(`${name}.jsonl`), await aDecisionLog(policy, seed, { length, harder }))
    await importLog({ log: path('before.db'), files: [path('before.jsonl')] })
    const profile = profileOf(
      loggedObservations(load(path('before.db'), policy.classifier.extractor), policy),
    )
    const tuned = sealPolicy({ ...file, forecast: { profile } } as unknown as Record<string, unknown>)
    writeFileSync(path('policy.json'), JSON.stringify(tuned))
    writeFileSync(path('bare.json'), JSON.stringify(file))
    writeFileSync(
      path('spoilt.json'),
      JSON.stringify({ ...file, forecast: { profile: { ...profile, requests: 'many' } } }),
    )
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds a decision log against the forecast: 0 where nothing changed, 1 where it did, and says what', async () => {
    const quiet = await drift('--log', path('quiet.jsonl'), '--policy', path('policy.json'))
    expect(quiet.code, quiet.err + quiet.out).toBe(0)
    expect(quiet.out).toMatch(/^No drift: none of \d+ checks/m)

    const young = await drift(
      '--log',
      path('quiet.jsonl'),
      '--policy',
      path('policy.json'),
      '--label-delay',
      '1h',
    )
    expect(young.code, young.err + young.out).toBe(0)
    expect(young.err).toContain(
      'the quality of 60 requests is left out: their labels may still be on their way',
    )

    const long = await drift('--log', path('long.jsonl'), '--policy', path('policy.json'))
    expect(long.code, long.err).toBe(1)
    expect(long.out).toMatch(/Drift: [^]*cost a request of/)

    const hard = await drift('--log', path('hard.jsonl'), '--policy', path('policy.json'), '--json')
    expect(hard).toMatchObject({ code: 1, err: '' })
    const { checks, alarms, log } = JSON.parse(hard.out) as {
      alarms: number
      log: { path: string }
      checks: readonly { segment: string; measure: string; alarm: boolean }[]
    }
    expect(log.path).toBe(path('hard.jsonl'))
    expect(checks.filter(({ alarm }) => alarm)).toHaveLength(alarms)
    const named = checks.filter(({ alarm }) => alarm).map(({ segment, measure }) => `${segment} ${measure}`)
    expect(named).toEqual(expect.arrayContaining(['all difficulty', 'model:large share', 'all costUsd']))
  })

  it('holds two logs against each other, and takes other limits', async () => {
    const args = ['--log', path('long.jsonl'), '--against', path('before.db'), '--policy', path('bare.json')]
    expect((await drift(...args)).code).toBe(1)
    expect((await drift(...args, '--limits', 'cost=5,psi=20')).code).toBe(0)
  })

  it('says what is wrong with its input, and the way out', async () => {
    const bare = await drift('--log', path('quiet.jsonl'), '--policy', path('bare.json'))
    expect(bare).toMatchObject({ code: 2, out: '' })
    expect(bare.err).toMatch(/test has no forecast[^]*tollgate tune[^]*--against/)
    const spoilt = await drift('--log', path('quiet.jsonl'), '--policy', path('spoilt.json'))
    expect(spoilt).toMatchObject({ code: 2 })
    expect(spoilt.err).toMatch(/forecast\.profile\.requests/)
    const near = await drift(
      '--log',
      path('quiet.jsonl'),
      '--policy',
      path('policy.json'),
      '--limits',
      'costs=1',
    )
    expect(near).toMatchObject({ code: 2 })
    expect(near.err).toMatch(/did you mean cost\?/)
  })

  const DRIFTED = resolve('../shared/data/llmdrift')
  it.skipIf(!existsSync(DRIFTED))(
    'finds in LLMDrift what changed under one name between March and June',
    async () => {
      const VERSIONS = {
        march: { 'gpt-4-0314': 'gpt-4', 'gpt-3.5-turbo-0301': 'gpt-3.5-turbo' },
        june: { 'gpt-4-0613': 'gpt-4', 'gpt-3.5-turbo-0613': 'gpt-3.5-turbo' },
      } as const
      const text = gunzipSync(readFileSync(join(DRIFTED, 'outcomes.csv.gz'))).toString()
      const [header = '', ...rows] = text.trimEnd().split('\n')
      for (const [month, names] of Object.entries(VERSIONS)) {
        const own = rows.flatMap((row) => {
          const cells = row.split(',')
          const name = (names as Record<string, string>)[cells[2]!]
          return name === undefined ? [] : [[...cells.slice(0, 2), name, ...cells.slice(3)].join(',')]
        })
        writeFileSync(path(`${month}.csv`), [header, ...own].join('\n'))
        await importLog({
          log: path(`${month}.db`),
          files: [path(`${month}.csv`)],
          queries: [join(DRIFTED, 'queries.jsonl.gz')],
        })
      }
      const args = ['--log', path('june.db'), '--against', path('march.db'), '--policy', path('bare.json')]
      const done = await drift(...args, '--json')
      expect(done.code, done.err).toBe(1)
      const { checks } = JSON.parse(done.out) as {
        checks: readonly { segment: string; measure: string; alarm: boolean; change: number }[]
      }
      const changes = Object.fromEntries(
        checks
          .filter(({ alarm }) => alarm)
          .map(({ segment, measure, change }) => [`${segment} ${measure}`, change]),
      )
      expect(changes['model:gpt-4 quality']).toBeCloseTo(-0.542, 3)
      expect(changes['model:gpt-4 costUsd']).toBeCloseTo(-0.866, 3)
      expect(changes['model:gpt-3.5-turbo quality']).toBeCloseTo(0.102, 3)
      expect(changes['model:gpt-3.5-turbo costUsd']).toBeCloseTo(0.483, 3)
    },
  )
})
