import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { chromium } from 'playwright-core'
import { rolldown } from 'rolldown'
import { beforeAll, describe, expect, it } from 'vitest'
import { aLearnedSpec, labelledPrompts } from '../builders/a-learned-spec.js'
import { aPolicyFile, LARGE, MEDIUM, SMALL } from '../builders/a-policy.js'
import { decide, type Decided } from './decide.js'

/** The core decides the same to the last bit wherever it runs: a policy that was tried in one place holds in the other. */

const CHROMIUM = '/usr/bin/chromium'
const hasBrowser = existsSync(CHROMIUM)
if (!hasBrowser) {
  if (process.env.CI !== undefined) throw new Error(`browser tests need ${CHROMIUM}`)
  console.warn(`The core in Chromium is not tried: there is no ${CHROMIUM}.`)
}

const file = aPolicyFile({ models: [SMALL, MEDIUM, LARGE] })
const { tierBoundaries = [] } = file
const learned = aLearnedSpec(['small', 'medium', 'large'])
const POLICIES = {
  heuristic: file,
  learned: { ...file, classifier: { kind: 'learned', learned } },
  hybrid: {
    ...file,
    classifier: { kind: 'hybrid', boundaryMargin: 0.1, inside: { kind: 'learned', learned, tierBoundaries } },
  },
}
const PROMPTS = [
  ...labelledPrompts(150, 4),
  { text: '把这个函数改名。\n```ts\nconst x = 1\n```', task: 'web' },
  { text: `${'lorem ipsum 42% '.repeat(900)}?`, task: 'none of ours' },
  { text: '', task: '' },
]

describe('one core', { timeout: 60_000 }, () => {
  let script = ''
  beforeAll(async () => {
    const bundle = await rolldown({ input: 'test/browser/decide.ts', platform: 'browser' })
    const { output } = await bundle.generate({ format: 'iife', name: 'core' })
    script = output[0].code
    await bundle.close()
  }, 60_000)

  it.each(Object.entries(POLICIES))('%s decides in a worker as in Node', async (_name, policy) => {
    const code = `${script}
      require('node:worker_threads').parentPort.once('message', ({ policy, prompts }) =>
        require('node:worker_threads').parentPort.postMessage(core.decide(policy, prompts)))`
    const worker = new Worker(code, { eval: true })
    const decided = new Promise<Decided[]>((done, failed) =>
      worker.once('message', done).once('error', failed),
    )
    worker.postMessage({ policy, prompts: PROMPTS })
    expect(await decided).toEqual(decide(policy, PROMPTS))
    await worker.terminate()
  })

  it.skipIf(!hasBrowser).each(Object.entries(POLICIES))(
    '%s decides in Chromium as in Node',
    async (_name, policy) => {
      const browser = await chromium.launch({
        executablePath: CHROMIUM,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
      })
      try {
        const page = await browser.newPage()
        await page.addScriptTag({ content: script })
        const decided = await page.evaluate(
          ([own, prompts]) =>
            (globalThis as unknown as { core: { decide: typeof decide } }).core.decide(own, prompts),
          [policy, PROMPTS] as const,
        )
        expect(decided).toEqual(decide(policy, PROMPTS))
        expect(new Set(decided.map(({ tier }) => tier)).size).toBeGreaterThan(1)
      } finally {
        await browser.close()
      }
    },
  )
})
