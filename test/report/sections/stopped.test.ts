import { describe, expect, it } from 'vitest'
import { stoppedTables } from '../../../src/report/sections/stopped.js'
import { runCharts } from '../../builders/a-comparison.js'
import { textOf } from './text-of.js'

describe('who was stopped', () => {
  it('names budgets and people, most affected first, with shares of their own requests', () => {
    const text = textOf(stoppedTables(runCharts()))
    expect(text).toMatch(/Which budget did it .* org-day 1,840 user-day 96 session 14/)
    expect(text).toContain('acme 12,000 900 (7.5 %) 40 (0.3 %) 20 (0.2 %) 100 (0.8 %)')
    expect(text).not.toContain('globex')
    expect(text.indexOf('by priority')).toBeLessThan(text.indexOf('by organisation'))
    expect(text).toContain('u24 886')
    expect(text).toContain('117 other users')
  })

  it('is nothing where nothing was stopped, or the result does not say', () => {
    expect(stoppedTables(runCharts({ labels: [], budgets: [] }))).toBeNull()
    const { labels: _none, ...stored } = runCharts({ bound: false })
    expect(stoppedTables(stored)).toBeNull()
  })
})
