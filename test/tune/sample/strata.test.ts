import { describe, expect, it } from 'vitest'
import { strataOf, type Stratum } from '../../../src/tune/sample/strata.js'
import { anOutcome, aTable, aText } from '../../metrics/builders.js'

/** As many requests of each task as named; difficulty and cost rise with the row unless given. */
function strata(
  tasks: Readonly<Record<string, number>>,
  values: { readonly difficulty?: number; readonly cost?: number } = {},
): readonly Stratum[] {
  const names = Object.entries(tasks).flatMap(([task, count]) => Array.from({ length: count }, () => task))
  const table = aTable({
    outcomes: [
      anOutcome(
        'large',
        names.map(() => 1),
        1,
      ),
    ],
    task: aText(names.map((name) => (name === '-' ? undefined : name))),
  })
  const column = (value: number | undefined, scale: number): Float64Array =>
    Float64Array.from(names, (_, row) => value ?? (row * scale) % names.length)
  return strataOf(table, column(values.difficulty, 1), column(values.cost, 7))
}

const named = (all: readonly Stratum[]): Record<string, number> =>
  Object.fromEntries(all.map(({ name, rows }) => [name, rows.length]))

describe('strata', () => {
  it.each([
    [{ code: 400, chat: 100, rare: 5 }, {}],
    [{ '-': 250 }, {}],
    [{ code: 20, chat: 10 }, {}],
    [{ code: 100, chat: 95 }, { difficulty: NaN }],
  ] as const)('of %o hold every request once', (tasks, values) => {
    const rows = strata(tasks, values).flatMap((stratum) => stratum.rows)
    const size = Object.values(tasks).reduce((sum, count) => sum + count, 0)
    expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, row) => row))
  })

  it('are by task, by thirds of difficulty and by halves of cost', () => {
    expect(named(strata({ code: 600 }))).toEqual({
      'code, easy, cheap': 100,
      'code, easy, dear': 100,
      'code, middling, cheap': 100,
      'code, middling, dear': 100,
      'code, hard, cheap': 100,
      'code, hard, dear': 100,
    })
    const [easy, , , , , hard] = strata({ code: 600 })
    expect(Math.max(...easy!.rows)).toBeLessThan(200)
    expect(Math.min(...hard!.rows)).toBeGreaterThanOrEqual(400)
  })

  it('are not parted by what is unknown or the same for all', () => {
    expect(named(strata({ code: 600 }, { difficulty: NaN }))).toEqual({
      'code, cheap': 300,
      'code, dear': 300,
    })
    expect(named(strata({ code: 600 }, { difficulty: 0.5, cost: 2 }))).toEqual({ code: 600 })
    expect(named(strata({ code: 600 }, { difficulty: NaN, cost: NaN }))).toEqual({ code: 600 })
  })

  it('below 30 requests are put together', () => {
    expect(named(strata({ code: 40, chat: 29, maths: 12, '-': 2 }))).toEqual({ code: 40, 'other tasks': 43 })
    expect(named(strata({ chat: 20, maths: 9 }))).toEqual({ all: 29 })
    expect(named(strata({ '-': 50 }))).toEqual({ 'no task': 50 })
    for (const { rows } of strata({ code: 170, chat: 100 })) expect(rows.length).toBeGreaterThanOrEqual(30)
  })

  it('are of twelve tasks at most, the largest', () => {
    const tasks = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t${index}`, 30 + index]))
    const all = named(strata(tasks, { difficulty: NaN, cost: 1 }))
    expect(Object.keys(all)).toHaveLength(13)
    expect(all['t19']).toBe(49)
    expect(all['other tasks']).toBe(30 + 31 + 32 + 33 + 34 + 35 + 36 + 37)
  })
})
