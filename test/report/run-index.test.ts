import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { renderHtml } from '../../src/report/html.js'
import { writeRunIndex } from '../../src/report/run-index.js'
import { saveRun } from '../../src/report/run-store.js'
import { aComparison, hostile } from '../builders/a-comparison.js'

let home = ''
let runs = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tollgate-index-'))
  runs = join(home, 'runs')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const index = (): string =>
  readFileSync(writeRunIndex(runs), 'utf8').replaceAll('\u00a0', ' ').replace(/\s+/g, ' ')

describe('the index of runs', () => {
  it('names log, policies, answer and evidence of each run', () => {
    saveRun(aComparison(), runs)
    const page = index()
    expect(page).toContain('1 run over 1 log')
    expect(page).toMatch(/20,000 requests, 2026-\d\d-\d\d .* UTC to 2026/)
    expect(page).toContain('<strong>Synthetic data</strong>')
    expect(page).toMatch(/<h3>.*heuristic, heuristic-caps.*<\/h3>/)
    expect(page).toMatch(/<p>On the .* held out when it was tuned|<p>You pay \$/)
    expect(page).toContain('Evidence: full matrix')
  })

  it('links the pages that lie beside it, and says how the others are made', async () => {
    const [a, b] = [aComparison({ runId: 'aaa' }), aComparison({ runId: 'bbb' })]
    saveRun(a, runs)
    saveRun(b, runs)
    writeFileSync(join(home, 'my report.html'), await renderHtml(a))
    writeFileSync(join(home, 'other.html'), '<!doctype html><title>x</title>')
    const page = index()
    expect(page).toContain('<a href="my%20report.html">')
    expect(page).toContain('tollgate report --run bbb --out reports/bbb.html')
    expect(page).not.toContain('tollgate report --run aaa')
    expect(page).not.toContain('other.html')
  })

  it('is the same for the same runs, in whatever order they were stored', () => {
    const ids = ['b', 'c', 'a'].map((runId) => aComparison({ runId }))
    for (const run of ids) saveRun(run, runs)
    const page = index()
    for (const run of [...ids].reverse()) saveRun(run, runs)
    expect(index()).toBe(page)
    expect(page.indexOf('--run a ')).toBeLessThan(page.indexOf('--run b '))
  })

  it('reads runs that were stored before there were summaries, and names files that are no runs', () => {
    saveRun(aComparison({ runId: 'old' }), runs)
    const page = index()
    unlinkSync(join(runs, 'old.summary.json'))
    expect(index()).toBe(page)
    writeFileSync(join(runs, 'broken.json'), '{')
    expect(index()).toContain('no stored runs of this version: broken.json')
  })

  it('runs nothing and shows names that mean harm as text', () => {
    saveRun(hostile(), runs)
    const page = index()
    expect(page).not.toMatch(/<script|<img|javascript:/i)
    expect(page.replaceAll(/&lt;.*?&gt;/g, '')).not.toMatch(/<[^>]+\s(on\w+|style|src)=/i)
    expect(page).toMatch(/default-src &#39;none&#39;; style-src &#39;sha256-/)
  })

  it('is refused where there are no runs', () => {
    expect(() => writeRunIndex(join(home, 'none'))).toThrow(InputError)
    expect(() => writeRunIndex(join(home, 'none'))).toThrow(/holds no runs yet; tollgate replay makes one/)
  })
})
