import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aBudget, aPolicyFile, SMALL } from '../builders/a-policy.js'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-margin-'))
const path = (name: string): string => join(folder, name)
let dist = ''

const line = (row: number): string =>
  JSON.stringify({
    id: `r${row}`,
    at: new Date(Date.UTC(2026, 10, 2) + row * 60_000).toISOString(),
    scope: { org: 'acme' },
    prompt: `say hello ${row}`,
    task: row % 2 === 0 ? 'even' : 'odd',
    outcomes: [
      { model: 'small', inputTokens: 10, outputTokens: 50 + (row % 40), latencyMs: 500, quality: 1 },
    ],
  })

const margin = (...more: readonly string[]): Promise<Finished> =>
  runCli(dist, ['margin', '--log', path('log.db'), '--policy', path('policy.json'), ...more])

describe('tollgate margin', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    dist = BUILT
    writeFileSync(path('log.jsonl'), `${Array.from({ length: 300 }, (_, row) => line(row)).join('\n')}\n`)
    const file = aPolicyFile({ models: [SMALL], tierBoundaries: [], budgets: [aBudget('org', 0.01)] })
    writeFileSync(path('policy.json'), JSON.stringify(file))
    writeFileSync(path('wide.json'), JSON.stringify({ ...file, budgets: [aBudget('org', 100)] }))
    writeFileSync(path('none.json'), JSON.stringify({ ...file, budgets: [] }))
    const done = await runCli(dist, ['import', path('log.jsonl'), '--log', path('log.db')])
    expect(done.code, done.err).toBe(0)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('prints clean JSON, the same bytes each time', async () => {
    const [first, second] = [await margin('--json'), await margin('--json')]
    expect(first).toEqual({ code: 0, out: second.out, err: '' })
    const result = JSON.parse(first.out) as { rows: readonly Record<string, unknown>[] }
    expect(result).toMatchObject({
      log: { requests: 300 },
      policyId: 'test',
      split: { learned: 180, measured: 120 },
      outputTokens: { outcomes: 180, counted: 180, fromCost: 0, unlearned: [] },
    })
    const named = ['mode', 'margin', 'overspendProbability', 'overspendUsd', 'strandedUsd', 'wronglyRefused']
    expect(Object.keys(result.rows[0] ?? {})).toEqual(
      expect.arrayContaining([...named, 'quantile', 'truncated', 'downgraded', 'quality']),
    )
    expect(result.rows.at(-1)).toMatchObject({
      mode: 'worstCase',
      margin: null,
      quantile: null,
      overspendUsd: 0,
    })
  })

  it('prints one table with the default margin marked, and writes a report', async () => {
    const { code, out, err } = await margin('--out', path('margin.html'))
    expect(code, err).toBe(0)
    expect(out).toMatch(/^→ mean \+ 30 % /m)
    expect(out).toMatch(/^ {2}worst case +0 % +\$0 /m)
    expect(out).toContain('No figure is in-sample: output tokens were learned from 180 requests')
    expect(err).toContain('margin.html')
    const page = readFileSync(path('margin.html'), 'utf8')
    expect(page).toContain('</html>')
    expect(page.match(/<svg viewBox/g)?.length).toBeGreaterThanOrEqual(4)
  })

  it('says so where no budget binds, since all rows are then alike', async () => {
    const wide = await runCli(dist, ['margin', '--log', path('log.db'), '--policy', path('wide.json')])
    expect(wide.out).toContain('No budget bound: nothing was refused, downgraded or over a cap in any row')
    expect((await margin()).out).not.toContain('No budget bound')
  })

  it('without budgets there is nothing to measure', async () => {
    const none = await runCli(dist, ['margin', '--log', path('log.db'), '--policy', path('none.json')])
    expect({ code: none.code, out: none.out }).toEqual({ code: 2, out: '' })
    expect(none.err).toContain('has no budgets')
  })
})
