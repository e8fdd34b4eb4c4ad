import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openPage, type OpenedPage } from './chromium.js'

/** A page whose reader moves policies: opened, asked, waited for. */

/** With the section at work, which wakes when a reader comes near it. */
export async function openWhatIf(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const opened = await openPage(browser, file, options)
  await opened.page.locator('#what-if').scrollIntoViewIfNeeded()
  await settled(opened.page)
  return opened
}

/** Waits until the page has answered what was moved last, intervals included. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const { asked, answered, followed } = document.getElementById('what-if')?.dataset ?? {}
      return asked !== undefined && asked === answered && asked === followed
    },
    undefined,
    { timeout: 60_000 },
  )
}

export async function choose(page: Page, policyId: string): Promise<void> {
  await page.locator('#what-if-policy').selectOption({ label: policyId })
  await settled(page)
}

/** Total of the log under what was moved, in nano-dollars. */
export async function nanoUsdOf(page: Page): Promise<number> {
  const section = page.locator('#what-if')
  return Math.round((await section.evaluate((one) => Number((one as HTMLElement).dataset['costUsd']))) * 1e9)
}

export const nanoUsd = (dollars: number | null): number => Math.round((dollars ?? NaN) * 1e9)

/** A cell of the table beside the policy as it was: `Quality` moved by hand is 75.0 %. */
export async function movedCell(page: Page, head: string): Promise<string> {
  const row = page.locator('#what-if tr', {
    has: page.getByRole('rowheader', { name: head, exact: true }),
  })
  return (await row.locator('td').nth(1).innerText()).replaceAll('\u00a0', ' ')
}

/** What the button saves, in a file of this name. */
export async function downloadedPolicy(page: Page, path: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download this policy' }).click(),
  ])
  await download.saveAs(path)
  return download.suggestedFilename()
}
