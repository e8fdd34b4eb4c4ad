import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../src/metrics/result.js'
import { renderHtml } from '../../src/report/html.js'
import { escapeHtml, html } from '../../src/report/markup.js'
import { aComparison, hostile, HOSTILE_NAMES, manyModels, unknowns } from '../builders/a-comparison.js'

const text = (page: string): string => page.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ')

describe('markup', () => {
  it('escapes everything but markup', () => {
    expect(html`<p title="${`"'`}">${'<b>&'}${html`<i>x</i>`}${null}${[1, 'a<']}</p>`.text).toBe(
      '<p title="&quot;&#39;">&lt;b&gt;&amp;<i>x</i>1a&lt;</p>',
    )
    expect(escapeHtml('a\u0000\u202eb')).toBe('a··b')
  })
})

const pages: readonly (readonly [string, () => Comparison])[] = [
  ['the sample', aComparison],
  ['41 models', manyModels],
  ['unknowns', unknowns],
  ['hostile names', hostile],
]

describe('a page of a replay with faults', () => {
  it('says so in its banner, and how many of each', async () => {
    const faults = {
      aborted: 1234,
      lost: 1,
      failed: 0,
      duplicated: 3,
      slow: 0,
      clockSteps: 2,
      unanswered: 77,
    }
    const comparison = aComparison()
    const runs = comparison.runs.map((run) => ({ ...run, faults }))
    const page = text(await renderHtml({ ...comparison, runs, faults: 'abort=0.1' }))
    expect(page).toContain('<strong>Faults were injected into every run (abort=0.1, seed 1):</strong>')
    expect(page).toContain('Injected faults: the same draws under every policy')
    expect(page).toContain('<td class="number">1,234</td>')
    expect(page).toMatch(/<th[^>]*>Unresolved<\/th>\s*<th[^>]*>Unanswered<\/th>/)
    expect(page).toContain('<td class="number">77</td>')
    expect(text(await renderHtml(comparison))).not.toMatch(/faults|>Unanswered</i)
  })
})

describe.each(pages)('page of %s', (_name, make) => {
  it('runs nothing, loads nothing and styles nothing but by its one style sheet', async () => {
    const page = await renderHtml(make())
    expect(page).not.toMatch(/<script|<iframe|<object|<embed|<img|<link|<base|<form|javascript:/i)
    expect(page.replaceAll(/&lt;.*?&gt;/g, '')).not.toMatch(/<[^>]+\s(on\w+|style|src|srcset)=/i)
    expect(page).not.toMatch(/(href|url\()="?(?!#)[a-z]+:/i)
    const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)]
    expect(styles).toHaveLength(1)
    const hash = createHash('sha256')
      .update(styles[0]?.[1] ?? '')
      .digest('base64')
    expect(page).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;`)
  })

  it('has one h1, headings without gaps, unique ids, and links that lead somewhere', async () => {
    const page = await renderHtml(make())
    const levels = [...page.matchAll(/<h([1-6])[\s>]/g)].map((match) => Number(match[1]))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    levels.forEach((level, i) => expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1))
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  })

  it('closes every element that it opens', async () => {
    const page = await renderHtml(make())
    for (const tag of [
      'section',
      'figure',
      'table',
      'tr',
      'td',
      'th',
      'ul',
      'li',
      'div',
      'details',
      'dl',
      'svg',
      'p',
      'span',
    ]) {
      const opened = [...page.matchAll(new RegExp(`<${tag}[\\s>]`, 'g'))].length
      const closed = [...page.matchAll(new RegExp(`</${tag}\\s*>`, 'g'))].length
      expect([tag, closed]).toEqual([tag, opened])
    }
  })

  it('gives every chart a text alternative', async () => {
    const page = await renderHtml(make())
    for (const [, label] of page.matchAll(/role="img"\s+aria-label="([^"]*)"/g))
      expect(label?.length).toBeGreaterThan(20)
  })

  it('is the same page for the same result', async () => {
    expect(await renderHtml(make())).toBe(await renderHtml(make()))
  })
})

describe('what the page says', () => {
  it('leads with dollars a month, intervals, and a banner for synthetic data', async () => {
    const page = text(await renderHtml(aComparison()))
    expect(page).toContain(
      '<p class="lead">On the 5,000 requests held out when it was tuned, “tuned” costs $8,670 a month ($8,060 to $9,280), 81.4 % less by routing than the $46,700 of anthropic/opus, and keeps a quality of 95.1 % (94.4 to 95.8 %) where the baseline has 96.5 %.</p> <p>Over the whole log, which includes requests that the policy was chosen on: you pay $47,100 a month for anthropic/opus; with “tuned” you would pay $8,670 ($8,150 to $9,190), 81.6 % less by routing, and keep a quality of 95.7 % (95.1 to 96.2 %) where the baseline has 96.8 %.</p>',
    )
    expect(page.indexOf('Synthetic data:')).toBeLessThan(page.indexOf('The answer</h2>'))
  })

  it('has no banner for real data at logged times', async () => {
    expect(await renderHtml(unknowns())).not.toContain('class="banner"')
  })

  it('calls only proved caps hard', async () => {
    expect(text(await renderHtml(aComparison()))).toContain('Its budgets are hard caps (proved')
    const estimated = text(await renderHtml(unknowns()))
    expect(estimated).toContain('are not hard caps; 1 of 3 budget windows went over the cap, by $0.40 in all')
    expect(estimated).not.toContain('are hard caps')
  })

  it('says plainly what no evidence of skill means', async () => {
    const page = text(await renderHtml(manyModels()))
    expect(page).toContain('No evidence that “fixed-mid” picks the right model')
    expect(page).toContain('That is fine, and is what it is')
  })

  it('writes unknown for what nobody knows, and why there is no interval', async () => {
    const page = text(await renderHtml(unknowns()))
    expect(page).toContain(
      'What you pay for anthropic/opus is unknown; what you would pay with “heuristic” is unknown',
    )
    expect(page).toContain('No interval: pools bound 4 % of requests over 7 windows')
    expect(page).not.toMatch(/NaN|null|undefined|Infinity/)
    expect(page).not.toContain('$0<')
  })

  it('shows hostile names as text', async () => {
    const page = await renderHtml(hostile())
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    for (const name of HOSTILE_NAMES.filter((one) => /[<>]/.test(one))) expect(page).not.toContain(name)
    expect(page).not.toMatch(/[\u202a-\u202e\u001b\u0000]/)
  })

  it('works for a baseline alone', async () => {
    const sample = aComparison()
    const page = text(
      await renderHtml({
        ...sample,
        runs: sample.runs.slice(0, 1),
        charts: sample.charts.slice(0, 1),
        tuning: null,
      }),
    )
    expect(page).toContain('no policy was compared with it')
  })
})
