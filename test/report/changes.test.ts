import { describe, expect, it } from 'vitest'
import type { PolicyChange, RunChanges } from '../../src/metrics/run-changes.js'
import { renderChangesHtml } from '../../src/report/changes-html.js'
import { policyChangesChart } from '../../src/report/charts/policy-changes.js'
import { changeSentences } from '../../src/report/findings/changes.js'
import { renderChangesText } from '../../src/report/terminal-changes.js'
import { aComparison, HOSTILE_NAMES } from '../builders/a-comparison.js'

const NO_CHANGE = { from: 0.02, to: 0.02, change: 0, ci: null }

function aChange(over: Partial<PolicyChange> = {}): PolicyChange {
  return {
    policyId: 'heuristic',
    renamedTo: null,
    isSamePolicy: false,
    meanCostUsd: { from: 0.02, to: 0.018, change: -0.002, ci: [-0.0025, -0.0015] },
    costShare: { change: -0.1, ci: [-0.125, -0.075] },
    quality: { from: 0.9, to: 0.897, change: -0.003, ci: [-0.008, 0.002] },
    servedShare: { from: 1, to: 1, change: 0, ci: [-0.001, 0.001] },
    unit: 'sessions',
    units: 2432,
    because: null,
    ...over,
  }
}

const same = aChange({
  policyId: 'same',
  meanCostUsd: NO_CHANGE,
  costShare: { change: 0, ci: null },
  quality: { from: 0.9, to: 0.9, change: 0, ci: null },
  because: 'both runs did the same on every request',
})
const unknown = aChange({
  policyId: 'unknown',
  renamedTo: 'unknown-2',
  meanCostUsd: { from: null, to: 0.02, change: null, ci: null },
  costShare: { change: null, ci: null },
  quality: { from: 0.8, to: 0.82, change: 0.02, ci: null },
  because: 'its figures are estimates, whose difference has no paired interval',
})

function changesOf(policies: readonly PolicyChange[], over: Partial<RunChanges> = {}): RunChanges {
  const { log, seed, baseline, filters, scaleToRequestsPerDay } = aComparison()
  const run = { seed, baseline, filters }
  return {
    from: { ...run, runId: 'aaa' },
    to: { ...run, runId: 'bbb' },
    log,
    scaleToRequestsPerDay,
    replicates: 1000,
    seed: 1,
    policies,
    onlyFrom: [],
    onlyTo: [],
    differences: [],
    ...over,
  }
}

const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ')

describe('what changed, in words', () => {
  it('says no more than the intervals allow', () => {
    const [sentence, rest] = changeSentences(changesOf([aChange(), same])).map(plain)
    expect(sentence).toBe(
      '“heuristic”: it costs $3,040 less a month (−$3,802 to −$2,281), −10.0 % (−12.5 to −7.5 %); quality changes by −0.3 points (−0.8 to +0.2 points). Cheaper and no difference in quality is shown.',
    )
    expect(rest).toBe('1 policy has the same figures in both runs.')
    expect(plain(changeSentences(changesOf([unknown]))[0] ?? '')).toBe(
      '“unknown-2” in place of “unknown”: its cost under both runs is unknown; quality changes by +2.0 points.',
    )
    expect(changeSentences(changesOf([same]))).toEqual([
      'Nothing changed: every policy that both runs have has the same figures in both.',
    ])
  })

  it('stands on the terminal with both tables and what to beware of, within its width', () => {
    const changes = changesOf([aChange(), same, unknown], {
      onlyTo: ['new'],
      differences: ['seed 1 in the first, 2 in the second'],
    })
    const text = renderChangesText(changes, { width: 100, color: false })
    expect(text).toMatch(/^SYNTHETIC data/)
    expect(text).toMatch(/cost a month +first +second +change +95 % +share\n/)
    expect(text).toMatch(/heuristic +\$30,417 +\$27,375 +−\$3,042 +−\$3,802 to −\$2,281 +−10.0 %/)
    expect(plain(text)).toContain('draw whole 2,432 sessions')
    expect(plain(text)).toContain(
      'The runs differ in more than policies: seed 1 in the first, 2 in the second.',
    )
    expect(plain(text)).toContain('Only in the second run: new.')
    expect(plain(text)).toContain('unknown: no interval, since its figures are estimates')
    expect(text).not.toContain('same: no interval')
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })
})

describe('the chart of changes', () => {
  it('has a line at no change, a dot and an interval a policy, and leaves out what is unknown', () => {
    const chart = policyChangesChart([aChange(), unknown], 'cost')
    expect(plain(chart?.finding ?? '')).toBe(
      'Change in cost, second run minus first. heuristic: −10.0 % (−12.5 % to −7.5 %).',
    )
    const layers = (chart?.spec('wide').layer ?? []) as { data: { values: object[] } }[]
    expect(layers.map(({ data }) => data.values.length)).toEqual([1, 1, 1, 1])
    expect(policyChangesChart([unknown], 'cost')).toBeNull()
    expect(policyChangesChart([unknown], 'quality')).not.toBeNull()
  })
})

describe('the page of changes', () => {
  it('is one page with its sections, the same for the same runs', async () => {
    const changes = changesOf([aChange(), same, unknown])
    const page = await renderChangesHtml(changes)
    expect(await renderChangesHtml(changes)).toBe(page)
    for (const id of ['answer', 'charts', 'rows', 'evidence']) expect(page).toContain(`<section id="${id}"`)
    expect(page).toContain('tollgate report --run aaa --run bbb')
    expect(page.match(/role="img"/g)).toHaveLength(4)
    expect(await renderChangesHtml(changesOf([same]))).toContain('No policy moved')
  })

  it('shows names that mean harm as text', async () => {
    const page = await renderChangesHtml(
      changesOf(HOSTILE_NAMES.map((policyId) => aChange({ policyId, renamedTo: policyId }))),
    )
    expect(page).not.toMatch(/<script|<img/i)
    expect(page.replaceAll(/&lt;.*?&gt;/g, '')).not.toMatch(/<[^>]+\s(on\w+|style|src)=/i)
  })
})
