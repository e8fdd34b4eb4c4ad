import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../src/metrics/result.js'
import { frontierRows } from '../../src/report/charts/frontier-rows.js'
import { unanswered } from '../../src/report/findings/unanswered.js'
import { renderHtml } from '../../src/report/html.js'
import { renderText } from '../../src/report/terminal.js'
import { aComparison, anEvidence } from '../builders/a-comparison.js'

/** Sessions have one outcome, of the answers that they got: nothing that single answers say may stand beside it. */
const NO_CONTROL = { quality: null, costUsd: null, gain: null, gainCi: null, permutations: 'all' } as const
const NO_BOUND = { bound: null, bestMix: null, share: null, binding: 0, relaxations: [] }

function bySession(): Comparison {
  const sample = aComparison()
  return {
    ...sample,
    qualityUnit: 'session',
    tuning: null,
    runs: sample.runs.map((run) => ({
      ...run,
      control: NO_CONTROL,
      evidence: anEvidence({ mode: 'logged-deterministic' }),
      headroom: { ...NO_BOUND, because: 'quality is by session' },
    })),
  }
}

describe('a report of quality by session', () => {
  it('draws policies without models alone, their hull and the oracle, whose quality is of single answers', () => {
    const { rows, hull, randomMix } = frontierRows(bySession())
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['baseline', 'policy']))
    expect([hull, randomMix]).toEqual([[], []])
    expect(frontierRows(aComparison()).hull.length).toBeGreaterThan(1)
  })

  it('says why there is no line, and that nobody knows the best possible', async () => {
    const page = (await renderHtml(bySession())).replace(/\s+/g, ' ')
    expect(page).toContain('what single models would have made of whole sessions no log says')
    expect(page).not.toContain('A policy above the line')
    expect(page).not.toContain('Beside them 0')
    const gap = unanswered(bySession()).find(({ question }) => question.includes('best possible routing'))
    expect(gap?.because).toContain('by session')
    expect(gap?.wayOut).toContain('--quality-unit request')
  })

  it('calls its evidence what it is, whatever the log holds of answers', async () => {
    const page = (await renderHtml(bySession())).replace(/\s+/g, ' ')
    expect(page).toContain('<strong>Evidence:</strong> one outcome a session')
    expect(page).not.toContain('one answer a request by a fixed rule')
    expect(page).not.toContain('all orders, computed exactly')
    const text = renderText(bySession(), { width: 120, color: false }).replace(/\s+/g, ' ')
    expect(text).toContain('no clairvoyant bound, since quality is by session.')
  })
})
