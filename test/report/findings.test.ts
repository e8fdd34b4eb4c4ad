import { describe, expect, it } from 'vitest'
import { featured } from '../../src/report/findings/featured.js'
import { headline } from '../../src/report/findings/headline.js'
import { unanswered } from '../../src/report/findings/unanswered.js'
import { capsSentence, serviceSentence } from '../../src/report/findings/words.js'
import { moneyScale } from '../../src/report/monthly.js'
import type { Comparison, HeldOutFigures, RunMetrics } from '../../src/metrics/result.js'
import {
  aComparison,
  aRun,
  anEvidence,
  heldOutFigures,
  runCharts,
  unknowns,
} from '../builders/a-comparison.js'

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
    expect(headline({ ...sample, runs: tested }).caveats[0]).toBe(
      'These figures are from requests that the search had never seen.',
    )
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

describe('caps and money at different traffic', () => {
  const sentence =
    'Budgets were held at the log’s 2,857 requests a day; for 50,000 a day multiply them by 17.5.'
  const budget = {
    capGuarantee: 'proved' as const,
    pools: 7,
    violations: 0,
    overspendUsd: 0,
    strandedUsd: 0,
  }

  it('are told apart in the caveats and in the words on caps', () => {
    const { caveats, sentences } = headline(compared({ budget }))
    expect(caveats).toContain(sentence)
    expect(sentences.join(' ')).toContain('at the log’s 2,857 requests a day; none of 7 budget windows')
  })

  it('say nothing without budgets, or where both are about the same', () => {
    expect(headline(compared({})).caveats).not.toContain(sentence)
    const same = { ...compared({ budget }), scaleToRequestsPerDay: 3000 }
    expect(headline(same).caveats.join(' ')).not.toContain('multiply')
    expect(headline({ ...same, scaleToRequestsPerDay: null }).caveats.join(' ')).not.toContain('multiply')
  })
})

describe('costs that nobody recorded', () => {
  const evidence = anEvidence({ costEstimatedShare: 0.9 })
  const estimated = compared({ evidence, costCi: null, savingsCi: null })

  it('are called estimates in the headline, and marked', () => {
    const { sentence, figures, caveats } = headline(estimated)
    expect(sentence).toContain('you would pay an estimated $9,430')
    expect(sentence).not.toContain('You pay an estimated')
    expect(figures[1]?.value).toBe('~$9,430 a month')
    expect(plain(figures[1]?.note ?? '')).toContain('The cost of 90.0 % of the requests is estimated.')
    expect(plain(caveats.join(' '))).toContain(
      'estimated, not recorded: 90.0 % of the requests under “heuristic”',
    )
  })

  it('are an open question', () => {
    expect(unanswered(estimated).map(({ question, because }) => plain(`${question} ${because}`))).toContain(
      'What would it really have cost (heuristic)? the log holds neither cost nor tokens of the chosen model for 90.0 % of the requests; costs there are list price x expected tokens',
    )
  })

  it('are a footnote where they are few', () => {
    const few = compared({ evidence: anEvidence({ costEstimatedShare: 0.05 }) })
    expect(headline(few).figures[1]?.value).toBe('$9,430 a month')
  })
})

