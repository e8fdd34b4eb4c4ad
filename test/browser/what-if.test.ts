import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentHash } from '../../src/core/content-hash.js'
import type { Comparison, RunMetrics } from '../../src/metrics/result.js'
import { loadPolicy } from '../../src/router/load-policy.js'
import { aSampleLog, type SampleLog } from '../builders/a-sample-log.js'
import { BUILT, runCli } from '../cli/built.js'
import { axeViolations, hasChromium, launchChromium } from './chromium.js'
import { choose, downloadedPolicy, nanoUsd, nanoUsdOf, openWhatIf, settled } from './what-if-page.js'

/** The core inside the report: what a reader moves is replayed in the page as the command line replays it. */

const POLICIES = ['heuristic', 'priority-reserve', 'token-bucket', 'shuffled-control']
/** Every test opens the page anew: the whole week would take longer and show no more. */
const THREE_DAYS = ['--where', 'at>=2026-11-20']
/** Of the page without the log's columns. */
const MOST_BYTES = 1_500_000
/** What a browser says of a script or a style that the page's policy does not name. */
const REFUSED_BY_POLICY = /Content Security Policy/

describe.skipIf(!hasChromium('What if'))('what if, in Chromium', { timeout: 180_000 }, () => {
  let log: SampleLog
  let browser: Browser
  let rows: readonly RunMetrics[]
  let report = ''
  let redacted = ''
  let hostile = ''

  beforeAll(async () => {
    log = await aSampleLog()
    report = join(log.folder, 'report.html')
    const paths = POLICIES.map((name) => join(process.cwd(), `policies/${name}.json`))
    const run = await replayed(log.path, [sealed(paths[0] ?? '', log.folder), ...paths.slice(1)], report)
    rows = run.runs
    redacted = join(log.folder, 'redacted.html')
    const again = ['report', '--run', run.runId, '--redact', '--out', redacted]
    expect((await runCli(BUILT, again, log.folder)).code).toBe(0)
    hostile = await hostileReport()
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    log.remove()
  })

  /** As `tune` leaves one: with evidence, under a seal. */
  function sealed(path: string, folder: string): string {
    const { contentHash: _old, ...file } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    const tuned = { ...file, evidence: { split: 'by time' } }
    const to = join(folder, 'sealed.json')
    writeFileSync(to, JSON.stringify({ ...tuned, contentHash: contentHash(tuned) }))
    return to
  }

  async function replayed(store: string, policies: readonly string[], out?: string): Promise<Comparison> {
    const named = policies.flatMap((path) => ['--policy', path])
    const done = await runCli(
      BUILT,
      [
        'replay',
        '--log',
        store,
        ...(store === log.path ? THREE_DAYS : []),
        ...named,
        '--json',
        ...(out === undefined ? [] : ['--out', out]),
      ],
      log.folder,
    )
    expect(done.code, done.err).toBe(0)
    return JSON.parse(done.out) as Comparison
  }

  it('replays three policies to the costs of the command line, to the nano-dollar', async () => {
    const { page, complaints } = await openWhatIf(browser, report)
    for (const policyId of ['heuristic', 'priority-reserve', 'token-bucket']) {
      await choose(page, policyId)
      const row = rows.find((run) => run.policyId === policyId)!
      expect(await nanoUsdOf(page)).toBe(nanoUsd(row.costUsd))
      expect(await page.locator('#what-if').innerText()).toContain('to the nano-dollar')
    }
    expect(complaints).toEqual([])
    await page.close()
  })

  it('replays to the same on a redacted page, which names nobody, moves nothing that draws by ids and caps nobody else', async () => {
    const { page, complaints } = await openWhatIf(browser, redacted)
    for (const policyId of ['heuristic', 'token-bucket', 'priority-reserve']) {
      await choose(page, policyId)
      const row = rows.find((run) => run.policyId === policyId)!
      expect(await nanoUsdOf(page)).toBe(nanoUsd(row.costUsd))
    }
    expect(await page.locator('#what-if-policy option:disabled').allInnerTexts()).toEqual([
      'shuffled-control',
    ])
    const before = await nanoUsdOf(page)
    await page.locator('[data-knob="boundary:0"] input[type="number"]').fill('0.2')
    await settled(page)
    expect(await nanoUsdOf(page)).toBeGreaterThan(before)
    const said = await page.locator('#what-if').innerText()
    expect(said).toContain('Not to be moved here: shuffled-control.')
    expect(said).toMatch(/ · org 1\/team \d+\n/)
    expect(said).not.toMatch(/northwind|sakura/)
    expect(await page.locator('#budgets').innerText()).not.toMatch(/northwind|sakura/)
    // A file from this page would cap or ban others than it says, where it names any: some organisations have caps of their own.
    const button = page.getByRole('button', { name: 'Download this policy' })
    await choose(page, 'heuristic')
    expect(await button.isEnabled()).toBe(true)
    await choose(page, 'priority-reserve')
    expect(await button.isEnabled()).toBe(false)
    expect(await page.locator('#what-if').innerText()).toContain('from the report that is not redacted')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('follows a slider by keyboard, marks what was moved, and resets', async () => {
    const { page, complaints } = await openWhatIf(browser, report)
    await choose(page, 'heuristic')
    const before = await nanoUsdOf(page)
    const slider = page.locator('[data-knob="boundary:0"] input[type="range"]')
    await slider.focus()
    for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowLeft')
    await settled(page)
    expect(await nanoUsdOf(page)).toBeGreaterThan(before)
    expect(await page.locator('#what-if .said').innerText()).toMatch(/^Moved by hand, in-sample: \$/)
    expect(await page.locator('#what-if h3 .in-sample:visible').count()).toBe(2)
    expect(await page.locator('#what-if .plot circle.hand').count()).toBe(1)
    await expect.poll(() => page.locator('#what-if .plot circle.swept').count()).toBeGreaterThan(4)
    const took = Number(await page.locator('#what-if').getAttribute('data-took-ms'))
    // Alone on the machine it takes about 100 ms (npm run bench); the tests share it.
    expect(took).toBeLessThan(3000)
    await page.getByRole('button', { name: 'Reset' }).click()
    await settled(page)
    expect(await nanoUsdOf(page)).toBe(before)
    expect(await page.locator('#what-if h3 .in-sample:visible').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('gives a policy file that the runtime loads and the command line replays to the same cost', async () => {
    const { page, complaints } = await openWhatIf(browser, report)
    await choose(page, 'priority-reserve')
    await page.locator('[data-knob="boundary:0"] input[type="number"]').fill('0.25')
    await page.locator('[data-knob^="cap:"] input[type="number"]').first().fill('12.5')
    await page.locator('[data-knob^="window:"] select').first().selectOption('sliding')
    await settled(page)
    const moved = await nanoUsdOf(page)
    const path = join(log.folder, 'by-hand.json')
    expect(await downloadedPolicy(page, path)).toBe('priority-reserve-by-hand.json')
    const policy = await loadPolicy(path)
    expect(policy.sealed).toBe(true)
    expect(policy.file.evidence).toMatchObject({ chosenBy: 'hand', validated: false })
    const { runs } = await replayed(log.path, [path])
    const row = runs.find(({ policyId }) => policyId === 'priority-reserve-by-hand')!
    expect(nanoUsd(row.costUsd)).toBe(moved)
    // A later report knows that its figures on this log prove nothing.
    expect(row.chosenOnThisLog).toBe(true)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('says what is wrong where a setting makes no policy, and keeps the figures', async () => {
    const { page } = await openWhatIf(browser, report)
    await choose(page, 'heuristic')
    const before = await nanoUsdOf(page)
    const models = page.locator('#what-if details', { hasText: 'Models' })
    await models.evaluate((fold) => ((fold as HTMLDetailsElement).open = true))
    for (const box of await page.locator('[data-knob^="model:"] input').all()) await box.uncheck()
    await expect.poll(() => page.locator('#what-if .refusal').innerText()).toContain('That is no policy')
    expect(await page.locator('#what-if table').count()).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Reset' }).click()
    await expect.poll(() => page.locator('#what-if .refusal').innerText()).toBe('')
    expect(await nanoUsdOf(page)).toBe(before)
    await page.close()
  })

  it('does not scroll sideways, and names every control', async () => {
    const { page, complaints } = await openWhatIf(browser, report, { viewport: { width: 1280, height: 900 } })
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 })
      const { scroll, client } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }))
      expect(scroll, `${width} px`).toBeLessThanOrEqual(client)
    }
    const unnamed = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLInputElement>('#what-if :is(input, select)')].filter(
          (one) => (one.labels?.length ?? 0) === 0 && one.getAttribute('aria-label') === null,
        ).length,
    )
    expect(unnamed).toBe(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('has nothing that axe finds wrong, light or dark, with everything open', async () => {
    const { page } = await openWhatIf(browser, report, {
      bypassCSP: true,
      viewport: { width: 1280, height: 900 },
    })
    await page.evaluate(() =>
      document.querySelectorAll('#what-if details').forEach((one) => one.setAttribute('open', '')),
    )
    await page.locator('[data-knob="boundary:0"] input[type="number"]').fill('0.2')
    await settled(page)
    expect(await axeViolations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await axeViolations(page, 'colours'), 'dark').toEqual([])
    await page.close()
  })

  it('is small enough to be mailed: under 1.5 MB without the log’s columns', () => {
    const columns = /id="what-if-columns">([^<]*)</.exec(readFileSync(report, 'utf8'))?.[1] ?? ''
    expect(columns.length).toBeGreaterThan(100_000)
    expect(statSync(report).size - columns.length).toBeLessThan(MOST_BYTES)
  })

  it('says that it needs scripts where none run', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`file://${report}`)
    expect(await page.locator('#what-if-state').innerText()).toContain('needs scripts')
    await context.close()
  })

  it.each([360, 1280])(
    'runs nothing that a log smuggles in, and stays in shape at %d px, whatever its names are',
    async (width) => {
      const { page, complaints } = await openWhatIf(browser, hostile, { viewport: { width, height: 900 } })
      for (const value of ['0', '2', '3', '4']) {
        await page.locator('#what-if-policy').selectOption(value)
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)))
        const cap = page.locator('[data-knob^="cap:"] input[type="number"]')
        if ((await cap.count()) > 0) await cap.first().fill('0.001')
        await settled(page)
        const shape = await page.evaluate(() => ({
          excess: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          height: document.getElementById('what-if')?.clientHeight ?? 0,
        }))
        expect(shape.excess).toBeLessThanOrEqual(0)
        // A name of 10,000 letters fills no page.
        expect(shape.height).toBeLessThan(6000)
      }
      const said = await page.locator('#what-if').innerText()
      expect(said).toContain('</script><script>owned=1')
      expect(said).not.toMatch(/[\u2028-\u202e\u2066-\u2069]/)
      expect(complaints).toEqual([])
      expect(await page.evaluate(() => (globalThis as unknown as { owned?: boolean }).owned)).toBeUndefined()
      expect(await page.locator('img, iframe, [onload], [onerror]').count()).toBe(0)
      expect(await page.locator('script').count()).toBe(3)
      // Even markup that got in would not run: the policy names one script.
      await page.evaluate(() => {
        const script = document.createElement('script')
        script.textContent = 'globalThis.owned = true'
        document.body.append(script)
      })
      expect(await page.evaluate(() => (globalThis as unknown as { owned?: boolean }).owned)).toBeUndefined()
      expect(complaints.every((text) => REFUSED_BY_POLICY.test(text))).toBe(true)
      await page.close()
    },
  )

  it('has nothing that axe finds wrong with hostile names, on a phone', async () => {
    const { page } = await openWhatIf(browser, hostile, {
      bypassCSP: true,
      viewport: { width: 360, height: 900 },
    })
    await choose(page, 'right-to-left')
    expect(await axeViolations(page)).toEqual([])
    await page.close()
  })

  /** Every name of the log and its policies is markup, turns letters around, breaks lines or is 10,000 letters long. */
  async function hostileReport(): Promise<string> {
    const evil = '</script><script>owned=1</script><!--<img src=x onerror=owned=1>"\'`${owned=1}'
    const long = 'W'.repeat(10_000)
    const turned = '\u202ertl \u2066evil\u2069\u202c \u2028line\u2029\u0007'
    const names = [evil, long, turned] as const
    const models = names.map((text, tier) => `${['small', 'middle', 'large'][tier]} ${text}`)
    const requests = Array.from({ length: 60 }, (_, index) => ({
      id: `r${index} ${evil}`,
      at: new Date(Date.UTC(2026, 10, 2) + index * 600_000).toISOString(),
      scope: {
        org: `org ${names[index % 3]}`,
        user: `user${index % 12} ${evil}`,
        session: `s${index % 20} ${evil}`,
      },
      prompt: evil,
      task: names[index % 3],
      chosen: models[2],
      outcomes: models.map((model, place) => ({
        model,
        inputTokens: 500,
        outputTokens: 100 + index,
        costUsd: 0.001 * (1 + 9 * place),
        quality: (index + place) % 3 === 0 ? 0 : 1,
        latencyMs: 900,
        basis: 'matrix',
      })),
    }))
    const policyOf = (policyId: string, id: string): object => ({
      formatVersion: 1,
      policyId,
      description: turned + evil,
      models: models.map((model, tier) => ({
        id: model,
        tier,
        pricing: { promptPer1m: 1 + tier, completionPer1m: 5 + tier },
      })),
      tierBoundaries: [0.1, 0.2],
      selector: { kind: 'cheapestCapable' },
      budgets: [
        {
          id,
          scope: 'org',
          maxBudget: 1,
          overrides: { [`org ${long}`]: 0.5 },
          window: { kind: 'fixed', budgetDuration: '1d' },
        },
      ],
    })
    const policies = [policyOf(evil, evil), policyOf(long, long), policyOf('right-to-left', turned)]
    const at = (name: string): string => join(log.folder, name)
    const paths = policies.map((policy, index) => {
      writeFileSync(at(`hostile-${index}.json`), JSON.stringify(policy))
      return at(`hostile-${index}.json`)
    })
    writeFileSync(at('hostile.jsonl'), requests.map((request) => `${JSON.stringify(request)}\n`).join(''))
    const done = await runCli(BUILT, ['import', at('hostile.jsonl'), '--log', at('hostile.db')], log.folder)
    expect(done.code, done.err).toBe(0)
    await replayed(at('hostile.db'), paths, at('hostile.html'))
    return at('hostile.html')
  }
})
