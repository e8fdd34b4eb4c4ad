import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gunzipSync } from 'node:zlib'
import type { RunChanges } from '../../src/metrics/run-changes.js'
import { BUILT, runCli, type Finished } from './built.js'
import { runHere } from './in-process.js'

/** Two runs of the first 1,500 requests of the sample, and one of a part of them. */
describe('report', { timeout: 120_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'tollgate-report-'))
  const run = (...args: string[]): Promise<Finished> => runCli(BUILT, args, home)
  const ids: string[] = []

  async function replayed(...args: string[]): Promise<string> {
    const { code, out, err } = await run('replay', '--log', 'a.db', '--json', ...args)
    expect(code, err).toBe(0)
    return (JSON.parse(out) as { runId: string }).runId
  }

  beforeAll(async () => {
    const lines = gunzipSync(readFileSync('datasets/coding-week.jsonl.gz')).toString('utf8').split('\n')
    writeFileSync(join(home, 'a.jsonl'), `${lines.slice(0, 1501).join('\n')}\n`)
    const heuristic = JSON.parse(readFileSync('policies/heuristic.json', 'utf8')) as Record<string, unknown>
    const { contentHash: _contentHash, ...open } = heuristic
    writeFileSync(join(home, 'new.json'), JSON.stringify({ ...open, tierBoundaries: [0.2, 0.5] }))
    const imported = await run('import', 'a.jsonl', '--log', 'a.db')
    expect(imported.code, imported.err).toBe(0)
    const old = resolve('policies/heuristic.json')
    ids.push(
      await replayed('--policy', old, '--out', 'reports/old.html'),
      await replayed('--policy', 'new.json'),
      await replayed('--policy', 'new.json', '--where', 'task=debug'),
    )
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('keeps beside each run what pairs it with another, and the list of all runs', () => {
    const files = readdirSync(join(home, 'reports', 'runs'))
    for (const id of ids)
      expect(files).toEqual(expect.arrayContaining([`${id}.json`, `${id}.requests.gz`, `${id}.summary.json`]))
    const index = readFileSync(join(home, 'reports', 'index.html'), 'utf8')
    expect(index).toContain('<a href="old.html">')
    for (const id of ids) expect(index).toContain(id)
  })

  it('holds two runs against each other, request by request, the same each time', async () => {
    const [old = '', fresh = ''] = ids
    const first = await run('report', '--run', old, '--run', fresh, '--json', '--out', 'changes.html')
    const again = await run('report', '--run', old, '--run', fresh, '--json')
    expect(first.code, first.err).toBe(0)
    expect(again.out).toBe(first.out)
    const { policies } = JSON.parse(first.out) as RunChanges
    const heuristic = policies.find(({ policyId }) => policyId === 'heuristic')
    expect(heuristic).toMatchObject({ isSamePolicy: false, renamedTo: null, because: null, unit: 'sessions' })
    const { change, ci } = heuristic!.meanCostUsd
    expect(change).toBeCloseTo(heuristic!.meanCostUsd.to! - heuristic!.meanCostUsd.from!, 9)
    expect(ci![0]).toBeLessThan(change!)
    expect(ci![1]).toBeGreaterThan(change!)
    expect(policies[0]).toMatchObject({
      isSamePolicy: true,
      because: 'both runs did the same on every request',
    })
    expect(readFileSync(join(home, 'changes.html'), 'utf8')).toContain('What changed between two runs')
    const text = await run('report', '--run', old, '--run', fresh)
    expect(text.out).toContain('“heuristic”: it costs $')
  })

  it('gives the differences without intervals of a run that was stored without its requests', async () => {
    const [old = '', fresh = ''] = ids
    rmSync(join(home, 'reports', 'runs', `${fresh}.requests.gz`))
    const { out } = await run('report', '--run', old, '--run', fresh)
    expect(out.replace(/\s+/g, ' ')).toContain(
      'stored without its requests, before they were kept: replay it again',
    )
    await replayed('--policy', 'new.json')
    expect(existsSync(join(home, 'reports', 'runs', `${fresh}.requests.gz`))).toBe(true)
  })

  it('refuses runs of different requests, with the way out', async () => {
    const { code, err } = await run('report', '--run', ids[0] ?? '', '--run', ids[2] ?? '')
    expect(code).toBe(2)
    expect(err).toMatch(/cannot be paired: they are of different requests of a\.db: .*where task=debug/)
    expect(err).toContain('tollgate replay --log LOG.db --policy P1.json --policy P2.json')
  })

  it('writes charts, pages and the index, and says what it wrote', async () => {
    const charts = await run('report', '--run', ids[0] ?? '', '--charts', 'pictures', '--json')
    const { charts: written } = JSON.parse(charts.out) as {
      charts: { svg: string; png: string; text: string }[]
    }
    expect(written[0]).toMatchObject({ svg: 'pictures/frontier.svg', png: 'pictures/frontier.png' })
    expect(readdirSync(join(home, 'pictures'))).toHaveLength(2 * written.length)
    const page = await run('report', '--run', ids[1] ?? '', '--out', 'reports/new.html')
    expect(page.out).toContain('reports/new.html: report of run')
    expect(readFileSync(join(home, 'reports', 'index.html'), 'utf8')).toContain('<a href="new.html">')
    expect((await run('report', '--index', '--json')).out).toContain('reports/index.html')
  })

  it.each([
    [['report'], /missing --run/],
    [['report', '--out', 'x.html'], /missing --run/],
    [['report', '--run', 'x'], /say what to write: --out F\.html for the page, --charts DIR/],
    [['report', '--run', 'a', '--run', 'b', '--run', 'c'], /--run was given more than twice/],
    [['report', '--run', 'a', '--run', 'b', '--charts', 'd'], /--charts takes one --run/],
    [['report', '--run', 'a', '--charts', 'd', '--scheme', 'red'], /--scheme/],
  ])('%j is bad input', async (args, message) => {
    const { code, err } = await runHere(...args)
    expect(err).toMatch(message)
    expect(code).toBe(2)
  })
})
