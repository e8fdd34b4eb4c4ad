import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadPolicy } from '../../src/router/load-policy.js'
import { BUILT, runCli, type Finished } from './built.js'

/** The main job, as `npm start` runs it, on the first 5,000 requests of the sample; and what a person who gets it wrong is told. */
describe('the main job', { timeout: 240_000 }, () => {
  const folders: string[] = []
  let dist = ''
  let sample = ''
  /** The sample, imported. */
  let log = ''
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'tollgate-demo-'))
    folders.push(made)
    return made
  }
  beforeAll(async () => {
    dist = BUILT
    const lines = gunzipSync(readFileSync('datasets/coding-week.jsonl.gz')).toString('utf8').split('\n')
    sample = join(folder(), 'sample.jsonl')
    writeFileSync(sample, `${lines.slice(0, 5001).join('\n')}\n`)
    log = join(folder(), 'log.db')
    const imported = await runCli(dist, ['import', sample, '--log', log])
    expect(imported.code, imported.err).toBe(0)
  })
  afterAll(() => folders.forEach((made) => rmSync(made, { recursive: true, force: true })))

  const preset = (name: string): string => resolve('policies', name)

  async function mainJob(
    home: string,
  ): Promise<{ replayed: Finished; tuned: Finished; page: string; policy: string }> {
    copyFileSync(log, join(home, 'log.db'))
    const tuned = await runCli(
      dist,
      [
        'tune',
        '--log',
        'log.db',
        '--policy',
        preset('heuristic.json'),
        '--subject-to',
        'quality >= 0.98 * baseline',
        '--candidates',
        '30',
        '--out',
        'tuned.json',
        '--json',
      ],
      home,
    )
    expect(tuned.code, tuned.err).toBe(0)
    const policies = [preset('worst-case-caps.json'), preset('priority-reserve.json'), 'tuned.json']
    const replayed = await runCli(
      dist,
      [
        'replay',
        '--log',
        'log.db',
        ...policies.flatMap((file) => ['--policy', file]),
        '--out',
        'report.html',
        '--json',
      ],
      home,
    )
    expect(replayed.code, replayed.err).toBe(0)
    return {
      replayed,
      tuned,
      page: readFileSync(join(home, 'report.html'), 'utf8'),
      policy: readFileSync(join(home, 'tuned.json'), 'utf8'),
    }
  }

  it('gives the same bytes for the same log, policies and seed', async () => {
    const home = folder()
    const first = await mainJob(home)
    const second = await mainJob(folder())
    expect(second.replayed.out).toBe(first.replayed.out)
    expect(second.tuned.out).toBe(first.tuned.out)
    expect(second.policy).toBe(first.policy)
    expect(second.page).toBe(first.page)

    const result = JSON.parse(first.replayed.out) as {
      runs: { policyId: string; budget: { violations: number; capGuarantee: string } }[]
    }
    expect(result.runs.map(({ policyId }) => policyId)).toEqual([
      'model:anthropic/claude-opus-4.1',
      'model:anthropic/claude-opus-4.1 (capped by worst-case-caps)',
      'worst-case-caps',
      'priority-reserve',
      'heuristic-tuned',
    ])
    for (const { budget } of result.runs.slice(1))
      expect(budget).toMatchObject({ violations: 0, capGuarantee: 'proved' })
    const policy = await loadPolicy(join(home, 'tuned.json'))
    expect(policy.sealed).toBe(true)
    expect(policy.file).toMatchObject({
      parentId: 'heuristic',
      evidence: expect.anything(),
      forecast: expect.anything(),
    })
  })

  it('shows five mistakes of a policy at once, and refuses one that was changed after it was sealed', async () => {
    const home = folder()
    const good = JSON.parse(readFileSync(preset('heuristic.json'), 'utf8')) as Record<string, unknown>
    const bad = {
      ...good,
      formatVersion: 2,
      teirBoundaries: [],
      selector: { kind: 'cheapestCapabel' },
      onExceed: { critical: 'reject' },
      budgets: [{ id: 'x', scope: 'org', window: { kind: 'fixed', budgetDuration: '1 day' }, maxBudget: -1 }],
    }
    writeFileSync(join(home, 'bad.json'), JSON.stringify(bad))
    const five = await runCli(dist, ['replay', '--log', 'none.db', '--policy', 'bad.json'], home)
    expect(five.code).toBe(2)
    for (const place of [
      'formatVersion',
      'teirBoundaries: unknown field (did you mean tierBoundaries?)',
      'did you mean cheapestCapable?',
      'onExceed.critical',
      'budgets[0].window.budgetDuration',
      'budgets[0].maxBudget',
    ]) {
      expect(five.err).toContain(place)
    }
    writeFileSync(
      join(home, 'sealed.json'),
      JSON.stringify({ ...good, contentHash: `sha256:${'0'.repeat(64)}` }),
    )
    const changed = await runCli(dist, ['replay', '--log', 'none.db', '--policy', 'sealed.json'], home)
    expect(changed.code).toBe(2)
    expect(changed.err).toMatch(/contentHash: does not match the content .* tollgate seal/)
    const resealed = await runCli(dist, ['seal', 'sealed.json', '--json'], home)
    expect(JSON.parse(resealed.out)).toMatchObject({ policyId: 'heuristic', changed: true })
  })

  it('leaves no half-written output where it may not write', async () => {
    const home = folder()
    copyFileSync(log, join(home, 'log.db'))
    const to = '/proc/nowhere/report.html'
    const failed = await runCli(
      dist,
      ['replay', '--log', 'log.db', '--policy', preset('all-frontier.json'), '--out', to],
      home,
    )
    expect(failed.code).toBe(2)
    expect(failed.err).toContain(`${to} cannot be written`)
    expect(failed.out).toBe('')
  })

  it('writes a first policy whose caps hold, and explains a decision as a sum of named parts', async () => {
    const home = folder()
    copyFileSync(log, join(home, 'log.db'))
    const models = 'openai/gpt-5-mini,anthropic/claude-sonnet-4.5,anthropic/claude-opus-4.1'
    const made = await runCli(
      dist,
      ['init', '--log', 'log.db', '--models', models, '--budget', '30/d', '--out', 'first.json', '--json'],
      home,
    )
    expect(made.code, made.err).toBe(0)
    const replayed = await runCli(
      dist,
      ['replay', '--log', 'log.db', '--policy', 'first.json', '--json'],
      home,
    )
    const { runs } = JSON.parse(replayed.out) as { runs: { policyId: string; budget: object }[] }
    expect(runs.at(-1)).toMatchObject({
      policyId: 'first',
      budget: { violations: 0, capGuarantee: 'proved' },
    })

    const explained = await runCli(
      dist,
      ['explain', '--policy', 'first.json', '--prompt', 'Design a distributed rate limiter', '--json'],
      home,
    )
    const { trace } = JSON.parse(explained.out) as {
      trace: { difficulty: number; parts: { part: number }[] }
    }
    const sum = trace.parts.reduce((total, { part }) => total + part, 0)
    expect(trace.difficulty).toBeCloseTo(Math.min(1, Math.max(0, sum)), 12)
  })
})
