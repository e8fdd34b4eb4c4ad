import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { median } from '../timing.js'

export const CHROMIUM = '/usr/bin/chromium'
const ROUNDS = 9

export interface TimedPage {
  readonly name: string
  readonly html: string
  /** A mark of the first chart. */
  readonly selector: string
}

/** Milliseconds from the start of loading to the frame after the first chart has its place; medians, pages in turns. */
export async function firstChart(folder: string, pages: readonly TimedPage[]): Promise<readonly number[]> {
  for (const { name, html } of pages) writeFileSync(join(folder, `${name}.html`), html)
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  })
  const times: number[][] = pages.map(() => [])
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, page] of pages.entries()) {
      const time = await once(browser, join(folder, `${page.name}.html`), page.selector)
      if (round > 0) times[index]?.push(time)
    }
  }
  await browser.close()
  return times.map(median)
}

/** A fresh context each time: nothing is cached. */
async function once(browser: Browser, path: string, selector: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 2400 } })
  const page = await context.newPage()
  await page.addInitScript(watch, selector)
  await page.goto(`file://${path}`)
  const time = await page.waitForFunction(() => (globalThis as { drawnAt?: number }).drawnAt)
  const value = (await time.jsonValue()) ?? NaN
  await context.close()
  return value
}

/** Runs in the page before anything of its own. */
function watch(selector: string): void {
  const look = (): void => {
    const mark = [...document.querySelectorAll(selector)].find((one) => one.getClientRects().length > 0)
    if (mark === undefined) requestAnimationFrame(look)
    else requestAnimationFrame(() => Object.assign(globalThis, { drawnAt: performance.now() }))
  }
  requestAnimationFrame(look)
}