describe('the headline', () => {
  it('says that nobody pays for a baseline which the log does not name', () => {
    const rule = 'the model of the best mean quality, since the log does not say which model was called'
    const comparison = { ...compared({}), baseline: { label: 'opus', rule } }
    const { sentence, figures } = headline(comparison)
    expect(sentence).toMatch(/^opus for everything would cost \$47,100 a month; with/)
    expect(figures[0]?.name).toBe('It would cost')
    const named = { ...comparison, baseline: { label: 'opus', rule: 'named with --baseline' } }
    expect(headline(named).sentence).toMatch(/^You pay/)
  })

  describe('of a policy that was tuned on this log', () => {
    const tunedHere = (held: Partial<HeldOutFigures> = {}, over: Partial<Comparison> = {}) =>
      headline({
        ...compared({ policyId: 'tuned', chosenOnThisLog: true, heldOut: heldOutFigures(held) }),
        ...over,
      })

    it('quotes the held-out requests first, then the whole log', () => {
      const { sentence, wholeLog, caveats } = tunedHere()
      expect(plain(sentence)).toBe(
        'On the 5,000 requests held out when it was tuned, “tuned” costs $8,670 a month ($8,060 to $9,280), 81.4 % less by routing than the $46,700 of anthropic/opus, and keeps a quality of 95.1 % (94.4 to 95.8 %) where the baseline has 96.5 %.',
      )
      expect(plain(wholeLog ?? '')).toMatch(
        /^Over the whole log, which includes requests that the policy was chosen on: you pay \$47,100 a month for anthropic\/opus; with “tuned” you would pay \$9,430 /,
      )
      expect(caveats.join(' ')).not.toContain('chosen on')
      expect(headline(aComparison()).sentence).toBe(sentence)
    })

    it('has the same in its three figures', () => {
      const figures = tunedHere().figures.map(({ value, note }) => plain(`${value}: ${note}`))
      expect(figures).toEqual([
        '$46,700 a month: Baseline: anthropic/opus for everything, on the 5,000 requests held out when the policy was tuned. Over all requests: $47,100.',
        '$8,670 a month: On the same requests. 95 % interval: $8,060 to $9,280. Saved by routing: 81.4 % (80.1 to 82.7 %). Over all requests: $9,430 ($8,860 to $9,990).',
        '95.1 %: On the same requests. Baseline: 96.5 %. 95 % interval: 94.4 to 95.8 %. Difference: −1.4 points (−2.0 to −0.8 points). Over all requests: 95.2 % (94.6 to 95.7 %).',
      ])
    })

    it('says what its file does not know', () => {
      const unknown = { label: null, costUsd: null, quality: null }
      const bare = { requests: null, baseline: unknown, savedShare: null, costInterval: null }
      expect(plain(tunedHere(bare).sentence)).toBe(
        'On the requests held out when it was tuned, “tuned” costs $8,670 a month, while the cost of the baseline is unknown, at a quality of 95.1 % (94.4 to 95.8 %); the baseline’s is unknown.',
      )
      expect(tunedHere({ costUsd: null, quality: null }).sentence).toBe(
        'On the 5,000 requests held out when it was tuned, what “tuned” costs is unknown; what quality it keeps is unknown.',
      )
      expect(plain(tunedHere({ savedShare: -0.1 }).sentence)).toContain('10.0 % more than the $46,700')
      expect(plain(tunedHere({ savedShare: null }).sentence)).toContain('against the $46,700')
      expect(tunedHere({ costUsd: null }).figures[1]?.value).toBe('unknown')
    })

    it('keeps them beside the whole log in results stored without them', () => {
      const { heldOut: _none, ...stored } = aComparison().runs.at(-1)!
      const { sentence, wholeLog, caveats } = headline({ ...aComparison(), runs: [aRun(), stored] })
      expect([sentence.slice(0, 8), wholeLog]).toEqual(['You pay ', null])
      expect(plain(caveats[0]!)).toContain('On those it had never seen: $8,670 a month ($8,060 to $9,280)')
    })

    it('speaks of the part that was replayed', () => {
      expect(tunedHere({}, { filters: ['task=debug'] }).wholeLog).toMatch(
        /^Over the part of the log that was replayed, which includes/,
      )
    })

    it('is no other where its file has no such figures, or it serves nobody', () => {
      expect(headline(compared({ chosenOnThisLog: true, heldOut: null }))).toMatchObject({ wholeLog: null })
      const idle = { served: 0, chosenOnThisLog: true, heldOut: heldOutFigures() }
      const { sentence, wholeLog } = headline(compared(idle))
      expect([sentence.startsWith('There is nothing to compare'), wholeLog]).toEqual([true, null])
    })
  })

  it('says of policies that were chosen on this log', () => {
    const chosen = { ...aRun({ policyId: 'mine' }), chosenOnThisLog: true }
    expect(headline(compared(chosen)).caveats).toContain(
      'These figures include requests that the policy was chosen on.',
    )
    const other = { ...aRun({ policyId: 'other', savedByRouting: 0 }), chosenOnThisLog: true }
    expect(headline(compared({}, other)).caveats).toContain(
      'The figures of “other” include requests that the policy was chosen on.',
    )
  })
})
