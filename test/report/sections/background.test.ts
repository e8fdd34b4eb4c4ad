import { describe, expect, it } from 'vitest'
import { answerSection } from '../../../src/report/sections/answer.js'
import { evidenceSection } from '../../../src/report/sections/evidence.js'
import { marginSection } from '../../../src/report/sections/margin.js'
import { reproduceSection } from '../../../src/report/sections/reproduce.js'
import { headline } from '../../../src/report/findings/headline.js'
import { mostTelling } from '../../../src/report/findings/most-telling.js'
import type { Comparison } from '../../../src/metrics/result.js'
import { aProvenance } from '../../builders/a-background.js'
import { aComparison, runCharts } from '../../builders/a-comparison.js'
import { textOf } from './text-of.js'

const sample = aComparison()

/** As results were stored before there was anything to say of their background. */
function older(): Comparison {
  const { margin: _margin, provenance: _provenance, prices: _prices, ...stored } = sample
  return stored
}

describe('the answer', () => {
  it('says what it is known from and whether the caps are proved', () => {
    expect(textOf(answerSection(headline(sample)))).toContain(
      'Evidence: looked up in the log, which holds what every model did (full matrix). Caps: hard caps (proved).',
    )
  })
})

describe('what the result rests on', () => {
  it('tells what is wrong with the log, and the way out', () => {
    const text = textOf(evidenceSection(sample))
    expect(text).toContain(
      'zero-cost Outcomes cost exactly 0 (openai/gpt-nano 12) 12 Models look cheaper than they are --fix makes them unknown',
    )
    const clean = { ...sample, provenance: aProvenance({ lint: [], priceBook: null }) }
    expect(textOf(evidenceSection(clean))).toContain('Nothing was found that makes its figures weaker')
    expect(textOf(evidenceSection(older()))).not.toMatch(/wrong with the log|Prices/)
  })

  it('has the prices and their day, or says that nobody said', () => {
    const text = textOf(evidenceSection(sample))
    expect(text).toContain('anthropic/opus $15 $75 $1.50 – 2026-08-06 (litellm)')
    expect(text).toContain('openai/gpt-nano – – $1.50 – no price named')
    expect(text).toContain('price book litellm-2026-08-06.json, as of 2026-08-06')
    const [opus] = sample.prices!
    const unsaid = { ...sample, prices: [{ ...opus!, books: [], madeAt: ['2026-11-23T00:00:00Z'] }] }
    expect(textOf(evidenceSection(unsaid))).toContain('not said; policies made 2026-11-23')
  })
})

describe('how to reproduce it', () => {
  it('has the commands that were given, from the import on', () => {
    const { text } = reproduceSection(sample)
    expect(text).toContain('tollgate import coding-week.jsonl.gz --log datasets/sample.db\n')
    expect(text).toContain('tollgate replay --log datasets/sample.db --policy heuristic --seed 1\n')
    expect(text).toContain('tollgate report --run sample-5f1c7b3a --out report.html')
    expect(reproduceSection({ ...sample, redacted: true }).text).toContain('--out report.html --redact')
  })

  it('keeps a filter one word for the shell, and one line', () => {
    const command = ['tollgate', 'replay', '--where', "task='x'\nand $(reboot)"]
    const { text } = reproduceSection({ ...sample, provenance: aProvenance({ command }) })
    expect(text).toContain('--where &#39;task=&#39;\\&#39;&#39;x&#39;\\&#39;&#39;·and $(reboot)&#39;')
  })

  it('names what it knows in results stored without them', () => {
    expect(reproduceSection({ ...older(), filters: ['where a=b'] }).text).toContain(
      'tollgate replay --log datasets/sample.db --policy P.json … --seed 1 # with the filters named above',
    )
  })
})

describe('the margin', () => {
  it('is on the page with its chart, or how to get it there; without budgets there is nothing to hold', async () => {
    const section = await marginSection(sample)
    expect(section?.text.match(/role="img"/g)).toHaveLength(4)
    expect(textOf(section)).toContain('Holding the expected cost plus 30 %, 10.0 % of 95 calls cost more')
    expect(textOf(await marginSection(older()))).toContain(
      'Not measured in this run: tollgate replay --margin',
    )
    const free = sample.runs.map((run) => ({
      ...run,
      budget: { ...run.budget, capGuarantee: 'none' as const },
    }))
    expect(await marginSection({ ...sample, runs: free })).toBeNull()
  })

  it('is measured on the policy of the headline if a budget bound there, else where budgets stopped most', () => {
    const hash = (contentHash: string) => ({ contentHash })
    const runs = sample.runs.map((run, index) => ({ ...run, contentHash: `h${index}` }))
    const calm = runCharts({ bound: false })
    const among = [hash('h3'), hash('h5')]
    expect(mostTelling({ ...sample, runs }, among)).toBe('h5')
    const others = { ...sample, runs, charts: [calm, calm, calm, runCharts(), calm, calm] }
    expect(mostTelling(others, among)).toBe('h3')
    expect(mostTelling({ ...others, charts: runs.map(() => calm) }, among)).toBe('h5')
    expect(mostTelling(others, [])).toBeNull()
  })
})
