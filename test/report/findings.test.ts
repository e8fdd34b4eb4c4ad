import { describe, expect, it } from 'vitest'
import { featured } from '../../src/report/findings/featured.js'
import { headline } from '../../src/report/findings/headline.js'
import { unanswered } from '../../src/report/findings/unanswered.js'
import { capsSentence, serviceSentence } from '../../src/report/findings/words.js'
import { moneyScale } from '../../src/report/monthly.js'
import type { Comparison, RunMetrics } from '../../src/metrics/result.js'
import { aComparison, aRun, runCharts, unknowns } from '../builders/a-comparison.js'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

function compared(...policies: Partial<RunMetrics>[]): Comparison {
  const sample = aComparison()
  const runs = [...sample.runs.slice(0, 1), ...policies.map((policy) => aRun(policy))]
  return { ...sample, runs, charts: [], tuning: null }
}

describe('the policy of the headline', () => {
  it('is the tuned one', () => expect(featured(aComparison())?.run.policyId).toBe('tuned'))

  it('else saves most among those that keep quality', () => {
    const choice = featured(
      compared(
        { policyId: 'bold', savedByRouting: 500, qualityDelta: -0.3 },
        { policyId: 'good', savedByRouting: 400, qualityDelta: -0.01 },
        { policyId: 'shy', savedByRouting: 10, qualityDelta: 0.01 },
      ),
    )
    expect(choice?.run.policyId).toBe('good')
    expect(choice?.because).toContain('at most two points')
  })

  it('else keeps most quality of those that save anything', () => {
    const choice = featured(
      compared(
        { policyId: 'same', savedByRouting: 0, qualityDelta: 0, quality: 0.97 },
        { policyId: 'bold', savedByRouting: 500, qualityDelta: -0.3, quality: 0.6 },
        { policyId: 'mild', savedByRouting: 300, qualityDelta: -0.1, quality: 0.8 },
      ),
    )
    expect(choice?.run.policyId).toBe('mild')
  })

  it('is never the capped baseline', () => {
    expect(
      featured(compared({ policyId: 'baselineCapped', savedByRouting: 600, qualityDelta: 0 })),
    ).toBeNull()
    expect(featured(compared({ policyId: 'baseline (capped)' }))).toBeNull()
  })
})

describe('money', () => {
  it('is a month as told, else at the log’s own rate, else per 1,000 requests', () => {
    const sample = aComparison()
    expect(moneyScale(sample).requests).toBeCloseTo((50_000 * 365) / 12)
    const logged = {
      ...sample,
      scaleToRequestsPerDay: null,
      log: { ...sample.log, arrivals: 'logged' as const },
    }
    expect(moneyScale(logged).requests).toBeCloseTo(((20_000 / 7) * 365) / 12)
    expect(moneyScale(logged).because).toContain('20,000 requests in 7.0 days, 2,857 a day')
    expect(moneyScale({ ...sample, scaleToRequestsPerDay: null }).unit).toBe('per 1,000 requests')
    expect(moneyScale(unknowns()).noMonth).toContain('does not tell')
  })

  it('never counts what was not spent by refusing as a saving', () => {
    const { caveats, sentence } = headline(compared({ avoidedByRefusing: 100, offered: 20_000 }))
    expect(caveats.join(' ')).toMatch(
      /\$7,604 a month was not spent because requests were refused; that is not counted/,
    )
    expect(plain(sentence)).toContain('80.0 % less by routing')
  })

  it('says more when it costs more', () => {
    expect(plain(headline(compared({ savedByRouting: -62, baselineCostUsd: 620 })).sentence)).toContain(
      '10.0 % more',
    )
  })

  it('says what filters and held-out figures mean', () => {
    expect(headline({ ...aComparison(), filters: ['task=debug'] }).sentences.join(' ')).toContain(
      'Only a part of the log was replayed (task=debug)',
    )
    const sample = aComparison()
    const tested = sample.runs.map((run) => ({ ...run, offered: 5000 }))
    expect(headline({ ...sample, runs: tested }).caveats).toEqual([
      'These figures are from requests that the search had never seen.',
    ])
  })
})

describe('sentences', () => {
  it('call only proved caps hard', () => {
    const budget = { pools: 2, violations: 0, overspendUsd: 0, strandedUsd: 0 }
    expect(capsSentence({ ...budget, capGuarantee: 'proved' })).toMatch(/are hard caps/)
    expect(capsSentence({ ...budget, capGuarantee: 'estimated' })).toMatch(/are not hard caps/)
    expect(capsSentence({ ...budget, capGuarantee: 'none' })).toMatch(/without budgets/)
  })

  it('count those who were not served as planned', () => {
    expect(serviceSentence(aRun())).toBe('All 20,000 requests were served as planned.')
    expect(plain(serviceSentence(aRun({ rejected: 104, deferred: 210 })))).toBe(
      'Of 20,000 requests: 210 made to wait (1.1 %), 104 refused (0.5 %).',
    )
  })

  it('list what could not be answered, runs with the same reason together', () => {
    const questions = unanswered(unknowns()).map((gap) => gap.question)
    expect(questions).toContain('What would it have cost (baseline and heuristic)?')
    expect(questions).toContain('What could the best possible routing reach?')
    expect(unanswered(compared())).toHaveLength(1)
  })
})

describe('a policy that serves nobody', () => {
  it('is no bargain of $0: the page says that there is nothing to compare, and why', () => {
    const idle = { served: 0, rejected: 20_000, meanCostUsd: 0, quality: 0, savedByRouting: null }
    const comparison = {
      ...compared(idle),
      charts: [runCharts(), runCharts({ reasons: [{ reason: 'unknownPrice', requests: 20_000 }] })],
    }
    expect(headline(comparison).sentence).toBe(
      'There is nothing to compare: “heuristic” served none of the 20,000 requests.',
    )
    expect(unanswered(comparison)[0]?.because).toBe(
      'it served none of the 20,000 requests (reason: unknownPrice, 20,000 times)',
    )
  })
})
