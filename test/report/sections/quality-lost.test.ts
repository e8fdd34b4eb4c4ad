import { describe, expect, it } from 'vitest'
import { absentPrompts, NO_PROMPTS } from '../../../src/report/prompts.js'
import { qualityLostSection } from '../../../src/report/sections/quality-lost.js'
import { aQualityLost } from '../../builders/a-background.js'
import { aComparison, runCharts } from '../../builders/a-comparison.js'
import { textOf } from './text-of.js'

const base = aComparison()
const sample = { ...base, log: { ...base.log, arrivals: 'logged' as const } }
const PROMPTS = { kind: 'shown', byId: new Map([['cw-00017', 'sort <b>these</b>\nlines']]) } as const

describe('quality lost', () => {
  it('says how many answers got worse, why, and shows the worst side by side', () => {
    const section = qualityLostSection(sample, 5, PROMPTS)
    const text = textOf(section)
    expect(text).toContain(
      'Of 20,000 requests known under both, 400 (2.0 %) have a worse answer than under the baseline and 90 (0.4 %) a better one: a loss of 1.5 points of quality in all.',
    )
    expect(text).toContain('refused: no answer 50 12.5 %')
    expect(text).toContain('completion 9,000 250 (2.8 %) 40 (0.4 %) −2.3 points')
    expect(text).toMatch(
      /cw-00017 , completion , 2026-11-03 09:30 UTC: .* It got openai\/gpt-nano quality 0 %, cost \$0.00040 Better anthropic\/opus quality 100 %, cost \$0.031/,
    )
    expect(section?.text).toContain('sort &lt;b&gt;these&lt;/b&gt;\nlines</blockquote>')
    expect(text).toContain('The log has no prompt of it.')
  })

  it('says why there are no prompts', () => {
    expect(textOf(qualityLostSection(sample, 5, NO_PROMPTS))).toContain(
      'Prompts are not shown: this page was made of the stored run alone',
    )
    expect(textOf(qualityLostSection(sample, 5, absentPrompts('the log holds none')))).not.toContain('sort')
  })

  it('puts the policy of the headline first, open, and folds the others', () => {
    const text = qualityLostSection(sample, 3, NO_PROMPTS)?.text ?? ''
    expect(text.match(/<h3><bdi>([^<]*)</)?.[1]).toBe('heuristic-caps')
    expect(text.match(/<details open="">/g)).toHaveLength(1)
  })

  it('knows nothing lost, one reason, and nothing to compare', () => {
    const charts = (parts: Parameters<typeof aQualityLost>[0]) => [
      runCharts({ qualityLost: null }),
      runCharts({ qualityLost: aQualityLost(parts) }),
    ]
    const only = (list: ReturnType<typeof charts>): string =>
      textOf(qualityLostSection({ ...sample, charts: list }, 1, NO_PROMPTS))
    const none = only(charts({ worse: 0, better: 3, byCause: [], worst: [] }))
    expect(none).toContain(
      'None of 20,000 requests has a worse answer than under the baseline; 3 have a better one.',
    )
    expect(none).toContain('No request could have had a better answer')
    expect(only(charts({ byCause: [{ cause: 'choice', requests: 4, lost: 4 }] }))).toContain(
      'The reason is the same for all: the policy chose another model.',
    )
    expect(only([runCharts({ qualityLost: null })])).toContain('Unknown: the log holds no quality')
    const { qualityLost: _none, ...stored } = runCharts()
    expect(qualityLostSection({ ...sample, charts: [stored] }, 0, NO_PROMPTS)).toBeNull()
  })
})
