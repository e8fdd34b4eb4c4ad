import { describe, expect, it } from 'vitest'
import type { Chart, ChartSpec } from '../../src/report/charts/chart.js'
import { costAxis, linearTicks, tickLabel } from '../../src/report/charts/cost-axis.js'
import { endsByTimeChart } from '../../src/report/charts/ends-by-time.js'
import { frontierChart } from '../../src/report/charts/frontier.js'
import { frontierRows, isSingle } from '../../src/report/charts/frontier-rows.js'
import { mixByDifficultyChart } from '../../src/report/charts/mix-by-difficulty.js'
import { mixByTaskChart } from '../../src/report/charts/mix-by-task.js'
import { modelLegend, modelOrder } from '../../src/report/charts/model-order.js'
import { placeLabels } from '../../src/report/charts/place-labels.js'
import { poolSpendChart } from '../../src/report/charts/pool-spend.js'
import { promisedHeldOutChart } from '../../src/report/charts/promised-held-out.js'
import { timeAxis } from '../../src/report/charts/time-axis.js'
import { renderSvg } from '../../src/report/render-svg.js'
import {
  aComparison,
  aTuning,
  hostile,
  manyModels,
  runCharts,
  SAMPLE_MODELS,
  unknowns,
} from '../builders/a-comparison.js'

interface Layer {
  readonly data: { readonly values: readonly Record<string, number | string>[] }
  readonly mark: { readonly type: string; readonly stroke?: string }
}
const layers = (spec: ChartSpec): Layer[] => (spec.layer ?? []) as Layer[]
const values = (spec: ChartSpec): Record<string, number | string>[] =>
  (spec.data as { values: Record<string, number | string>[] }).values
function sure<T>(value: T | null): T {
  if (value === null) throw new Error('expected a chart')
  return value
}
/** Each stands twice, once as a halo. */
const textsOf = (chart: Chart, width: 'narrow' | 'wide', isNumber: boolean): string[] => {
  const texts = layers(chart.spec(width)).filter(
    ({ mark }) => mark.type === 'text' && mark.stroke === undefined,
  )
  return texts
    .flatMap(({ data }) => data.values)
    .filter((row) => 'isNumber' in row === isNumber)
    .map((row) => String(row.text))
}
const labelsOf = (chart: Chart, width: 'narrow' | 'wide'): string[] => textsOf(chart, width, false)

