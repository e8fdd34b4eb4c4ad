import { describe, expect, it } from 'vitest'
import { labelRows, type LabelRows } from '../../src/metrics/label-rows.js'
import { FLAG_DEFERRED, FLAG_DOWNGRADED, FLAG_TRUNCATED } from '../../src/replay/steps.js'
import { anOutcome, aRun, aTable, aText } from './builders.js'

const outcomes = [anOutcome('small', [0, 1, 1, 0, 1], 0.1), anOutcome('large', [1, 1, 1, 1, NaN], 2)]
const table = aTable({
  outcomes,
  priority: Uint8Array.of(1, 1, 3, 1, 1),
  labels: {
    session: aText(['s1', 's2', 's3', 's4', 's5']),
    org: aText(['acme', 'acme', 'globex', 'globex', undefined]),
  },
})
/** Small, refused, large and downgraded, small and late, large with an unknown answer. */
const steps = aRun(table, (row) => [0, -1, 1, 0, 1][row]!, {
  flags: Uint8Array.of(0, 0, FLAG_DOWNGRADED | FLAG_TRUNCATED, FLAG_DEFERRED, 0),
}).steps

const of = (label: string): LabelRows => labelRows(table, steps).find((own) => own.label === label)!

describe('money and service by label', () => {
  it('counts what became of every value’s requests, dearest first, and those without the label', () => {
    expect(of('org')).toEqual({
      label: 'org',
      values: 3,
      rows: [
        {
          ...{ value: 'globex', values: 1, offered: 2, served: 2, rejected: 0 },
          ...{ downgraded: 1, truncated: 1, deferred: 1, costUsd: 2.1, quality: 0.5 },
          models: { small: 1, large: 1 },
        },
        {
          ...{ value: null, values: 1, offered: 1, served: 1, rejected: 0 },
          ...{ downgraded: 0, truncated: 0, deferred: 0, costUsd: 2, quality: null },
          models: { large: 1 },
        },
        {
          ...{ value: 'acme', values: 1, offered: 2, served: 1, rejected: 1 },
          ...{ downgraded: 0, truncated: 0, deferred: 0, costUsd: 0.1, quality: 0 },
          models: { small: 1 },
        },
      ],
    })
  })

  it('has priorities by name, and no sessions', () => {
    expect(of('priority').rows.map(({ value, offered }) => [value, offered])).toEqual([
      ['normal', 4],
      ['critical', 1],
    ])
    expect(labelRows(table, steps).map(({ label }) => label)).toEqual(['org', 'priority'])
  })

  it('keeps those that cost most and those that were stopped most; the rest is one row, and nothing is lost', () => {
    const size = 200
    const many = aTable({
      outcomes: [
        anOutcome(
          'm',
          new Array<number>(size).fill(1),
          Array.from({ length: size }, (_, i) => i),
        ),
      ],
      labels: { user: aText(Array.from({ length: size }, (_, i) => `u${i}`)) },
    })
    const run = aRun(many, (row) => (row < 5 ? -1 : 0)).steps
    const { values, rows } = labelRows(many, run)[0]!
    expect(values).toBe(size)
    expect(rows).toHaveLength(26)
    expect(rows.slice(20, 25).map(({ rejected }) => rejected)).toEqual([1, 1, 1, 1, 1])
    expect(rows.at(-1)).toMatchObject({ value: null, values: 175, offered: 175, models: { m: 175 } })
    expect(rows.reduce((sum, { offered }) => sum + offered, 0)).toBe(size)
    const cost = run.costNanoUsd.reduce((sum, nano) => sum + nano, 0) / 1e9
    expect(rows.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(cost, 6)
  })
})
