import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { gunzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { bundlePage } from '../../src/cli/bundle-page.js'
import { compareByRequest, tableReader, type ComparedByRequest } from '../../src/cli/compare-on-table.js'
import { defaultMeasuring } from '../../src/cli/measuring.js'
import { parsePolicy } from '../../src/core/policy.js'
import { importFiles } from '../../src/logs/store-import.js'
import { createSession } from '../../src/page/session.js'
import { unpackReplayable } from '../../src/replay/packed/replayable.js'
import { renderHtml } from '../../src/report/html.js'
import { whatIfOf } from '../../src/report/page-scripts.js'
import { median } from './timing.js'

const CHROMIUM = '/usr/bin/chromium'
const POLICIES = ['heuristic', 'priority-reserve', 'token-bucket']
const MOVES = 20
const GOAL_MS = 200

/**
 * What a reader waits for: from a slider's event to the page with table, point and budget charts drawn anew, in Chromium on the
 * sample of 20,000 requests. Baseline of the ratio: the same replay and figures in Node, warm, by the very same sources.
 */
export async function bench(): Promise<void> {
  if (!existsSync(CHROMIUM)) return console.log(`what if: left out, there is no ${CHROMIUM}`)
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-what-if-'))
  try {
    const { comparison, replayable } = await compared(folder)
    const packed = replayable()
    const scripts = join(folder, 'scripts')
    await bundlePage({ sources: 'src/page', folder: scripts })
    const page = join(folder, 'report.html')
    writeFileSync(page, await renderHtml(comparison, undefined, whatIfOf(packed, scripts)))
    const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000).toLocaleString('en-US')} kB`
    console.log(
      `what if, ${comparison.log.requests.toLocaleString('en-US')} requests, median of ${MOVES} moves of a tier boundary; the page has ${kilobytes(statSync(page).size)}, of which the log's columns ${kilobytes((packed.length * 4) / 3)}`,
    )
    for (const [policy, { inPage, inNode }] of await times(page, packed)) {
      console.log(
        `  ${policy.padEnd(18)} ${inPage.toFixed(0)} ms in the page (goal: at most ${GOAL_MS}), ${(inPage / inNode).toFixed(1)}x the ${inNode.toFixed(0)} ms of replay and figures in Node`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compared(folder: string): Promise<ComparedByRequest> {
  const log = join(folder, 'sample.db')
  const files = ['datasets/coding-week.jsonl.gz']
  await importFiles({ log, files, onProgress: () => undefined, ...defaultMeasuring() })
  const names = POLICIES.map((name) => `policies/${name}.json`)
  return compareByRequest({
    tableOf: tableReader({
      log,
      where: undefined,
      completeCases: false,
      imputeCost: undefined,
      split: undefined,
    }),
    names,
    files: names.map((name) => parsePolicy(JSON.parse(readFileSync(name, 'utf8')))),
    baseline: undefined,
    filters: () => [],
    seed: 1,
    tuning: null,
  })
}

/** Medians in milliseconds, by policy; page and Node take turns, so that a busy machine slows both alike. */
async function times(
  file: string,
  packed: Uint8Array,
): Promise<Map<string, { readonly inPage: number; readonly inNode: number }>> {
  const session = createSession(unpackReplayable(gunzipSync(packed)))
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic']
  const browser = await chromium.launch({ executablePath: CHROMIUM, args })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(`file://${file}`)
    await page.locator('#what-if').scrollIntoViewIfNeeded()
    const found = new Map<string, { readonly inPage: number; readonly inNode: number }>()
    for (const policyId of POLICIES) {
      await page.waitForFunction(isSettled)
      await page.locator('#what-if-policy').selectOption({ label: policyId })
      await page.waitForFunction(isSettled)
      const policy = session.replayable.policies.findIndex(({ file: { policyId: id } }) => id === policyId)
      const [inPage, inNode]: [number[], number[]] = [[], []]
      for (let move = 0; move <= MOVES; move++) {
        const position = 40 + move
        inPage.push(await page.evaluate(moved, position))
        const started = performance.now()
        session.figures({ policy, moved: { 'boundary:0': position / 200 } })
        inNode.push(performance.now() - started)
      }
      // The first of each warms the code.
      found.set(policyId, { inPage: median(inPage.slice(1)), inNode: median(inNode.slice(1)) })
    }
    return found
  } finally {
    await browser.close()
  }
}

/** Runs in the page. */
function isSettled(): boolean {
  const { asked, answered, followed } = document.getElementById('what-if')?.dataset ?? {}
  return asked !== undefined && asked === answered && asked === followed
}

/** Runs in the page: milliseconds from the slider's event until what it changes is drawn. */
async function moved(position: number): Promise<number> {
  const section = document.getElementById('what-if')
  const slider = document.querySelector<HTMLInputElement>('[data-knob="boundary:0"] input[type="range"]')
  if (section === null || slider === null) throw new Error('the page has no slider')
  slider.value = String(position)
  const started = performance.now()
  slider.dispatchEvent(new Event('input', { bubbles: true }))
  while (section.dataset['answered'] !== section.dataset['asked'])
    await new Promise((done) => requestAnimationFrame(done))
  return performance.now() - started
}
