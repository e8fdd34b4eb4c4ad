import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePolicy } from '../../src/core/policy.js'
import { labelledPrompts } from '../builders/a-learned-spec.js'
import { aBudget, aPolicyFile, LARGE, MEDIUM, SMALL } from '../builders/a-policy.js'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-train-'))
const path = (name: string): string => join(folder, name)
let dist = ''

const lines = (withText: boolean): string =>
  labelledPrompts(600)
    .map(({ text, task, hard }, row) =>
      JSON.stringify({
        id: `r${row}`,
        at: new Date(Date.UTC(2026, 10, 2) + row * 60_000).toISOString(),
        ...(withText ? { prompt: text } : {}),
        task,
        outcomes: ['small', 'medium', 'large'].map((model, tier) => ({
          model,
          inputTokens: 20,
          outputTokens: hard ? 400 : 40,
          costUsd: (hard ? 0.004 : 0.0004) * 4 ** tier,
          quality: hard && tier < 2 ? 0 : 1,
        })),
      }),
    )
    .join('\n')

const train = (...more: readonly string[]): Promise<Finished> =>
  runCli(dist, ['train', '--log', path('log.db'), '--policy', path('policy.json'), ...more])

interface Trained {
  readonly tier: { readonly learned: number; readonly heuristic: number; readonly shuffled: number }
  readonly models: readonly { readonly id: string; readonly auc: number | null }[]
  readonly hybrid: readonly { readonly share: number; readonly accuracy: number }[]
}

