import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { chooseSetting, partOf, pointUnder } from '../../src/tune/frontier/choose-setting.js'
import { difficultySweep } from '../../src/tune/frontier/difficulty-sweep.js'
import { hybridSweep } from '../../src/tune/frontier/hybrid-sweep.js'
import { outcomeMatrix, type OutcomeMatrix } from '../../src/tune/frontier/outcome-matrix.js'
import type { Predictions } from '../../src/tune/frontier/sweep.js'
import { anOutcome, aTable } from '../metrics/builders.js'

const SIZE = 1000
const random = createRandom(4)
const HARD = Array.from({ length: SIZE }, () => random.next() < 0.4)

const table = aTable({
  outcomes: [
    anOutcome(
      'cheap',
      HARD.map((hard) => (hard ? 0 : 1)),
      0.001,
    ),
    anOutcome(
      'dear',
      HARD.map(() => 1),
      0.01,
    ),
  ],
})
const matrix: OutcomeMatrix = outcomeMatrix(table, ['cheap', 'dear'], 1)
const told = new Float64Array(matrix.table.size).fill(NaN)
const hard = (row: number): boolean => HARD[matrix.logRows[row] ?? 0] === true

/** Rules that see what is far from ½ and not what is near, and predictions that see all. */
const rules = Float64Array.from(told, (_, row) =>
  row % 2 === 0 ? (hard(row) ? 0.9 : 0.1) : 0.45 + 0.1 * random.next(),
)
const seeing: Predictions = {
  quality: [told.map((_, row) => (hard(row) ? 0.05 : 0.95)), told.map(() => 1)],
  costNanoUsd: [told.map(() => 1e6), told.map(() => 1e7)],
}
const blind: Predictions = { ...seeing, quality: [told.map(() => random.next()), told.map(() => 1)] }

describe('hybridSweep', () => {
  it('asks the learned classifier where the rules do not know', () => {
    const alone = chooseSetting(matrix, difficultySweep(matrix, rules))
    const sweep = hybridSweep(matrix, { difficulty: rules, told, predictions: seeing })
    const chosen = chooseSetting(matrix, sweep)
    if (alone === undefined || chosen === undefined) throw new Error('no setting')
    const part = partOf(matrix, matrix.testRows)
    const [hybrid, heuristic] = [pointUnder(chosen, part), pointUnder(alone, part)]
    expect(hybrid.quality).toBeGreaterThan(0.98)
    expect(hybrid.costUsd).toBeLessThan(0.001 + 0.009 * 0.45)
    expect(hybrid.quality / hybrid.costUsd).toBeGreaterThan(heuristic.quality / heuristic.costUsd)
    expect(chosen.label).toMatch(/^threshold 0\.\d+, learned within 0\.\d+$/)
  })

  it('keeps the margin small where the learned classifier knows nothing', () => {
    const sweep = hybridSweep(matrix, { difficulty: rules, told, predictions: blind })
    const margins = new Set(sweep.settings.map(({ label }) => label.split('within ')[1]))
    expect(margins.size).toBe(1)
    expect(Number([...margins][0])).toBeLessThan(0.4)
  })

  it('leaves what the caller told as it is', () => {
    const sweep = hybridSweep(matrix, { difficulty: rules, told: rules, predictions: seeing })
    const plain = difficultySweep(matrix, rules)
    expect(sweep.settings.map(({ choice }) => [...choice])).toEqual(
      plain.settings.map(({ choice }) => [...choice]),
    )
  })
})
