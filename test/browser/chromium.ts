import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, ElementContext, RunOptions } from 'axe-core'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

/** Pages of ours in Debian's Chromium: opened from files, with everything written down that they should not do. */

const CHROMIUM = '/usr/bin/chromium'

/** Without a browser, tests are skipped with one line that says which; on CI that is a failure. */
export function hasChromium(what: string): boolean {
  if (existsSync(CHROMIUM)) return true
  if (process.env.CI !== undefined) throw new Error(`browser tests need ${CHROMIUM}`)
  console.warn(`${what}: skipped, there is no ${CHROMIUM}.`)
  return false
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  })
}

export interface OpenedPage {
  readonly page: Page
  /** Console messages, errors, dialogs and requests other than for the file itself. */
  readonly complaints: readonly string[]
}

/** With all folds open, so that nothing is left out. */
export async function openPage(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options })
  const complaints: string[] = []
  const url = `file://${file}`
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    // A page may start workers from its own text.
    if (request.url() !== url && !request.url().startsWith('blob:'))
      complaints.push(`request ${request.url()}`)
  })
  await page.goto(url)
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)))
  return { page, complaints }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Axe {
  run(context: ElementContext, options: RunOptions): Promise<AxeResults>
}

/** What dark mode may break, and what a narrow window may: either is some of axe's rules only. */
const RULES = {
  all: {},
  colours: { runOnly: ['color-contrast', 'link-in-text-block'] },
  shape: { rules: { 'color-contrast': { enabled: false } } },
} as const satisfies Record<string, RunOptions>

/** Longer tables are the points of a chart in numbers, each row built like the others. */
const ROWS = 60

/**
 * What axe-core finds wrong, one line a finding. The page must be opened with `bypassCSP`, and is good for nothing else afterwards:
 * of the longest tables most rows are taken away. The insides of drawings are left out: they are one image to who cannot see
 * them, and the contrast of their letters has a test of its own.
 */
export async function axeViolations(page: Page, rules: keyof typeof RULES = 'all'): Promise<string[]> {
  await page.evaluate((rows) => {
    for (const body of document.querySelectorAll('tbody'))
      for (const row of [...body.rows].slice(rows)) row.remove()
  }, ROWS)
  await page.evaluate(AXE)
  // All that it found right would take longer to send than to find.
  const violations = await page.evaluate(
    (options) =>
      (globalThis as unknown as { axe: Axe }).axe
        .run({ exclude: ['.chart svg'] }, { ...options, resultTypes: ['violations'] })
        .then((results) =>
          results.violations.map(({ id, nodes }) => ({ id, count: nodes.length, html: nodes[0]?.html })),
        ),
    RULES[rules] as RunOptions,
  )
  return violations.map(({ id, count, html }) => `${id}: ${count} × ${html?.slice(0, 200)}`)
}
