import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html.js'
import { manyModels } from '../builders/a-comparison.js'

const CHROMIUM = '/usr/bin/chromium'
const hasBrowser = existsSync(CHROMIUM)
if (!hasBrowser) {
  if (process.env.CI !== undefined) throw new Error(`browser tests need ${CHROMIUM}`)
  console.warn(`Browser tests of the charts are skipped: there is no ${CHROMIUM}.`)
}

/** A chart of 41 models: what a reader may switch off, and which key belongs to which drawing. */
describe.skipIf(!hasBrowser)('the frontier in Chromium', () => {
  let folder = ''
  let browser: Browser

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-toggles-'))
    writeFileSync(join(folder, 'many.html'), await renderHtml(manyModels()))
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
    })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(width: number): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 } })
    await page.goto(`file://${join(folder, 'many.html')}`)
    return page
  }
  const shown = (page: Page, selector: string): Promise<number> =>
    page
      .locator(`#frontier ${selector}`)
      .evaluateAll((all) => all.filter((one) => one.getClientRects().length > 0).length)

  it('hides models with their numbers by keyboard and brings them back, without a script', async () => {
    const page = await open(1280)
    const marks = '.wide [class*=single_] :is(path, text)'
    const all = await shown(page, marks)
    expect(all).toBeGreaterThan(40)
    const policies = await shown(page, '.wide path[fill="var(--c-policy)"]')
    await page.locator('#frontier .show-single').focus()
    await page.keyboard.press('Space')
    expect(await page.locator('#frontier .show-single').isChecked()).toBe(false)
    await expect.poll(() => shown(page, marks)).toBe(0)
    expect(await shown(page, '.wide path[fill="var(--c-policy)"]')).toBe(policies)
    expect(await shown(page, '.single_key')).toBe(0)
    await page.keyboard.press('Space')
    await expect.poll(() => shown(page, marks)).toBe(all)
    await page.close()
  })

  it('shows one drawing for every choice, with axes and a key for what is left', async () => {
    const page = await open(1280)
    const boxes = page.locator('#frontier .legend input')
    const count = await boxes.count()
    const ticks = (): Promise<string> =>
      page
        .locator('#frontier .wide .role-axis-label text')
        .evaluateAll((all) => all.filter((one) => one.getClientRects().length > 0).map((one) => one.textContent).join()) // prettier-ignore
    const whole = await ticks()
    for (let choice = 0; choice < 2 ** count; choice++) {
      for (let i = 0; i < count; i++) await boxes.nth(i).setChecked((choice >> i) % 2 === 0)
      expect(await shown(page, '.chart.wide'), `choice ${choice}`).toBe(1)
      expect(await shown(page, '.chart.narrow')).toBe(0)
      if (choice === 2 ** count - 1) expect(await ticks()).not.toBe(whole)
    }
    await page.close()
  })

  it.each([
    [360, 'narrow'],
    [1280, 'wide'],
  ] as const)('at %d px names the numbers of the %s drawing', async (width, drawn) => {
    const page = await open(width)
    const other = drawn === 'wide' ? 'narrow' : 'wide'
    expect(await shown(page, `ol.key.${drawn}`)).toBe(1)
    expect(await shown(page, `ol.key.${other}`)).toBe(0)
    const numbers = await page
      .locator(`#frontier .chart.${drawn} [class*=_numbers_marks] text`)
      .evaluateAll((texts) =>
        texts.filter((one) => one.getClientRects().length > 0).map((one) => one.textContent),
      )
    const key = await page
      .locator(`#frontier ol.key.${drawn} li`)
      .evaluateAll((items) =>
        items
          .filter((item) => item.getClientRects().length > 0 && !item.textContent.includes('next to'))
          .map((item) => item.getAttribute('value')),
      )
    expect(key.sort()).toEqual(numbers.sort())
    await page.close()
  })
})
