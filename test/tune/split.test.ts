import { describe, expect, it } from 'vitest'
import { splitLog } from '../../src/tune/split.js'
import { anOutcome, aTable, aText } from '../metrics/builders.js'

const size = 1000
const outcomes = [anOutcome('a', new Array<number>(size).fill(1), 1)]
const sessionsOf = (length: number) =>
  aText(Array.from({ length: size }, (_, row) => `s${Math.floor((row + 2) / length)}`))
const sizes = (split: ReturnType<typeof splitLog>): number[] =>
  Object.values(split.rows).map((rows) => rows.length)

describe('splitLog', () => {
  it('cuts by time and leaves sessions out of the parts after the one they began in', () => {
    const session = sessionsOf(8)
    const split = splitLog(aTable({ outcomes, arrivals: 'logged', labels: { session } }), 1)
    const owner = new Map<number, string>()
    for (const [part, rows] of Object.entries(split.rows)) {
      for (const row of rows) {
        const code = session.codes[row] ?? -1
        expect(owner.get(code) ?? part).toBe(part)
        owner.set(code, part)
      }
    }
    expect(split.purged).toBeGreaterThan(0)
    expect(sizes(split).reduce((sum, count) => sum + count, 0) + split.purged).toBe(size)
    expect(Math.max(...split.rows.tune)).toBeLessThan(Math.min(...split.rows.validate))
    expect(Math.max(...split.rows.validate)).toBeLessThan(Math.min(...split.rows.test))
    expect(split.rule).toContain(`${split.purged} requests`)
  })

  it('keeps requests of the same instant together', () => {
    const at = Float64Array.from({ length: size }, (_, row) => Math.floor(row / 7) * 1000)
    const { rows } = splitLog(aTable({ outcomes, at, arrivals: 'logged' }), 1)
    expect(at[rows.validate[0] ?? 0]).toBeGreaterThan(at[rows.tune.at(-1) ?? 0] ?? 0)
    expect(at[rows.test[0] ?? 0]).toBeGreaterThan(at[rows.validate.at(-1) ?? 0] ?? 0)
  })

  it.each([
    ['times are made up', 'synthetic', 8, 'whole sessions (times are made up)'],
    ['sessions outlast the parts', 'logged', 700, 'whole sessions (sessions outlast the parts)'],
  ] as const)('deals sessions by lot where %s', (_, arrivals, length, rule) => {
    const split = splitLog(aTable({ outcomes, arrivals, labels: { session: sessionsOf(length) } }), 1)
    expect(split.rule).toContain(rule)
    expect(sizes(split).reduce((sum, count) => sum + count, 0)).toBe(size)
  })

  it('deals requests by lot where there are no sessions, by the seed alone', () => {
    const table = aTable({ outcomes })
    const split = splitLog(table, 1)
    expect(split.rule).toContain('whole requests')
    expect(sizes(split)[0]).toBeGreaterThan(550)
    expect(sizes(split)[0]).toBeLessThan(650)
    expect(splitLog(table, 1)).toEqual(split)
    expect(splitLog(table, 2)).not.toEqual(split)
  })
})
