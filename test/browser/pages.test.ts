import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html.js'
import { aComparison, hostile, HOSTILE_NAMES, manyModels, unknowns } from '../builders/a-comparison.js'
import { aModel, aPolicyFile } from '../builders/a-policy.js'
import { BUILT, runCli } from '../cli/built.js'
import { axeViolations, hasChromium, launchChromium, openPage } from './chromium.js'

/** Every kind of page: anybody can read it with whatever they read pages with, and no log can make it do anything. */

const folder = mkdtempSync(join(tmpdir(), 'tollgate-pages-'))
const path = (name: string): string => join(folder, name)

/** Prompts that try what names try, and what only longer texts can. */
const ATTACKS = [
  ...HOSTILE_NAMES.filter((name) => name.trim() !== ''),
  '</blockquote></li></ol></details><script src="https://evil.example/x.js"></script>',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe><base href="https://evil.example/">',
  ']]><svg><style>@import url(https://evil.example/x.css)</style><animate onbegin=alert(4)></svg>',
  '</title><meta http-equiv="refresh" content="0;url=https://evil.example/">',
  'a\u2028b\u2029c\u0085d <!-- --!> <![CDATA[ <plaintext>',
  '<form action="javascript:alert(5)"><input autofocus onfocus=alert(6)>',
  '\u202e\u2066txt.exe\u2069\u202c <a href="javascript:alert(7)">click</a>',
  'url(https://evil.example/y.png); } * { background: url("https://evil.example/z.png") } {{constructor.constructor("alert(8)")()}}',
] as const
const attack = (row: number): string => ATTACKS[row % ATTACKS.length] ?? ''

const SMALL = `small ${attack(1)}`
const LARGE = `large ${attack(7)}`

/** Everything that a log may name is hostile; every other request fails on the small model. */
function hostileLine(row: number): string {
  return JSON.stringify({
    id: `${attack(row + 3)} ${row}`,
    at: new Date(Date.UTC(2026, 10, 2) + row * 600_000).toISOString(),
    scope: {
      org: attack(row % 5),
      user: `${attack(row + 2)} quagga`,
      session: `s${row % 80}`,
      [attack(9)]: attack(row),
    },
    prompt: `${attack(row)} zebrafish ${row}`,
    task: attack(row % 4),
    outcomes: [
      { model: SMALL, inputTokens: 60, outputTokens: 20, quality: row % 2, costUsd: 0.001, latencyMs: 500 },
      { model: LARGE, inputTokens: 60, outputTokens: 20, quality: 1, costUsd: 0.02, latencyMs: 900 },
    ],
  })
}

/** Binds: some requests are refused or downgraded. */
const policy = aPolicyFile({
  policyId: attack(0),
  description: attack(8),
  models: [
    aModel(SMALL, 0, { inputUsd: 1, outputUsd: 2 }, { provider: attack(2) }),
    aModel(LARGE, 1, { inputUsd: 10, outputUsd: 50 }),
  ],
  budgets: [{ id: attack(9), scope: 'org', maxBudget: 0.3, window: { kind: 'fixed', budgetDuration: '1d' } }],
})

/** The same, with less to spend: what changed between two runs. */
const tighter = {
  ...policy,
  budgets: [
    { id: attack(9), scope: 'org', maxBudget: 0.05, window: { kind: 'fixed', budgetDuration: '1d' } },
  ],
}

const COMPARISONS = { sample: aComparison, many: manyModels, unknowns, hostile }
const BY_COMMAND = [
  'replayed',
  'redacted',
  'margin',
  'frontier',
  'what-if',
  'changes',
  'reports/index',
] as const
const PAGES = [...(Object.keys(COMPARISONS) as (keyof typeof COMPARISONS)[]), ...BY_COMMAND]

