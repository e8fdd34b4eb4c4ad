import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { packReplayable } from '../../src/replay/packed/replayable.js'
import { renderHtml } from '../../src/report/html.js'
import { PAGE_STYLE } from '../../src/report/page-style.js'
import { NO_PROMPTS } from '../../src/report/prompts.js'
import { whatIfOf, type WhatIf } from '../../src/report/page-scripts.js'
import { redact, redactWithColumns } from '../../src/report/redact.js'
import { WHAT_IF_STYLE } from '../../src/report/what-if-style.js'
import { aComparison } from '../builders/a-comparison.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'
import { aTable } from '../builders/a-table.js'
import { BUILT_SCRIPTS } from '../cli/built.js'

const columns = Uint8Array.of(1, 2, 3)
const scripts = { main: 'void 0', worker: 'void 1' }

describe('what if in a report', () => {
  const policyOf = (page: string): string =>
    /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? ''

  it('is left out, and says so, where the run has no columns', async () => {
    const page = await renderHtml(aComparison())
    expect(page).toContain('This page cannot be asked')
    expect(page).not.toContain('<script')
    expect(policyOf(page)).not.toContain('script-src')
  })

  it('is left out of a redacted page where the columns name somebody', async () => {
    const policies = [aPolicy({ budgets: [aBudget('org-cap', 1)] })]
    const table = aTable([{ at: 1, scope: { org: 'acme' } }])
    const settings = { seed: 1 }
    const named = gzipSync(
      packReplayable({
        policies,
        tableOf: () => table,
        baseline: 0,
        settings,
        clusterLabels: [],
        mostRequests: 1,
      }),
    )
    const page = await renderHtml(redact(aComparison()), NO_PROMPTS, { columns: named, scripts })
    expect(page).toContain('it is redacted')
    expect(page).not.toContain('<script')
    const both = redactWithColumns({ comparison: aComparison(), columns: named })
    const asked = await renderHtml(both.comparison, NO_PROMPTS, { columns: both.columns!, scripts })
    expect(asked).toContain('without any prompt, name or id')
    expect(asked).toContain('id="what-if-columns"')
  })

  it('names its one script and both style sheets by their hashes, and nothing else may run', async () => {
    const page = await renderHtml(aComparison(), NO_PROMPTS, { columns, scripts })
    const policy = policyOf(page)
    const hash = (text: string): string =>
      `&#39;sha256-${createHash('sha256').update(text).digest('base64')}&#39;`
    expect(policy).toMatch(/^default-src &#39;none&#39;;/)
    expect(policy).toContain(`script-src ${hash('void 0')}; worker-src blob:`)
    expect(policy).not.toMatch(/unsafe|http|data:|\*/)
    const styles = [...page.matchAll(/<style>([^]*?)<\/style>/g)].map(([, style]) => style ?? '')
    expect(styles).toHaveLength(2)
    for (const style of styles) expect(policy).toContain(hash(style))
    expect([...page.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag)).toEqual([
      '<script type="application/octet-stream" id="what-if-columns">',
      '<script type="application/octet-stream" id="what-if-worker">',
      '<script>',
    ])
  })

  it('styles no class of the rest of the page', () => {
    const classes = (style: string): string[] =>
      Array.from(style.matchAll(/\.([a-z][a-z-]*)/g), ([, name]) => name ?? '')
    const begins = Array.from(
      WHAT_IF_STYLE.matchAll(/(?:^|[},\n])\s*\.([a-z][a-z-]*)/g),
      ([, name]) => name ?? '',
    )
    expect(begins.length).toBeGreaterThan(10)
    expect(begins.filter((name) => classes(PAGE_STYLE).includes(name))).toEqual([])
  })

  it.each(['a</script>b', 'a<!--b'])('refuses a script that a browser would end early: %s', async (main) => {
    const whatIf: WhatIf = { columns, scripts: { ...scripts, main } }
    await expect(renderHtml(aComparison(), NO_PROMPTS, whatIf)).rejects.toThrow(RangeError)
  })

  it('runs scripts that the build made, without compiling text', () => {
    const { scripts: built } = whatIfOf(columns, BUILT_SCRIPTS) ?? { scripts: { main: '', worker: '' } }
    expect(built.main.length).toBeGreaterThan(5_000)
    expect(built.main.length).toBeLessThan(60_000)
    expect(built.worker.length).toBeLessThan(600_000)
    expect(built.main).not.toMatch(/\beval\(|new Function/)
    expect(whatIfOf(undefined, BUILT_SCRIPTS)).toBeUndefined()
    expect(whatIfOf(columns, join(BUILT_SCRIPTS, 'none'))).toBeUndefined()
  })
})