describe('frontier', () => {
  it('shows every policy with a known cost and quality, the singles, the oracle and the controls', () => {
    const { rows, missing } = frontierRows(aComparison())
    const kinds = (kind: string): string[] => rows.filter((row) => row.kind === kind).map((row) => row.label)
    expect(kinds('baseline')).toEqual(['baseline anthropic/opus'])
    expect(kinds('policy')).toEqual([
      'baselineCapped',
      'heuristic',
      'heuristic-caps',
      'shuffled-control',
      'tuned',
    ])
    // The baseline is one of the singles: it is drawn once.
    expect([...kinds('hullSingle'), ...kinds('single'), ...kinds('partialSingle')].sort()).toEqual(
      [...SAMPLE_MODELS.slice(0, 4)].sort(),
    )
    // It lies above the hull of the others: that can only be since it was asked some of the requests.
    expect(kinds('partialSingle')).toEqual(['mistral/small'])
    expect(kinds('oracle')).toEqual(['oracle'])
    expect(kinds('control')).toHaveLength(4)
    expect(missing).toEqual([])
  })

  it('names what it cannot place instead of placing it at 0', () => {
    const sample = aComparison()
    const runs = sample.runs.map((run) => (run.policyId === 'tuned' ? { ...run, quality: null } : run))
    const chart = sure(frontierChart({ ...sample, runs }))
    expect(chart.finding).toContain(
      'Not shown, since cost or quality is unknown or nothing was served: tuned',
    )
    expect(labelsOf(chart, 'wide')).not.toContain('tuned')
    expect(frontierChart(unknowns())).toBeNull()
  })

  it('labels policies and some of the hull, never all of 41 models', () => {
    const chart = sure(frontierChart(manyModels()))
    for (const width of ['narrow', 'wide'] as const) {
      const labels = labelsOf(chart, width)
      expect(labels).toEqual(expect.arrayContaining(['heuristic', 'fixed-mid', 'oracle']))
      expect(labels.length).toBeLessThanOrEqual(width === 'narrow' ? 8 : 13)
    }
  })

  it('numbers the models that have no label, and says which number is which', () => {
    const chart = sure(frontierChart(manyModels()))
    const key = new Map(chart.key?.('wide').map(({ number, name }) => [String(number), name]))
    const singles = frontierRows(manyModels()).rows.filter(({ number }) => number !== null)
    const numbers = textsOf(chart, 'wide', true)
    expect([...key.keys()].sort()).toEqual([...numbers].sort())
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(numbers.length).toBeGreaterThan(singles.length * 0.6)
    const named = labelsOf(chart, 'wide')
    for (const number of numbers) expect(named).not.toContain(key.get(number))
    const few = sure(frontierChart(aComparison()))
    expect(few.key?.('wide')).toEqual([])
    expect(textsOf(few, 'wide', true)).toEqual([])
  })

  it('leaves no model without its name, its number or the number next to it, however narrow', () => {
    const chart = sure(frontierChart(manyModels()))
    for (const width of ['narrow', 'wide'] as const) {
      const numbers = textsOf(chart, width, true).map(Number)
      const key = chart.key?.(width) ?? []
      const drawn = key.filter(({ beside }) => beside === undefined).map(({ number }) => number)
      expect(drawn.sort()).toEqual(numbers.sort())
      for (const { beside } of key) if (beside !== undefined) expect(numbers).toContain(beside)
      const rows = frontierRows(manyModels()).rows.filter(isSingle)
      const unnamed = rows.filter(({ number }) => key.every((entry) => entry.number !== number))
      expect(unnamed.length).toBeLessThanOrEqual(labelsOf(chart, width).length)
    }
  })

  it('lets the reader switch off what is drawn beside the policies, with its texts', async () => {
    const chart = sure(frontierChart(manyModels()))
    const toggled = chart.legend.flatMap(({ layer }) => (layer === undefined ? [] : [layer]))
    expect(toggled).toContain('single')
    const svg = await renderSvg(chart.spec('wide'))
    for (const layer of toggled) expect(svg).toContain(` ${layer}_marks"`)
    expect(svg).toContain(' single_numbers_marks"')
  })

  it('draws a policy far below the rest at the edge and says how far', () => {
    const labels = labelsOf(sure(frontierChart(aComparison())), 'wide').map((text) =>
      text.replace('\u00a0', ' '),
    )
    expect(labels).toContain('baselineCapped ↓ 32.8 %')
  })

  it('draws the hull as straight in cost also on a logarithmic axis', () => {
    const hull = layers(sure(frontierChart(aComparison())).spec('wide'))[0]
    expect(hull?.data.values.length).toBeGreaterThan(30)
  })
})

describe('cost axis', () => {
  it('is logarithmic from a factor of twenty on, linear below', () => {
    expect(costAxis([0.01, 0.02], 6).type).toBe('linear')
    expect(costAxis([0.0004, 0.031], 6).type).toBe('log')
    expect(costAxis([0, 0.0004, 0.031], 6).type).toBe('symlog')
    expect(costAxis([0, 0], 6).type).toBe('linear')
    expect(costAxis([], 6).domain).toEqual([0, 1.08])
  })
  it.each([[[0.01, 0.02]], [[0.0004, 0.031]], [[0, 0.0004, 0.031]], [[1e-7, 40]]])(
    'places %j inside, in order, with few ticks, and back again',
    (costs) => {
      const axis = costAxis(costs, 6)
      const places = costs.map((cost) => axis.place(cost))
      expect([...places].sort((a, b) => a - b)).toEqual(places)
      expect(Math.min(...places)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...places)).toBeLessThanOrEqual(1)
      costs.forEach((cost, i) => expect(axis.unplace(places[i]!)).toBeCloseTo(cost, 9))
      expect(axis.ticks.length).toBeGreaterThan(1)
      expect(axis.ticks.length).toBeLessThanOrEqual(7)
    },
  )
  it('has round ticks', () => {
    expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(tickLabel(0.00003)).toBe('$0.03')
  })
})

describe('labels', () => {
  const plot = { width: 300, height: 200, fontSize: 12 }
  it('do not overlap while there is room', () => {
    const anchors = Array.from({ length: 6 }, (_, i) => ({
      x: 150 + i,
      y: 100 + i,
      text: 'policy',
      optional: false,
    }))
    const placed = placeLabels(anchors, [], plot)
    const spots = new Set(placed.map((label) => `${label?.x},${label?.y}`))
    expect(spots.size).toBe(6)
  })
  it('leave out an optional one that has no good place', () => {
    const full = [{ left: 0, top: 0, right: 300, bottom: 200 }]
    const [must, may] = placeLabels(
      [
        { x: 10, y: 10, text: 'must', optional: false },
        { x: 10, y: 10, text: 'may', optional: true },
      ],
      full,
      plot,
    )
    expect(must?.text).toBe('must')
    expect(may).toBeNull()
  })
})