describe.skipIf(!hasChromium('Accessibility of pages, and pages of hostile logs'))(
  'pages in Chromium',
  () => {
    let browser: Browser

    beforeAll(async () => {
      const prompts = new Map(['cw-00017', 'cw-00018'].map((id, row) => [id, attack(row + 8)]))
      for (const [name, make] of Object.entries(COMPARISONS)) {
        writeFileSync(path(`${name}.html`), await renderHtml(make(), { kind: 'shown', byId: prompts }))
      }
      await writeByCommand()
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    // Every kind of page in every way; the others differ from them in what they say, not in how they are built.
    it.each(['sample', 'margin', 'frontier', 'what-if', 'changes', 'reports/index'])(
      '%s: axe finds nothing, nor in dark or on a phone',
      async (name) => {
        const { page } = await openPage(browser, path(`${name}.html`), { bypassCSP: true })
        expect(await axeViolations(page)).toEqual([])
        await page.emulateMedia({ colorScheme: 'dark' })
        expect(await axeViolations(page, 'colours'), 'dark').toEqual([])
        await page.setViewportSize({ width: 360, height: 800 })
        expect(await axeViolations(page, 'shape'), '360 px').toEqual([])
        await page.close()
      },
    )

    it.each(['many', 'unknowns', 'hostile', 'replayed'])(
      '%s: axe finds nothing, in dark on a phone',
      async (name) => {
        const options = {
          viewport: { width: 360, height: 800 },
          colorScheme: 'dark',
          bypassCSP: true,
        } as const
        const { page } = await openPage(browser, path(`${name}.html`), options)
        expect(await axeViolations(page)).toEqual([])
        await page.close()
      },
    )

    it.each(PAGES)('%s: nothing a log says runs, loads, submits or styles', async (name) => {
      const { page, complaints } = await openPage(browser, path(`${name}.html`))
      const elements =
        'script[src], script:not(body > script):not(#what-if script), img, iframe, object, embed, base, form, input:not(figure input[type=checkbox]):not(#what-if input), link, animate, [style], [onload]'
      expect(await page.locator(elements).count(), 'elements').toBe(0)
      expect(await page.locator('meta[http-equiv]').count()).toBe(1)
      // One of the page, and one of its what-if.
      expect(await page.locator('style:not(head style)').count()).toBe(0)
      // The list of runs leads to their pages, which lie beside it.
      const elsewhere = await page.locator('a[href]:not([href^="#"]):not(#what-if a)').all()
      const files = await Promise.all(elsewhere.map((link) => link.getAttribute('href')))
      expect(files.sort()).toEqual(name === 'reports/index' ? ['named.html', 'redacted.html'] : [])
      expect(complaints).toEqual([])
      expect(readFileSync(path(`${name}.html`), 'utf8')).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
      await page.close()
    })

    it.each(BY_COMMAND)('%s: does not scroll sideways on a phone, whatever names look like', async (name) => {
      const { page } = await openPage(browser, path(`${name}.html`), {
        viewport: { width: 360, height: 800 },
      })
      const widths = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ])
      expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0)
      await page.close()
    })

    it.each(['changes', 'reports/index'])(
      '%s: is reached by keyboard, from the skip link through every scrolling part and link',
      async (name) => {
        const { page, complaints } = await openPage(browser, path(`${name}.html`), {
          viewport: { width: 360, height: 800 },
        })
        await page.keyboard.press('Tab')
        expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip')
        await page.keyboard.press('Enter')
        expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
        const wanted = await page.evaluate(() =>
          [...document.querySelectorAll<HTMLElement>('main *')]
            .filter(
              (one) =>
                one.matches('a[href], summary, input') ||
                (one.scrollWidth > one.clientWidth + 1 &&
                  ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)),
            )
            .map((one) => one.outerHTML.slice(0, 60)),
        )
        const reached = new Set<string>()
        for (let step = 0; step < wanted.length + 20; step++) {
          await page.keyboard.press('Tab')
          reached.add(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 60) ?? ''))
        }
        expect(wanted.filter((one) => !reached.has(one))).toEqual([])
        expect(wanted.length).toBeGreaterThan(0)
        expect(complaints).toEqual([])
        await page.close()
      },
    )

    it('has one banner, one main and named sections as landmarks, and headings that lead through it', async () => {
      const { page } = await openPage(browser, path('sample.html'))
      const names = await page.evaluate(() =>
        [...document.querySelectorAll('main > section')].map(
          (one) => document.getElementById(one.getAttribute('aria-labelledby') ?? '')?.textContent ?? '',
        ),
      )
      expect(names).toEqual([
        'The answer',
        'What could not be answered, why, and the way out',
        'Cost against quality',
        'The policies compared',
        'Where the money goes',
        'Budgets',
        'Who was downgraded, deferred or refused, and when',
        'What quality was lost',
        'How well hard and easy requests were told apart',
        'How much to hold for a call',
        'What if',
        'The tuned policy: promised and held out',
        'What the result rests on',
        'How to reproduce it',
      ])
      expect(await page.locator('body > header, main, body > footer, nav').count()).toBe(4)
      await page.close()
    })

    it('shows the prompts of a hostile log as text, to the letter but for what moves letters', async () => {
      const { page } = await openPage(browser, path('replayed.html'))
      const shown = await page.locator('blockquote').allTextContents()
      expect(shown.length).toBeGreaterThanOrEqual(20)
      expect(shown.some((text) => text.includes('<script>alert(1)</script>'))).toBe(true)
      expect(await page.locator('#reproduce').textContent()).toContain('tollgate replay --log')
      await page.close()
    })

    it('leaves no prompt, id or name on a redacted page', () => {
      const [open, redacted] = ['replayed', 'redacted'].map((name) =>
        readFileSync(path(`${name}.html`), 'utf8'),
      )
      for (const text of ['zebrafish', 'quagga']) {
        expect(open).toContain(text)
        expect(redacted).not.toContain(text)
      }
    })
  },
)

async function writeByCommand(): Promise<void> {
  writeFileSync(
    path('log.jsonl'),
    `${Array.from({ length: 400 }, (_, row) => hostileLine(row)).join('\n')}\n`,
  )
  writeFileSync(path('policy.json'), JSON.stringify(policy))
  const log = ['--log', 'log.db']
  await done('import', 'log.jsonl', ...log)
  await done('replay', ...log, '--policy', 'policy.json', '--margin', '--out', 'replayed.html')
  await done('replay', ...log, '--policy', 'policy.json', '--redact', '--out', 'redacted.html')
  writeFileSync(path('tighter.json'), JSON.stringify(tighter))
  const before = await runOf('replay', ...log, '--policy', 'policy.json')
  const after = await runOf('replay', ...log, '--policy', 'tighter.json')
  await done('report', '--run', before, '--run', after, '--out', 'changes.html')
  await done('report', '--run', after, '--out', 'reports/named.html')
  await done('report', '--run', before, '--redact', '--out', 'reports/redacted.html')
  await done('report', '--index')
  await done('margin', ...log, '--policy', 'policy.json', '--out', 'margin.html')
  await done('frontier', ...log, '--out', 'frontier.html')
  await done('whatif', ...log, '--policy', 'policy.json', '--traffic', 'x2', '--out', 'what-if.html')
}

async function done(...args: readonly string[]): Promise<void> {
  const { code, err } = await runCli(BUILT, args, folder)
  expect(code, err).toBe(0)
}

async function runOf(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await runCli(BUILT, [...args, '--json'], folder)
  expect(code, err).toBe(0)
  return (JSON.parse(out) as { readonly runId: string }).runId
}
