import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html.js'
import { aComparison, hostile, manyModels, unknowns } from '../builders/a-comparison.js'

const CHROMIUM = '/usr/bin/chromium'
const hasBrowser = existsSync(CHROMIUM)
if (!hasBrowser) {
  if (process.env.CI !== undefined) throw new Error(`browser tests need ${CHROMIUM}`)
  console.warn(`Browser tests of the report are skipped: there is no ${CHROMIUM}.`)
}

const PAGES = { sample: aComparison, many: manyModels, unknowns, hostile }
type Name = keyof typeof PAGES
const NAMES = Object.keys(PAGES) as Name[]

interface Opened {
  readonly page: Page
  readonly complaints: string[]
}

describe.skipIf(!hasBrowser)('report in Chromium', () => {
  let folder = ''
  let browser: Browser

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-report-'))
    for (const name of NAMES) writeFileSync(join(folder, `${name}.html`), await renderHtml(PAGES[name]()))
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
    })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(name: Name, width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
    const complaints: string[] = []
    const url = `file://${join(folder, `${name}.html`)}`
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`))
    page.on('request', (request) => {
      if (request.url() !== url) complaints.push(`request ${request.url()}`)
    })
    await page.goto(url)
    return { page, complaints }
  }

  it.each(NAMES)('%s: no console message, no request, no script', async (name) => {
    const { page, complaints } = await open(name, 1280)
    expect(complaints).toEqual([])
    expect(await page.locator('script, img, iframe, [onload], [onerror], [style]').count()).toBe(0)
    await page.close()
  })

  it.each(NAMES)('%s: no width makes the page scroll sideways, and charts stay inside', async (name) => {
    const { page } = await open(name, 2560)
    await openAllDetails(page)
    for (const width of [2560, 1280, 760, 360]) {
      await page.setViewportSize({ width, height: 800 })
      const { scroll, client, widest } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
        widest: Math.max(
          0,
          ...[...document.querySelectorAll('.chart svg')].map((svg) => svg.getBoundingClientRect().right),
        ),
      }))
      expect(scroll, `${width} px`).toBeLessThanOrEqual(client)
      expect(widest, `${width} px`).toBeLessThanOrEqual(client)
    }
    await page.close()
  })

  it.each([360, 1280])(
    'shows one drawing per chart at %d px, with letters big enough to read',
    async (width) => {
      const { page } = await open('sample', width)
      const figures = await page.evaluate(() =>
        [...document.querySelectorAll('figure')]
          .filter((figure) => figure.checkVisibility())
          .map((figure) => {
            const svgs = [...figure.querySelectorAll<SVGSVGElement>('.chart svg')].filter((svg) =>
              svg.checkVisibility(),
            )
            const scale =
              (svgs[0]?.getBoundingClientRect().width ?? 0) / (svgs[0]?.viewBox.baseVal.width ?? 1)
            return { drawings: svgs.length, letters: 12 * scale }
          }),
      )
      expect(figures.length).toBeGreaterThan(4)
      for (const figure of figures) {
        expect(figure.drawings).toBe(1)
        expect(figure.letters).toBeGreaterThan(10)
      }
      await page.close()
    },
  )

  it.each(['light', 'dark'] as const)(
    'has AA contrast of all text in %s mode, charts included',
    async (scheme) => {
      const { page } = await open('sample', 1280, scheme)
      await openAllDetails(page)
      const weak = await page.evaluate(weakText)
      expect(weak).toEqual([])
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(background).toBe(scheme === 'dark' ? 'rgb(21, 24, 28)' : 'rgb(255, 255, 255)')
      await page.close()
    },
  )

  it('draws charts in the page’s own colours: they differ between light and dark', async () => {
    const fills: string[] = []
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await open('sample', 1280, scheme)
      const locator = page.locator('#frontier .wide path[fill="var(--c-policy)"]').first()
      fills.push(await locator.evaluate((path) => getComputedStyle(path).fill))
      await page.close()
    }
    expect(fills).toEqual(['rgb(0, 114, 178)', 'rgb(86, 180, 233)'])
  })

  it('reaches the skip link first, then every scrolling region and fold by keyboard', async () => {
    const { page } = await open('sample', 360)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the answer')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
    const unreachable = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>('*')]
          .filter(
            (one) =>
              one.scrollWidth > one.clientWidth + 1 &&
              ['auto', 'scroll'].includes(getComputedStyle(one).overflowX),
          )
          .filter((one) => one.tabIndex < 0 || one.getAttribute('aria-label') === null).length,
    )
    expect(unreachable).toBe(0)
    const region = page.locator('#comparison .scroll').first()
    await region.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => region.evaluate((one) => one.scrollLeft)).toBeGreaterThan(0)
    await page.close()
  })

  it('fits a printed page, in dark mode too: ink on white', async () => {
    const { page } = await open('sample', 760, 'dark')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    )
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(760)
    await page.close()
  })
})

async function openAllDetails(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)))
}

/** Texts below WCAG AA against the nearest painted background. Runs in the page. */
function weakText(): string[] {
  const numbers = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = numbers(colour).map((value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const backgroundOf = (start: Element | null): string => {
    for (let one = start; one !== null; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor
      if (numbers(colour)[3] !== 0) return colour
    }
    return 'rgb(255, 255, 255)'
  }
  const weak: string[] = []
  for (const one of document.querySelectorAll('body *')) {
    const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== '')
    if (!text || one.tagName === 'title' || !one.checkVisibility()) continue
    const style = getComputedStyle(one)
    const colour = one instanceof SVGElement ? style.fill : style.color
    const [a, b] = [luminance(colour), luminance(backgroundOf(one))]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (ratio < 4.5)
      weak.push(`${one.tagName} ${one.textContent?.slice(0, 30)} ${colour} ${ratio.toFixed(2)}`)
  }
  return weak
}
