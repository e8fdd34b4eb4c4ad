import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Comparison, RunMetrics } from '../../src/metrics/result.js'
import { percent } from '../../src/report/format.js'
import { aModel, aPolicyFile } from '../builders/a-policy.js'
import { BUILT, runCli } from '../cli/built.js'
import { hasChromium, launchChromium } from './chromium.js'
import {
  choose,
  downloadedPolicy,
  movedCell,
  nanoUsd,
  nanoUsdOf,
  openWhatIf,
  settled,
} from './what-if-page.js'

/** What sessions came to, in the page as on the command line, with labels that come late. */

const folder = mkdtempSync(join(tmpdir(), 'tollgate-by-session-'))
const path = (name: string): string => join(folder, name)

/** Three turns a session, all answered by `dear`; two sessions in three were merged. The matrix knows `cheap` too. */
const LINES = Array.from({ length: 600 }, (_, index) => {
  const [session, turn] = [Math.floor(index / 3), index % 3]
  return {
    id: `r${index}`,
    at: new Date(Date.UTC(2026, 10, 2) + index * 1_200_000).toISOString(),
    scope: { org: session % 5 === 0 ? 'globex' : 'acme', session: `s${session}` },
    prompt: 'hi',
    chosen: 'dear',
    outcomes: [
      { model: 'dear', quality: 1, inputTokens: 400, outputTokens: 300, costUsd: 0.02 },
      { model: 'cheap', quality: index % 2, inputTokens: 400, outputTokens: 300, costUsd: 0.002 },
    ],
    ...(turn === 2 ? { sessionOutcome: { quality: session % 3 === 0 ? 0 : 1, source: 'pr-merged' } } : {}),
  }
})
const models = [
  aModel('cheap', 0, { inputUsd: 1, outputUsd: 2 }),
  aModel('dear', 1, { inputUsd: 10, outputUsd: 50 }),
]
const dear = aPolicyFile({
  policyId: 'dear-capped',
  models,
  selector: { kind: 'fixed', model: 'dear' },
  budgets: [{ id: 'org-day', scope: 'org', maxBudget: 50, window: { kind: 'fixed', budgetDuration: '1d' } }],
  onExceed: { low: 'reject', normal: 'reject', high: 'reject' },
})
const cheap = { ...dear, policyId: 'cheap', selector: { kind: 'fixed', model: 'cheap' } }

const BY_SESSION = ['--quality-unit', 'session', '--label-delay', '5h', '--baseline', 'model:dear']

async function replayed(
  policies: readonly string[],
  ...more: readonly string[]
): Promise<readonly RunMetrics[]> {
  const named = policies.flatMap((name) => ['--policy', name])
  const done = await runCli(
    BUILT,
    ['replay', '--log', 'log.db', ...named, ...BY_SESSION, '--json', ...more],
    folder,
  )
  expect(done.code, done.err).toBe(0)
  return (JSON.parse(done.out) as Comparison).runs
}

describe.skipIf(!hasChromium('What if by session'))(
  'what if by session, in Chromium',
  { timeout: 120_000 },
  () => {
    let browser: Browser
    let rows: readonly RunMetrics[]

    beforeAll(async () => {
      writeFileSync(path('log.jsonl'), LINES.map((line) => `${JSON.stringify(line)}\n`).join(''))
      writeFileSync(path('dear.json'), JSON.stringify(dear))
      writeFileSync(path('cheap.json'), JSON.stringify(cheap))
      const done = await runCli(BUILT, ['import', 'log.jsonl', '--log', 'log.db'], folder)
      expect(done.code, done.err).toBe(0)
      rows = await replayed(['dear.json', 'cheap.json'], '--out', 'report.html')
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    const rowOf = (policyId: string): RunMetrics => rows.find((run) => run.policyId === policyId)!

    it('has the cost and the quality of the command line, and none where that has none', async () => {
      const { page, complaints } = await openWhatIf(browser, path('report.html'))
      expect(await page.locator('#what-if').innerText()).toContain('Quality is by session')
      for (const policyId of ['dear-capped', 'cheap']) {
        await choose(page, policyId)
        expect(await nanoUsdOf(page), policyId).toBe(nanoUsd(rowOf(policyId).costUsd))
        const said = percent(rowOf(policyId).quality).replaceAll('\u00a0', ' ')
        expect(await movedCell(page, 'Quality')).toMatch(new RegExp(`^${said}\\b|^${said}\\n`))
      }
      expect(rowOf('dear-capped').quality).toBeCloseTo(2 / 3, 2)
      expect(rowOf('cheap').quality).toBeNull()
      expect(await page.locator('#what-if').innerText()).not.toContain('single models')
      expect(complaints).toEqual([])
      await page.close()
    })

    it('says at once what a lower cap makes of sessions, as the command line finds of the file', async () => {
      const { page, complaints } = await openWhatIf(browser, path('report.html'))
      await choose(page, 'dear-capped')
      await page.locator('[data-knob="cap:org-day"] input[type="number"]').fill('1.18')
      await settled(page)
      const [cost, quality] = [await nanoUsdOf(page), await movedCell(page, 'Quality')]
      expect(await page.locator('#what-if .plot circle.hand').count()).toBe(1)
      await downloadedPolicy(page, path('by-hand.json'))
      const row = (await replayed(['by-hand.json'])).find(
        ({ policyId }) => policyId === 'dear-capped-by-hand',
      )!
      // Of a session that is cut short nobody knows what it came to; here these are few.
      expect(row.rejected).toBeGreaterThan(0)
      expect(row.knownShare).toBeLessThan(1)
      expect(row.quality).not.toBeNull()
      expect(cost).toBe(nanoUsd(row.costUsd))
      expect(quality).toContain(percent(row.quality).replaceAll('\u00a0', ' '))
      expect(complaints).toEqual([])
      await page.close()
    })
  },
)