describe('model mix', () => {
  it('stacks shares from the cheapest model up to 1 in every decile', () => {
    const order = modelOrder(aComparison())
    expect(order.named).toEqual(SAMPLE_MODELS)
    const pieces = values(sure(mixByDifficultyChart(runCharts().mixByDifficulty, order)).spec('narrow'))
    const tops = new Map<unknown, number>()
    for (const piece of pieces) tops.set(piece.key, Math.max(tops.get(piece.key) ?? 0, Number(piece.to)))
    expect(tops.size).toBe(10)
    for (const top of tops.values()) expect(top).toBeCloseTo(1, 12)
  })

  it('adds up the models beyond the ramp and says so', () => {
    const comparison = manyModels()
    const order = modelOrder({
      ...comparison,
      charts: comparison.charts.map((own) => ({ ...own, mixByTask: [] })),
    })
    expect(order.named).toHaveLength(7)
    expect(modelLegend(order).at(-1)?.label).toBe('7 other models')
  })

  it('does not call a model dear whose price is unknown', () => {
    const order = modelOrder({ ...aComparison(), references: unknowns().references })
    expect(modelLegend(order).every(({ label }) => label.endsWith('(price unknown)'))).toBe(true)
  })

  it('shows the largest tasks, at most a dozen, and nothing without data', () => {
    const order = modelOrder(aComparison())
    const rows = Array.from({ length: 30 }, (_, i) => ({
      task: `t${i}`,
      model: 'm',
      requests: i + 1,
      quality: null,
      costUsd: 0,
    }))
    const names = layers(sure(mixByTaskChart(rows, order)).spec('narrow'))[1]?.data.values.map(
      (row) => row.name,
    )
    expect(names).toHaveLength(12)
    expect(names?.[0]).toBe('t29 (30)')
    expect(mixByTaskChart([], order)).toBeNull()
    expect(mixByDifficultyChart([], order)).toBeNull()
  })
})

describe('budgets and ends through time', () => {
  it('says when a cap was passed', () => {
    const pool = {
      budgetId: 'day',
      label: 'acme',
      capUsd: 2,
      points: [
        { at: 0, usedUsd: 1 },
        { at: 1, usedUsd: 2.5 },
      ],
    }
    expect(sure(poolSpendChart(pool)).finding).toContain('The cap was passed.')
    expect(sure(poolSpendChart({ ...pool, capUsd: 3 })).finding).not.toContain('passed')
    expect(poolSpendChart({ ...pool, points: [] })).toBeNull()
  })

  it('takes downgraded out of served, so that the stack is what arrived', () => {
    const chart = sure(
      endsByTimeChart([{ at: 0, served: 10, downgraded: 4, deferred: 2, rejected: 3, costUsd: 1 }]),
    )
    const heights = (layers(chart.spec('wide'))[0]?.data.values ?? []).map(
      (row) => Number(row.high) - Number(row.low),
    )
    expect(heights).toEqual([6, 4, 3])
    expect(chart.finding).toContain('10 served, of them 4 downgraded; 2 deferred at least once; 3 refused')
  })

  it('has a few ticks in UTC', () => {
    const axis = timeAxis(Date.UTC(2026, 10, 2), Date.UTC(2026, 10, 9), 8)
    expect(axis.labels[0]).toBe('2 Nov')
    expect(axis.ticks).toHaveLength(8)
    expect(timeAxis(0, 3_600_000, 4).labels).toEqual(['00:00', '00:15', '00:30', '00:45', '01:00'])
  })
})

describe('tuning', () => {
  it('draws both estimates, and nothing when neither is known', () => {
    const chart = sure(promisedHeldOutChart(aTuning()))
    expect(chart.legend.map(({ mark }) => mark)).toEqual(['square', 'circle', 'line'])
    const nothing = unknowns().tuning
    expect(nothing === null ? null : promisedHeldOutChart(nothing)).toBeNull()
  })
})

describe('drawing', () => {
  it('gives an SVG of the page’s own colours, without styles, scripts or fixed size', async () => {
    const svg = await renderSvg(sure(frontierChart(hostile())).spec('wide'))
    expect(svg).toMatch(/^<svg viewBox="0 0 760 \d+" aria-hidden="true"/)
    expect(svg).toContain('var(--c-policy)')
    expect(svg).not.toMatch(/ style=|<script|<img|<image|href=/)
    expect(svg).toContain('<title>')
  })

  it('has the same outer width whatever the labels', async () => {
    for (const make of [aComparison, manyModels, hostile]) {
      expect(await renderSvg(sure(frontierChart(make())).spec('narrow'))).toContain('viewBox="0 0 320 ')
    }
  })
})
