import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aModel, aPolicyFile } from '../builders/a-policy.js'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-redact-'))
const path = (name: string): string => join(folder, name)
const read = (name: string): string => readFileSync(path(name), 'utf8')

/** Half of the requests fail on the small model: those of the secret project. */
const line = (row: number): string =>
  JSON.stringify({
    id: `call-${row}`,
    at: new Date(Date.UTC(2026, 10, 2) + row * 600_000).toISOString(),
    scope: { org: 'initech', user: `ada-${row % 3}`, session: `s-${row % 40}` },
    prompt: row % 2 === 0 ? 'add two numbers' : `rescue project zebrafish, part ${row}`,
    outcomes: [
      { model: 'small', inputTokens: 20, outputTokens: 10, quality: row % 2 === 0 ? 1 : 0, costUsd: 0.001 },
      { model: 'large', inputTokens: 20, outputTokens: 10, quality: 1, costUsd: 0.02 },
    ],
  })

const policy = aPolicyFile({
  policyId: 'all-small',
  models: [
    aModel('small', 0, { inputUsd: 1, outputUsd: 2 }),
    aModel('large', 1, { inputUsd: 10, outputUsd: 50 }),
  ],
  selector: { kind: 'fixed', model: 'small' },
  budgets: [
    { id: 'org-day', scope: 'org', maxBudget: 5, window: { kind: 'fixed', budgetDuration: '1d' } },
    {
      id: 'user-day',
      scope: ['org', 'user'],
      maxBudget: 3,
      overrides: { 'initech/ada-1': 2 },
      window: { kind: 'fixed', budgetDuration: '1d' },
    },
  ],
})

const cli = (...args: readonly string[]): Promise<Finished> => runCli(BUILT, args, folder)
const replay = (...more: readonly string[]): Promise<Finished> =>
  cli('replay', '--log', 'log.db', '--policy', 'policy.json', '--baseline', 'model:large', ...more)

/** The kept run, as text. */
function kept(): string {
  const [file = ''] = readdirSync(path('reports/runs'))
  return read(join('reports/runs', file))
}

/** What the page replays, as text: a head with all the names that it knows, and columns of numbers. */
function columnsOf(page: string): string {
  const [, base64 = ''] = /id="what-if-columns">([^<]*)</.exec(read(page)) ?? []
  return gunzipSync(Buffer.from(base64, 'base64')).toString('latin1')
}

const PRIVATE = ['zebrafish', 'initech', 'ada-', 'call-1']

describe('prompts and names in reports', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    writeFileSync(path('log.jsonl'), `${Array.from({ length: 300 }, (_, row) => line(row)).join('\n')}\n`)
    writeFileSync(path('policy.json'), JSON.stringify(policy))
    const done = await cli('import', 'log.jsonl', '--log', 'log.db')
    expect(done.code, done.err).toBe(0)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('shows prompts on the page and keeps none in the run; a report of the run looks them up again', async () => {
    const done = await replay('--out', 'open.html')
    expect(done.code, done.err).toBe(0)
    for (const text of PRIVATE) expect(read('open.html')).toContain(text)
    expect(kept()).not.toContain('zebrafish')
    expect(kept()).toContain('initech')
    const [file = ''] = readdirSync(path('reports/runs'))
    await cli('report', '--run', file.replace('.json', ''), '--out', 'again.html')
    expect(read('again.html')).toBe(read('open.html'))
  })

  it('tells how the run was made, and the margin where it was asked for', async () => {
    const done = await replay('--margin', '--out', 'margin.html')
    expect(done.code, done.err).toBe(0)
    const page = read('margin.html')
    expect(page).toContain('tollgate import log.jsonl --log log.db')
    expect(page).toContain(
      'tollgate replay --log log.db --policy policy.json --baseline model:large --margin --seed 1',
    )
    expect(page).toContain('Holding the expected cost plus')
    expect(read('open.html')).toContain('Not measured in this run')
  })

  it('report --redact makes a page without them of a run that has names', async () => {
    const [file = ''] = readdirSync(path('reports/runs'))
    const done = await cli('report', '--run', join('reports/runs', file), '--out', 'mailed.html', '--redact')
    expect(done.code, done.err).toBe(0)
    for (const text of PRIVATE) {
      expect(read('mailed.html')).not.toContain(text)
      expect(columnsOf('mailed.html')).not.toContain(text)
    }
    expect(read('mailed.html')).toContain('org 1')
    expect(columnsOf('mailed.html')).toContain('"org 1"')
    expect(columnsOf('open.html')).toContain('"initech"')
  })

  it('replay --redact leaves no prompt and no name in the page, the run, or a page of the run', async () => {
    const done = await replay('--redact', '--where', 'org=initech', '--out', 'redacted.html')
    expect(done.code, done.err).toBe(0)
    const run = /run ([0-9a-f]{16}) is kept/.exec(done.err)?.[1] ?? ''
    await cli('report', '--run', run, '--out', 'later.html')
    for (const text of PRIVATE) {
      expect(read('redacted.html')).not.toContain(text)
      expect(columnsOf('redacted.html')).not.toContain(text)
      expect(read(`reports/runs/${run}.json`)).not.toContain(text)
      expect(done.out).not.toContain(text)
    }
    expect(read('later.html')).toBe(read('redacted.html'))
  })

  it('says why there are no prompts when the log has changed, or is gone', async () => {
    const [file = ''] = readdirSync(path('reports/runs'))
    const run = JSON.parse(read(join('reports/runs', file))) as { log: object }
    const other = { ...run, log: { ...run.log, hash: 'sha256:other' }, redacted: undefined }
    writeFileSync(path('other.json'), JSON.stringify(other))
    await cli('report', '--run', './other.json', '--out', 'other.html')
    expect(read('other.html')).toContain('the log store log.db has changed since this run')
    const gone = { ...other, log: { ...run.log, path: 'gone.db' } }
    writeFileSync(path('gone.json'), JSON.stringify(gone))
    await cli('report', '--run', './gone.json', '--out', 'gone.html')
    expect(read('gone.html')).toContain('the log store gone.db is not there')
  })
})
