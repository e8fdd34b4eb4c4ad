import { describe, expect, it } from 'vitest'
import { choices } from '../../../src/report/charts/chart.js'
import { frontierRows, TOGGLED } from '../../../src/report/charts/frontier-rows.js'
import { frontierScale } from '../../../src/report/charts/frontier-scale.js'
import { filteredViews } from '../../../src/report/charts/frontier-views.js'
import { aComparison, manyModels } from '../../builders/a-comparison.js'

describe('drawings of the frontier for readers who switch layers off', () => {
  it('has each choice but that of all once', () => {
    expect(choices(['single', 'oracle'])).toEqual([['single'], ['oracle'], ['single', 'oracle']])
    expect(choices([])).toEqual([])
  })

  it('leave out what is switched off, and have axes for the rest', () => {
    const data = frontierRows(manyModels())
    const view = filteredViews(data).find(({ without }) => without.some((one) => one.join() === 'single'))
    expect(view?.left.rows.some(({ kind }) => kind === 'single')).toBe(false)
    expect(view?.left.rows.some(({ kind }) => kind === 'policy')).toBe(true)
    const [all, own] = [data, view?.left ?? data].map((rows) => frontierScale(rows, 9).cost.domain)
    expect((own?.[1] ?? 0) / (own?.[0] ?? 1)).toBeLessThanOrEqual((all?.[1] ?? 0) / (all?.[0] ?? 1))
  })

  it('serve a choice at most once, and only of layers that are there', () => {
    for (const comparison of [aComparison(), manyModels()]) {
      const data = frontierRows(comparison)
      const served = filteredViews(data).flatMap(({ without }) => without.map((one) => one.join()))
      expect(new Set(served).size).toBe(served.length)
      const layers = new Set(data.rows.map(({ kind }) => TOGGLED[kind] ?? ''))
      for (const one of served.flatMap((choice) => choice.split(','))) expect(layers).toContain(one)
    }
  })

  it('are none where the axes would stay and labels find no more room', () => {
    const data = frontierRows(manyModels())
    const policies = { ...data, rows: data.rows.filter(({ kind }) => TOGGLED[kind] === undefined) }
    expect(filteredViews(policies)).toEqual([])
  })
})
