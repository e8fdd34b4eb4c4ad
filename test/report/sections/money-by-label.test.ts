import { describe, expect, it } from 'vitest'
import { modelOrder } from '../../../src/report/charts/model-order.js'
import { moneyByLabel } from '../../../src/report/sections/money-by-label.js'
import { aLabelRow } from '../../builders/a-background.js'
import { aComparison, runCharts } from '../../builders/a-comparison.js'
import { textOf } from './text-of.js'

const sample = aComparison()
const block = async (comparison = sample, index = 5): Promise<string> =>
  textOf(await moneyByLabel(comparison, modelOrder(comparison), index))

describe('money by organisation, team, user and priority', () => {
  it('is in dollars a month, beside the baseline, with the rest in one row', async () => {
    const base = runCharts({
      labels: [
        {
          label: 'org',
          values: 2,
          rows: [aLabelRow({ costUsd: 400 }), aLabelRow({ value: null, costUsd: 220 })],
        },
      ],
    })
    const own = runCharts({
      labels: [
        {
          label: 'org',
          values: 2,
          rows: [aLabelRow({ costUsd: 100 }), aLabelRow({ value: null, costUsd: 14 })],
        },
      ],
    })
    const charts = [base, ...sample.charts.slice(1, 5), own]
    const text = await block({ ...sample, charts })
    // 50,000 requests a day make 1,520,833 a month, 76.04 times the log's 20,000.
    expect(text).toContain('acme 12,000 $30,417 $7,604 87.7 % 75.0 % 95.0 %')
    expect(text).toContain('not said in the log 12,000 $16,729 $1,065 12.3 % 93.6 % 95.0 %')
  })

  it('stands in the order organisation, team, user, priority, ten at most', async () => {
    const text = await block()
    const order = ['By organisation, a', 'By team, a', 'By user, a', 'By priority, a'].map((title) =>
      text.indexOf(title),
    )
    expect(order.every((at) => at > 0)).toBe(true)
    expect([...order].sort((a, b) => a - b)).toEqual(order)
    expect(text).toContain('115 other users')
  })

  it('takes two sums of the same amounts for the same, in whatever order they were made', async () => {
    // In this order 0.1 + 0.2 + … is a hair off what is left of the whole.
    const costs = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0.7, 0.3, 0.1, 0.2]
    const rows = costs.map((costUsd, user) => aLabelRow({ value: `u${user}`, costUsd }))
    const labels = [{ label: 'user', values: rows.length, rows }]
    const charts = sample.charts.map(() => runCharts({ labels }))
    expect(await block({ ...sample, charts })).toMatch(/3 other users 36,000 \$45.63 \$45.63 1.3 % 0 % –/)
  })

  it('is nothing in results stored without it', async () => {
    const { labels: _none, ...stored } = runCharts()
    expect(await block({ ...sample, charts: [stored] }, 0)).toBe('')
  })
})
