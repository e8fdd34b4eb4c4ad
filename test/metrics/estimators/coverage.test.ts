import { describe, expect, it } from 'vitest'
import {
  aKnownMatrix,
  deterministic,
  drawLog,
  epsilonGreedy,
  scoreRuns,
  seedOf,
  truthOf,
  uniform,
  type KnownMatrix,
  type LoggedDraw,
  type Target,
} from './known-matrix.js'
import type { EstimatorName } from '../../../src/metrics/estimators/estimate-figure.js'
import { doublyRobust } from '../../../src/metrics/estimators/doubly-robust.js'
import { estimatorFigure } from '../../../src/metrics/estimators/estimator-figure.js'
import { pointOf } from '../../../src/metrics/bootstrap.js'
import { createRandom } from '../../../src/core/random.js'
import { anOutcome, aTable, aText } from '../builders.js'

const matrix = aKnownMatrix(4000, 5)
const byDifficulty: Target = (row) => (matrix.difficulty[row]! > 0.5 ? 2 : 0)
const PROMISED = ['ips', 'snips', 'dr'] as const

/** The full form with 2,000 runs a cell, on real matrices too, is `npm run bench:coverage`. */
describe('95 % intervals hold the truth of the full matrix', () => {
  const RUNS = 200
  // Of 200 intervals of 95 % fewer, or all of them, hold the truth with a chance of about 0.1 %.
  const LEAST = 178 / RUNS

  it.each([
    ['quality, uniform log, by difficulty', 'quality', uniform(3), byDifficulty, 600],
    ['quality, epsilon-greedy log, weakest model', 'quality', epsilonGreedy(3, 0.3, () => 2), () => 0, 1500],
    ['cost, uniform log, weakest model', 'cost', uniform(3), () => 0, 600],
  ] as const)('%s', (_, figure, logger, target, size) => {
    const { refused, estimators } = scoreRuns({ matrix, figure, logger, target, size, seed: 11 }, RUNS, 150)
    expect(refused).toBeLessThan(RUNS / 4)
    for (const name of PROMISED) {
      expect(estimators[name].covered, name).toBeGreaterThanOrEqual(LEAST)
      expect(estimators[name].covered, name).toBeLessThan(1)
      expect(Math.abs(estimators[name].bias), name).toBeLessThan(4 * estimators[name].biasError)
    }
    expect(estimators.dm.covered, 'the direct method promises nothing').toBeLessThan(0.99)
    expect(estimators.dr.meanWidth).toBeLessThan(estimators.ips.meanWidth)
  })

  it('a deterministic log, and one of which too little counts, are refused', () => {
    const never = {
      matrix,
      figure: 'quality',
      logger: deterministic(3, () => 2),
      target: () => 0,
      size: 300,
    } as const
    expect(scoreRuns({ ...never, seed: 1 }, 3, 20).refused).toBe(3)
    const few = { ...never, logger: epsilonGreedy(3, 0.2, () => 2) }
    expect(scoreRuns({ ...few, seed: 1 }, 3, 20).refused).toBe(3)
  })
})

describe('DR is right where propensities or outcome model are', () => {
  const RUNS = 400
  const exact = aLinearMatrix(2000, 9)
  const target: Target = (row) => (exact.difficulty[row]! > 0.4 ? 1 : 0)
  const draw = { matrix: exact, figure: 'quality', logger: uniform(2), target, size: 1500, seed: 23 } as const
  /** Far too high on easy requests, too low on hard ones. */
  const wrong = (chance: number, row: number): number => chance * (exact.difficulty[row]! < 0.4 ? 1.6 : 0.7)

  it('right propensities, and a model that knows nothing of the requests', () => {
    const { bias, error } = biasOf({ ...draw, blind: true })
    expect(Math.abs(bias)).toBeLessThan(2 * error)
  })

  it('right propensities, and a model that says the opposite', () => {
    const { bias, error } = biasOf(draw, (model, row) => 1 - lineOf(model, exact.difficulty[row]!, 0))
    expect(Math.abs(bias)).toBeLessThan(2 * error)
  })

  it('wrong propensities, and a cross-fitted model of the right form', () => {
    const { bias, error } = biasOf({ ...draw, claimed: wrong })
    expect(Math.abs(bias)).toBeLessThan(2 * error)
    expect(Math.abs(biasOf({ ...draw, claimed: wrong }, undefined, 'ips').bias)).toBeGreaterThan(10 * error)
  })

  it('and wrong where both are', () => {
    const { bias, error } = biasOf({ ...draw, claimed: wrong, blind: true })
    expect(Math.abs(bias)).toBeGreaterThan(6 * error)
  })

  function biasOf(
    one: LoggedDraw,
    model?: (model: number, row: number) => number,
    name: EstimatorName = 'dr',
  ): { readonly bias: number; readonly error: number } {
    const truth = truthOf(one.matrix, one.figure, one.target)
    let [sum, squares] = [0, 0]
    for (let run = 0; run < RUNS; run++) {
      const { rows, contributions, drawn } = drawLog({ ...one, seed: seedOf(one.seed, run) })
      const given = model && Float64Array.from(drawn, (row) => model(one.target(row), row))
      const contribution = given === undefined ? contributions[name] : doublyRobust(rows, given)
      const off = pointOf(estimatorFigure(rows, contribution)) - truth
      sum += off
      squares += off * off
    }
    const bias = sum / RUNS
    return { bias, error: Math.sqrt((squares / RUNS - bias * bias) / RUNS) }
  }
})

function lineOf(model: number, difficulty: number, noise: number): number {
  return model === 0 ? 0.75 - 0.5 * difficulty + noise : 0.85 - 0.15 * difficulty + noise
}

/** Every request stands twice in it, once as much better as the other is worse: the line is exactly the mean of each. */
function aLinearMatrix(pairs: number, seed: number): KnownMatrix {
  const random = createRandom(seed)
  const half = Array.from({ length: pairs }, () => ({
    difficulty: random.next(),
    noise: 0.14 * random.next(),
  }))
  const rows = half.flatMap(({ difficulty, noise }) => [
    { difficulty, noise },
    { difficulty, noise: -noise },
  ])
  const outcomes = ['weak', 'strong'].map((model, index) =>
    anOutcome(
      model,
      rows.map(({ difficulty, noise }) => lineOf(index, difficulty, noise)),
      0.001,
    ),
  )
  const tokens = new Int32Array(rows.length).fill(100)
  return {
    name: 'linear',
    table: aTable({ outcomes, task: aText(rows.map(() => 'any')), inputTokensEstimate: tokens }),
    difficulty: Float64Array.from(rows, ({ difficulty }) => difficulty),
  }
}
