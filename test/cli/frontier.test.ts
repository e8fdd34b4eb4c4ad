import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labelledPrompts } from '../builders/a-learned-spec.js'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-frontier-'))
const path = (name: string): string => join(folder, name)
let dist = ''

const frontier = (log: string, ...more: readonly string[]): Promise<Finished> =>
  runCli(dist, ['frontier', '--log', path(log), ...more])

/** With the outcomes of all models, or of one. */
function aLog(isMatrix: boolean): string {
  const lines = labelledPrompts(400).map(({ text, task, hard }, row) => {
    const cheap = { model: 'cheap', quality: hard ? 0 : 1, costUsd: 0.001 }
    const dear = { model: 'dear', quality: 1, costUsd: 0.01 }
    const outcomes = isMatrix ? [cheap, dear] : [row % 2 === 0 ? cheap : dear]
    const at = new Date(Date.UTC(2026, 10, 2) + row * 600_000).toISOString()
    return JSON.stringify({ id: `r${row}`, at, prompt: text, task, outcomes })
  })
  return `${lines.join('\n')}\n`
}

describe('tollgate frontier', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    dist = BUILT
    for (const [name, isMatrix] of [
      ['matrix', true],
      ['single', false],
    ] as const) {
      writeFileSync(path(`${name}.jsonl`), aLog(isMatrix))
      const done = await runCli(dist, ['import', path(`${name}.jsonl`), '--log', path(`${name}.db`)])
      expect(done.code, done.err).toBe(0)
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('prints clean JSON, the same bytes each time', async () => {
    const args = ['--json', '--academic', '--classifier', 'learned', 'task']
    const [first, second] = [await frontier('matrix.db', ...args), await frontier('matrix.db', ...args)]
    expect(first).toEqual({ code: 0, out: second.out, err: '' })
    const other = await frontier('matrix.db', '--classifier', 'task', '--json')
    expect(other.err).toContain('has answered 1 other question before this one (frontier)')
    const result = JSON.parse(first.out) as { classifiers: readonly Record<string, unknown>[] }
    expect(result).toMatchObject({
      log: { requests: 400 },
      split: { learned: 320, judged: 80 },
      hull: [{ label: 'cheap' }, { label: 'dear' }],
      oracle: { label: 'oracle' },
      classifiers: [
        { kind: 'task', verdict: 'no evidence' },
        { kind: 'learned', verdict: 'skill' },
      ],
    })
    expect(Object.keys(result.classifiers[0] ?? {})).toEqual(
      expect.arrayContaining(
        'points gainOverHull gainOverTaskHull shuffledRows savingAtMatchedQuality aiq aiqRouterbenchCode apgr cpt cptUsd oracleGap paretoDist routerArenaScore deferralArea'.split(
          ' ',
        ),
      ),
    )
  })

  it('takes complete cases of the models that share most requests, and names the others', async () => {
    const sparse = aLog(true)
      .trimEnd()
      .split('\n')
      .map((line, row) => {
        const record = JSON.parse(line) as { outcomes: unknown[] }
        const more = row % 2 === 0 ? [{ model: 'sparse', quality: 1, costUsd: 0.002 }] : []
        return JSON.stringify({ ...record, outcomes: [...record.outcomes, ...more] })
      })
    writeFileSync(path('sparse.jsonl'), `${sparse.join('\n')}\n`)
    await runCli(dist, ['import', path('sparse.jsonl'), '--log', path('sparse.db')])
    const { code, out, err } = await frontier(
      'sparse.db',
      ...['--complete-cases', '--json', '--classifier', 'task'],
    )
    expect(code, err).toBe(0)
    const { log, warnings } = JSON.parse(out) as { log: unknown; warnings: unknown }
    expect(log).toMatchObject({ requests: 400 })
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: 'models-left-out', figures: { models: ['sparse'] } }),
    )
  })

  it('prints money first, then the table, and warns of what is too little', async () => {
    const { code, out, err } = await frontier('matrix.db', '--classifier', 'learned')
    expect(code, err).toBe(0)
    expect(out).toMatch(/^dear for everything costs \$[\d.]+ a month at 100 % quality\./)
    expect(out).toMatch(/^learned .* skill$/m)
    expect(out).toMatch(/^dear .*on the hull$/m)
    expect(out).toContain('Warning: only 80 requests to judge on')
    expect(out).toContain('No budgets take part')
  })

  it('writes one self-contained page with the chart, its rows and the table', async () => {
    const { code, err } = await frontier('matrix.db', '--classifier', 'heuristic', '--out', path('f.html'))
    expect(code, err).toBe(0)
    expect(err).toContain('f.html')
    const page = readFileSync(path('f.html'), 'utf8')
    expect(page.match(/<svg viewBox/g)?.length).toBeGreaterThanOrEqual(2)
    expect(page).toMatch(/role="img" aria-label="Cost against quality\. .*heuristic: \$/)
    expect(page).toContain('All classifiers')
    expect(page).not.toMatch(/(src|href)="http/)
  })

  it('says what is missing in a log with one outcome a request', async () => {
    const { code, out, err } = await frontier('single.db')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('compares outcomes of several models on the same requests')
    expect(err).toContain('run a sample of the requests on the other models')
  })

  it('refuses a classifier that it does not know', async () => {
    const { code, err } = await frontier('matrix.db', '--classifier', 'magic')
    expect(code).toBe(2)
    expect(err).toContain('magic')
  })
})
