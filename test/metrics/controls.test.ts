import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import { createRandom } from '../../src/core/random.js'
import { contributions } from '../../src/metrics/contributions.js'
import { shuffledDecisions } from '../../src/metrics/shuffled-decisions.js'
import { shuffledRows } from '../../src/metrics/shuffled-rows.js'
import { anOutcome, aRun, aTable } from './builders.js'

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length

function control(table: LogTable, choose: (row: number) => number) {
  const { steps } = aRun(table, choose)
  const run = contributions(steps, 0)
  return { run, shuffled: shuffledDecisions(table, steps, run) }
}

describe('shuffledDecisions', () => {
  const table = aTable({
    outcomes: [anOutcome('a', [1, 0, 0, 1], [1, 1, 2, 2]), anOutcome('b', [1, 1, 1, 0], [4, 4, 8, 8])],
  })

  it('is the mean over all permutations, by hand', () => {
    // a, b, b, a: each request gets a or b with chance 1/2.
    const { run, shuffled } = control(table, (row) => [0, 1, 1, 0][row]!)
    expect([...shuffled.quality]).toEqual([1, 0.5, 0.5, 0.5])
    expect([...shuffled.costNanoUsd]).toEqual([2.5e9, 2.5e9, 5e9, 5e9])
    expect(mean(run.quality)).toBe(1)
    expect(mean(shuffled.gain)).toBeCloseTo(1 - 0.625, 12)
  })

  it('equals a sample of many permutations', () => {
    const size = 60
    const random = createRandom(1)
    const values = () => Array.from({ length: size }, () => (random.next() < 0.6 ? 1 : 0))
    const big = aTable({ outcomes: [anOutcome('a', values(), 1), anOutcome('b', values(), 2)] })
    const decisions: number[] = Array.from({ length: size }, (_, row) => (row % 3 === 0 ? 1 : 0))
    const { shuffled } = control(big, (row) => decisions[row]!)
    let sum = 0
    for (let index = 0; index < 4000; index++) {
      for (let last = size - 1; last > 0; last--) {
        const other = random.below(last + 1)
        ;[decisions[last], decisions[other]] = [decisions[other]!, decisions[last]!]
      }
      sum += mean(decisions.map((model, row) => big.outcomes[model]!.quality[row]!))
    }
    expect(mean(shuffled.quality)).toBeCloseTo(sum / 4000, 2)
  })

  it('never hands a request a model whose outcome is unknown', () => {
    const gaps = aTable({
      outcomes: [anOutcome('a', [1, 0, NaN, 1], 1), anOutcome('b', [1, 1, 1, NaN], 2)],
    })
    const { shuffled } = control(gaps, (row) => [0, 1, 1, 0][row]!)
    // Rows 2 and 3 can only have what they had.
    expect([...shuffled.quality]).toEqual([1, 0.5, 1, 1])
    expect([...shuffled.gain].slice(2)).toEqual([0, 0])
  })

  it('keeps refusals and leaves out what is unknown', () => {
    const gaps = aTable({ outcomes: [anOutcome('a', [1, NaN, 1, 1], 1)] })
    const { shuffled } = control(gaps, (row) => (row === 3 ? -1 : 0))
    expect([...shuffled.quality]).toEqual([1, NaN, 1, 0])
    expect([...shuffled.gain]).toEqual([0, NaN, 0, 0])
    expect([...shuffled.costNanoUsd]).toEqual([1e9, NaN, 1e9, 0])
  })

  it('has a gain that is policy minus control, 0 for one model (property)', () => {
    const quality = fc.constantFrom(0, 0.5, 1)
    const row = fc.record({ a: quality, b: quality, c: quality, model: fc.integer({ min: -1, max: 2 }) })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const outcomes = (['a', 'b', 'c'] as const).map((name) =>
          anOutcome(
            name,
            rows.map((each) => each[name]),
            1,
          ),
        )
        const log = aTable({ outcomes })
        const { run, shuffled } = control(log, (index) => rows[index]!.model)
        expect(mean(shuffled.gain)).toBeCloseTo(mean(run.quality) - mean(shuffled.quality), 9)
        expect(mean(control(log, () => 1).shuffled.gain)).toBeCloseTo(0, 12)
      }),
      { seed: 3, verbose: true },
    )
  })
})

describe('shuffledRows', () => {
  it('moves whole outcome rows and nothing else', () => {
    const size = 200
    const values = Array.from({ length: size }, (_, row) => row / size)
    const table = aTable({
      outcomes: [anOutcome('a', values, values), anOutcome('b', values, 1)],
      chosen: Int32Array.from(values, (_, row) => row),
    })
    const shuffled = shuffledRows(table, 1)
    const [a, b] = shuffled.outcomes
    expect([...a!.quality]).not.toEqual(values)
    expect([...a!.quality].sort()).toEqual([...values].sort())
    expect(b!.quality).toEqual(a!.quality)
    expect([...a!.costNanoUsd]).toEqual([...a!.quality].map((value) => Math.round(value * 1e9)))
    expect([...shuffled.chosen].map((row) => row / size)).toEqual([...a!.quality])
    expect(shuffled.ids).toBe(table.ids)
    expect(shuffled.hash).not.toBe(table.hash)
    expect(shuffledRows(table, 1)).toEqual(shuffled)
    expect(shuffledRows(table, 2)).not.toEqual(shuffled)
  })
})
