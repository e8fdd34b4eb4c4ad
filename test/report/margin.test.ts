import { describe, expect, it } from 'vitest'
import { marginChart } from '../../src/report/charts/margin.js'
import { renderMarginHtml } from '../../src/report/margin-html.js'
import { renderMarginText } from '../../src/report/terminal-margin.js'
import type { MarginResult } from '../../src/metrics/margin-row.js'
import { aMarginRow } from '../builders/a-background.js'
import { aComparison } from '../builders/a-comparison.js'

const UNKNOWN = { overspendProbability: null, strandedUsd: null, refused: null, poolWindows: null }

const result = (parts: Partial<MarginResult> = {}): MarginResult => ({
  policyId: '<b>p</b>',
  contentHash: 'sha256:1',
  split: { rule: 'by time', learned: 60, measured: 40 },
  outputTokens: { outcomes: 60, counted: 50, fromCost: 10, unlearned: ['<i>m</i>'] },
  rows: [
    aMarginRow({}),
    aMarginRow({ margin: 0.3, overspendProbability: 0.1, chargeUnknown: 4, refusedUnknown: 2 }),
    aMarginRow({ quantile: 0.9, ...UNKNOWN }),
    aMarginRow({ mode: 'worstCase', margin: null, overspendProbability: 0, windowsOverCap: 0 }),
  ],
  ...parts,
})
const { log } = aComparison()

describe('the margin chart', () => {
  it('shows every row that is known, says it in words, and has nothing to show without one', () => {
    const chart = marginChart(result().rows, 'refused')
    const finding = chart?.finding.replaceAll('\u00a0', ' ')
    expect(finding).toContain('30 %: 10.0 % of the calls over their reservation, 7 requests refused')
    expect(finding).not.toContain('q 0.9')
    expect(chart?.legend.map(({ label }) => label)).toEqual(['mean plus a margin', 'worst case'])
    const layers = chart?.spec('wide').layer as readonly { data: { values: readonly unknown[] } }[]
    expect(layers.slice(3, 6).map(({ data }) => data.values.length)).toEqual([2, 0, 1])
    expect(marginChart([aMarginRow(UNKNOWN)], 'stranded')).toBeNull()
  })
})

describe('the margin page', () => {
  it('is the same each time, runs nothing, and escapes what comes from outside', async () => {
    const page = await renderMarginHtml(log, result())
    expect(page).toBe(await renderMarginHtml(log, result()))
    expect(page).not.toMatch(/<script|<b>p|<i>m/)
    expect(page).toContain('role="img"')
    for (const tag of ['section', 'figure', 'table', 'tr', 'dl', 'svg'])
      expect(page.split(`<${tag}`).length, tag).toBe(page.split(`</${tag}>`).length)
  })
})

describe('the margin table', () => {
  it('says what the rows stand on and what they leave out', () => {
    const text = renderMarginText(log, result(), { width: 200, color: false })
    expect(text).toContain('Holding the expected cost plus 30 %, 10.0 % of 95 calls cost more')
    expect(text).toContain('Learned from 50 of 60 outcomes with known output tokens, 10 of them by what')
    expect(text).toContain('Nothing was learned of <i>m</i>')
    expect(text).toContain('Quantiles are unknown')
    expect(text).toContain('Up to 4 charges in a row are expected')
    expect(text).toContain('For up to 2 refused or downgraded requests in a row')
    expect(text).toMatch(/quantile 0.9 +unknown/)
  })
})
