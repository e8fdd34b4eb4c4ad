import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { frontierRows, rowOf, type FrontierRows } from '../../src/report/charts/frontier-rows.js'
import { plotFrontier } from '../../src/report/terminal-plot.js'
import { aComparison, hostile, manyModels, unknowns } from '../builders/a-comparison.js'

const colours = pc.createColors(false)
const plot = (data: FrontierRows, width = 80): string[] =>
  (plotFrontier(data, { width, colours }) ?? '').split('\n')
/** The marks of the plot without its axes and its key. */
const area = (lines: readonly string[]): string[] => lines.slice(0, 13).map((line) => line.slice(8))

const point = (label: string, costUsd: number, quality: number) => ({ label, costUsd, quality })
const cheap = point('small', 0.001, 0.6)
const dear = point('large', 0.1, 0.9)
const data: FrontierRows = {
  rows: [
    rowOf('hullSingle', cheap),
    rowOf('single', point('bad', 0.03, 0.5)),
    rowOf('oracle', point('oracle', 0.002, 0.98)),
    rowOf('policy', point('one', 0.01, 0.85)),
    rowOf('policy', point('two', 0.01, 0.851)),
    rowOf('policy', point('three', 0.05, 0.7)),
    rowOf('policy', point('same', 0.1, 0.9)),
    rowOf('baseline', { ...dear, label: 'baseline large' }),
  ],
  hull: [cheap, dear],
  randomMix: [],
  missing: [],
}

describe('the plot in characters', () => {
  it('places what it draws: up is better, right is dearer', () => {
    const lines = area(plot(data))
    const at = (mark: string): [row: number, column: number] => {
      const row = lines.findIndex((line) => line.includes(mark))
      return [row, lines[row]?.indexOf(mark) ?? -1]
    }
    const [one, three, baseline, small, bad, oracle] = ['A', 'B', '■', '◆', '◇', '▲'].map(at)
    expect(oracle![0]).toBeLessThan(baseline![0])
    expect(baseline![0]).toBeLessThan(three![0])
    expect(three![0]).toBeLessThan(small![0])
    expect(small![0]).toBeLessThan(bad![0])
    expect(small![1]).toBeLessThan(one![1])
    expect(one![1]).toBeLessThan(three![1])
    expect(three![1]).toBeLessThan(baseline![1])
    expect(lines.join('').match(/·/g)?.length).toBeGreaterThan(20)
  })

  it('says what letters and signs stand for; policies at one place share theirs', () => {
    const key = plot(data).slice(16).join(' ')
    expect(key).toContain('■ baseline large and same')
    expect(key).toContain('A one and two')
    expect(key).toContain('B three')
    expect(key).toContain('◇ model below it')
    expect(key).not.toContain('models by lot')
  })

  it.each([60, 80, 200])('keeps within %d columns, and within a hundred', (width) => {
    for (const make of [aComparison, manyModels, hostile]) {
      const lines = plot(frontierRows(make()), width)
      expect(lines.length).toBeGreaterThan(16)
      for (const line of lines.slice(0, 16))
        expect([...line].length).toBeLessThanOrEqual(Math.min(width, 100))
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width)
    }
  })

  it('is left out where nothing can be held against anything', () => {
    expect(plotFrontier(frontierRows(unknowns()), { width: 80, colours })).toBeNull()
    expect(plotFrontier({ ...data, rows: [rowOf('policy', cheap)] }, { width: 80, colours })).toBeNull()
    expect(
      plotFrontier(
        { ...data, rows: [rowOf('baseline', dear), rowOf('single', cheap)] },
        { width: 80, colours },
      ),
    ).toBeNull()
  })

  it('has colours only where they are asked for, around the same characters', () => {
    const plain = plot(data).join('\n')
    const painted = plotFrontier(data, { width: 80, colours: pc.createColors(true) }) ?? ''
    expect(plain).not.toContain('\u001b')
    expect(painted).toContain('\u001b[36mA')
    expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain)
  })

  it('lets no name move the cursor', () => {
    expect(plot(frontierRows(hostile())).join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})
