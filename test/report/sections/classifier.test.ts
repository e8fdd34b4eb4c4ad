import { describe, expect, it } from 'vitest'
import { calibrationChart } from '../../../src/report/charts/calibration.js'
import { renderSvg } from '../../../src/report/render-svg.js'
import { classifierSection } from '../../../src/report/sections/classifier.js'
import { aClassifierQuality } from '../../builders/a-background.js'
import { aComparison, runCharts } from '../../builders/a-comparison.js'
import { textOf } from './text-of.js'

const sample = aComparison()

describe('the classifier', () => {
  it('is right, too low and too high in shares that add up, explained without jargon', async () => {
    const text = textOf(await classifierSection(sample, 5))
    expect(text).toContain(
      'Of 20,000 requests it put 80.0 % in the smallest tier that would have done, 7.5 % in a lower one (quality at risk) and 12.5 % in a higher one (money wasted).',
    )
    expect(text).toContain('2.0 % were answered acceptably by no model')
    expect(text).toContain('looks harder in 89.0 % of all pairs (50 % is chance)')
    expect(text).toContain('tier 1 1,500 [4,000] 500 66.7 %')
    expect(text).toContain('words of the group “debug” speaks for hard 72.0 % 0.030 0.400 +0.45')
    expect(text).toContain('code blocks speaks for easy 60.0 % 0.370 0.270 −0.05')
  })

  it('stands once for the policies that share it; who asks one model has none', async () => {
    const text = textOf(await classifierSection(sample, 5))
    expect(text.match(/Of two requests/g)).toHaveLength(1)
    expect(text).toContain('heuristic, heuristic-caps, shuffled-control and tuned (by rules)')
  })

  it('says what it takes to know, and is nothing in results stored without it', async () => {
    const unknown = { ...sample, charts: sample.charts.map(() => runCharts({ classifier: null })) }
    expect(textOf(await classifierSection(unknown, 5))).toContain('Unknown: it takes a log that holds')
    const { classifier: _none, ...stored } = runCharts()
    expect(await classifierSection({ ...sample, charts: [stored] }, 0)).toBeNull()
  })

  it('has a chart that says its finding in words, and none of one bin', async () => {
    const chart = calibrationChart(aClassifierQuality().calibration)!
    expect(chart.finding).toContain('Easiest tenth: says 0.05, was 0.01; hardest: says 0.95, was 0.93')
    expect(await renderSvg(chart.spec('narrow'))).toContain(
      '<title>Says 0.05, was 0.01 (2,000 requests)</title>',
    )
    expect(calibrationChart([])).toBeNull()
  })
})