describe('tollgate train', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    dist = BUILT
    for (const name of ['log', 'mute']) {
      writeFileSync(path(`${name}.jsonl`), `${lines(name === 'log')}\n`)
      const done = await runCli(dist, ['import', path(`${name}.jsonl`), '--log', path(`${name}.db`)])
      expect(done.code, done.err).toBe(0)
    }
    writeFileSync(path('policy.json'), JSON.stringify(aPolicyFile({ models: [SMALL, MEDIUM, LARGE] })))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('writes a policy that loads, the same bytes on one thread and on two, and clean JSON', async () => {
    const [first, second] = [
      await train('--json', '--workers', '1', '--out', path('a.json')),
      await train('--json', '--workers', '2', '--out', path('b.json')),
    ]
    expect(first.code, first.err).toBe(0)
    expect(readFileSync(path('a.json'), 'utf8')).toBe(readFileSync(path('b.json'), 'utf8'))
    const { file } = parsePolicy(JSON.parse(readFileSync(path('a.json'), 'utf8')))
    expect(file.classifier.kind).toBe('learned')
    expect(file.evidence).toMatchObject({ heldOut: { requests: 120 } })
    const result = JSON.parse(first.out) as Trained
    expect(JSON.parse(second.out)).toEqual({ ...JSON.parse(first.out), file: path('b.json') })
    expect(result.tier.learned).toBeGreaterThan(0.95)
    expect(result.tier.learned).toBeGreaterThan(result.tier.shuffled)
    expect(result.models.find(({ id }) => id === 'small')?.auc).toBeGreaterThan(0.98)
  })

  it('a hybrid decides alike and asks the learned part for a part of the requests', async () => {
    const done = await train('--classifier', 'hybrid', '--json', '--out', path('h.json'))
    expect(done.code, done.err).toBe(0)
    const { hybrid, tier } = JSON.parse(done.out) as Trained
    expect(hybrid.at(-1)).toMatchObject({ share: 1 })
    expect(hybrid.at(-1)?.accuracy).toBeCloseTo(tier.learned, 10)
    expect(hybrid[0]?.share).toBeLessThan(0.5)
    expect(parsePolicy(JSON.parse(readFileSync(path('h.json'), 'utf8'))).file.classifier.kind).toBe('hybrid')
  })

  it('replays and tunes a hybrid, whose boundaries may go anywhere', async () => {
    const log = ['--log', path('log.db'), '--policy', path('h.json')]
    const replayed = await runCli(dist, ['replay', ...log, '--baseline', 'model:large', '--json'])
    expect(replayed.code, replayed.err).toBe(0)
    const tuned = await runCli(dist, [
      'tune',
      ...log,
      ...['--baseline', 'model:large', '--search', 'none', '--subject-to', 'quality >= 0.98 * baseline'],
      ...['--candidates', '60', '--out', path('ht.json')],
    ])
    expect(tuned.code, tuned.err).toBe(0)
    const { file } = parsePolicy(JSON.parse(readFileSync(path('ht.json'), 'utf8')))
    expect(file.classifier.kind).toBe('hybrid')
    // The boundaries found make other requests be read by what is inside.
    const found = ['--log', path('log.db'), '--policy', path('ht.json')]
    for (const [command = '', ...more] of [
      ['replay', '--out', path('ht.html')],
      ['whatif', '--traffic', 'x2'],
    ]) {
      const done = await runCli(dist, [command, ...found, ...more])
      expect(done.code, `${command}: ${done.err}`).toBe(0)
    }
  })

  it('a utility policy buys quality only where it helps, and replays', async () => {
    const done = await train('--selector', 'utility', '--out', path('u.json'))
    expect(done.code, done.err).toBe(0)
    expect(done.out).toMatch(/a right answer is taken to be worth \$/)
    const doubled = await runCli(dist, [
      'whatif',
      '--log',
      path('log.db'),
      '--policy',
      path('u.json'),
      '--traffic',
      'x2',
    ])
    expect(doubled.code, doubled.err).toBe(0)
    const replayed = await runCli(
      dist,
      ['replay', '--log', path('log.db'), '--policy', path('u.json'), '--json'],
      folder,
    )
    expect(replayed.code, replayed.err).toBe(0)
    const { runs } = JSON.parse(replayed.out) as {
      runs: { policyId: string; quality: number; modelShare: Record<string, number> }[]
    }
    const run = runs.find(({ policyId }) => policyId === 'test-learned')
    expect(run?.quality).toBeGreaterThan(0.97)
    const cheap = run?.modelShare['small']
    expect(cheap).toBeGreaterThan(0.5)
    expect(cheap).toBeLessThan(0.7)
  })

  it('a paced policy follows a budget of the policy, by the traffic of its window', async () => {
    const budgets = [
      aBudget('ever', 1),
      aBudget('hour', 0.5, { window: { kind: 'fixed', budgetDuration: '2h' } }),
    ]
    const paced = (file: object): Promise<Finished> => {
      writeFileSync(path('budgets.json'), JSON.stringify(file))
      const [log, policy, out] = ['log.db', 'budgets.json', 'p.json'].map(path) as [string, string, string]
      return runCli(dist, ['train', '--log', log, '--policy', policy, '--selector', 'paced', '--out', out])
    }
    const models = [SMALL, MEDIUM, LARGE]
    const done = await paced(aPolicyFile({ models, budgets }))
    expect(done.code, done.err).toBe(0)
    expect(done.out.replace(/\s+/g, ' ')).toContain('The price follows the use of the budget hour')
    const { selector } = parsePolicy(JSON.parse(readFileSync(path('p.json'), 'utf8'))).file
    if (selector.kind !== 'paced') throw new Error(`selects by ${selector.kind}`)
    expect(selector.budget).toBe('hour')
    // A request a minute over four whole windows, less nothing: 20 in each of 24 parts of 5 minutes, and one more.
    expect(selector.profile).toEqual(new Array(24).fill(21))

    const refused = await paced(aPolicyFile({ models, budgets: budgets.slice(0, 1) }))
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('--selector paced needs a budget')
    expect(refused.err).toContain('never replenished')
  })

  it.each([
    [['--log', 'mute.db'], 'the log has no prompts to learn from'],
    [['--where', 'id^=r11'], 'has 30 requests with a known quality and a text'],
  ])('%j: says what is missing', async (more, message) => {
    const args = more[0] === '--log' ? ['--log', path('mute.db')] : ['--log', path('log.db'), ...more]
    const done = await runCli(dist, [
      'train',
      ...args,
      '--policy',
      path('policy.json'),
      '--out',
      path('x.json'),
    ])
    expect(done.code).toBe(2)
    expect(done.err).toContain(message)
  })
})
