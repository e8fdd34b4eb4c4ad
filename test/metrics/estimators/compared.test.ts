import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../../src/core/log-table.js'
import type { Prices } from '../../../src/core/model.js'
import { createRandom } from '../../../src/core/random.js'
import { compare } from '../../../src/metrics/compare.js'
import type { Comparison, RunMetrics } from '../../../src/metrics/result.js'
import { renderHtml } from '../../../src/report/html.js'
import { renderText } from '../../../src/report/terminal.js'
import { seed as propertySeed } from '../../properties/seed.js'
import { aComparison, aModel, anOutcome, aRun, aTable } from '../builders.js'
import { aLottery } from './a-lottery.js'
import { aKnownMatrix, deterministic, epsilonGreedy, truthOf, uniform } from './known-matrix.js'

const matrix = aKnownMatrix(3000, 4)
const byDifficulty = (row: number): number => (matrix.difficulty[row]! > 0.5 ? 2 : 0)
const large = (): number => 2

function compared(
  table: LogTable,
  target: (row: number) => number,
  difficulty = matrix.difficulty,
): Comparison {
  const runs = [large, target].map((choose) => aRun(table, choose, { difficulty }))
  return compare({ ...aComparison(table, runs), replicates: 300 })
}

const ownRun = (comparison: Comparison): RunMetrics => comparison.runs[1]!

describe('a log that drew its models by lot', () => {
  const table = aLottery(matrix.table, uniform(3), 7, true)
  const comparison = compared(table, byDifficulty)
  const run = ownRun(comparison)
  const quality = truthOf(matrix, 'quality', byDifficulty)
  const cost = truthOf(matrix, 'cost', byDifficulty) / 1e9
  const dearCost = truthOf(matrix, 'cost', large) / 1e9

  it('quotes DR of quality and cost, with savings and difference request by request', () => {
    expect(run.evidence).toMatchObject({ mode: 'logged-propensity', identification: 'estimated' })
    expect(run.estimators).toMatchObject({ quoted: 'dr', refused: { quality: null, cost: null } })
    expect(run.quality).toBe(run.estimators!.dr.quality)
    expect(within(quality, run.qualityCi)).toBe(true)
    expect(within(cost, run.costCi)).toBe(true)
    expect(run.costBasis).toBe('weighted')
    expect(within(1 - cost / dearCost, run.savingsCi)).toBe(true)
    expect(within(quality - truthOf(matrix, 'quality', large), run.qualityDeltaCi)).toBe(true)
    expect(run.savedByRouting! / run.baselineCostUsd!).toBeCloseTo(1 - run.costUsd! / run.baselineCostUsd!, 9)
    expect(comparison.runs[0]).toMatchObject({ qualityDelta: 0, qualityDeltaCi: null, savingsCi: null })
  })

  it('shows every estimator, the effective sample size and the overlap', () => {
    const { overlap, ess, ...others } = run.estimators!
    expect(Object.keys(others)).toEqual(
      expect.arrayContaining(['ips', 'snips', 'clippedIps', 'dm', 'dr', 'switchDr']),
    )
    for (const name of ['ips', 'snips', 'dr'] as const)
      expect(within(quality, others[name].qualityCi)).toBe(true)
    expect(ess).toBeCloseTo(overlap.sameCallShare * 3000, 6)
    expect(overlap).toMatchObject({
      calls: 3000,
      usableShare: 1,
      supportedShare: 1,
      unsupportedShare: 0,
      unsaidShare: 0,
    })
    expect(overlap.weightQuantiles.map(({ weight }) => weight)).toEqual(Array.from({ length: 7 }, () => 3))
    expect(overlap.models.map(({ calls }) => calls).reduce((sum, calls) => sum + calls)).toBe(3000)
  })

  it('says so in text and on the first screen of the report', async () => {
    const text = renderText(comparison, { width: 140, color: false }).replace(/\s+/g, ' ')
    expect(text).toMatch(/“policy”: quality and cost estimated by DR from [\d,]+ recorded calls/)
    expect(text).not.toContain('Costs marked ~')
    const page = await renderHtml(comparison)
    const answer = page.slice(page.indexOf('id="answer"'), page.indexOf('id="unanswered"'))
    expect(answer).toContain('estimated by DR')
    expect(page).toContain('SNIPS: the same, self-normalised')
    expect(page).toMatch(/DR: doubly robust, cross-fitted <strong>\(quoted\)/)
  })

  it('SNIPS is quoted where nothing tells requests apart, and is the weighted mean', () => {
    const blank = {
      task: { values: [], codes: new Int32Array(3000).fill(-1) },
      inputTokensEstimate: new Int32Array(3000).fill(9),
    }
    const plain = { ...table, ...blank }
    const { quoted, because } = ownRun(
      compared(plain, byDifficulty, new Float64Array(3000).fill(0.5)),
    ).estimators!
    expect(quoted).toBe('snips')
    expect(because).toContain('nothing by which requests differ')
    const skewed = aLottery({ ...matrix.table, ...blank }, epsilonGreedy(3, 0.6, large), 3)
    const { quality: estimate } = ownRun(compared(skewed, byDifficulty, new Float64Array(3000).fill(0.5)))
    let [above, below] = [0, 0]
    skewed.chosen.forEach((model, row) => {
      if (model !== byDifficulty(row)) return
      below += 1 / skewed.propensity[row]!
      above += skewed.outcomes[model]!.quality[row]! / skewed.propensity[row]!
    })
    expect(estimate).toBeCloseTo(above / below, 12)
  })

  it('a full matrix is looked up', () => {
    expect(ownRun(compared(matrix.table, byDifficulty))).not.toHaveProperty('estimators')
    expect(ownRun(compared(matrix.table, byDifficulty)).evidence.identification).toBe('recorded')
  })
})

describe('no point estimate', () => {
  const refusedOf = (table: LogTable, target: (row: number) => number): RunMetrics => {
    const run = ownRun(compared(table, target))
    expect(run).toMatchObject({ quality: null, qualityCi: null, qualityDelta: null })
    expect(run.evidence.identification).toBe('not identified')
    expect(run.estimators).toMatchObject({ dr: { quality: null }, snips: { quality: null } })
    expect(within(truthOf(matrix, 'quality', target), run.estimators!.bounds.quality)).toBe(true)
    return run
  }

  it('of a log by a fixed rule: bounds, named not identified, and the way out', () => {
    const table = aLottery(matrix.table, deterministic(3, large), 1)
    const run = refusedOf(table, byDifficulty)
    expect(run.evidence.mode).toBe('logged-deterministic')
    expect(run.estimators!.quoted).toBeNull()
    expect(run.estimators!.refused.quality).toContain('gave no chance (small)')
    expect(run.estimators!.refused.quality).toContain('exploration')
    const text = renderText(compared(table, byDifficulty), { width: 140, color: false })
    expect(text).toContain('not identified')
  })

  it('where some requests gave a model no chance; the rest narrows the bounds', () => {
    const logger = (row: number): readonly number[] =>
      matrix.table.task.codes[row] === 0 ? [0, 0.5, 0.5] : [0.5, 0.25, 0.25]
    const table = aLottery(matrix.table, logger, 2, true)
    const { bounds, refused, overlap } = refusedOf(table, byDifficulty).estimators!
    const lost = matrix.table.ids.filter(
      (_, row) => byDifficulty(row) === 0 && matrix.table.task.codes[row] === 0,
    ).length
    expect(overlap.unsupportedShare).toBeCloseTo(lost / 3000, 12)
    expect(refused.quality).toMatch(
      /on 1\d(\.\d)? % of the requests it asks a model that the log gave no chance \(small\)/,
    )
    const assisted = bounds.qualityAssisted!
    expect(within(truthOf(matrix, 'quality', byDifficulty), assisted)).toBe(true)
    expect(assisted[1] - assisted[0]).toBeLessThan((bounds.quality[1] - bounds.quality[0]) / 2)
  })

  it('where such requests show in the mean of the weights alone', () => {
    const logger = (row: number): readonly number[] =>
      matrix.difficulty[row]! < 0.5 ? [0.1, 0.45, 0.45] : [0, 0.5, 0.5]
    const run = refusedOf(aLottery(matrix.table, logger, 2), () => 0)
    expect(run.estimators!.refused.quality).toMatch(/weights have a mean of 0\.\d+ where 1 is due/)
  })

  it.each([0.25, 0.02])(
    'where answers of a sample are missing (of %s of the requests), and blames these',
    (share) => {
      const table = aLottery(matrix.table, deterministic(3, large), 1)
      const probability = Float64Array.from(table.ids, (_, row) =>
        row % Math.round(1 / share) === 0 ? share : 0,
      )
      const drawn = (row: number): boolean => (probability[row] ?? 0) > 0
      const outcomes = table.outcomes.map((outcome, model) => ({
        ...outcome,
        quality: outcome.quality.map((value, row) =>
          model === 0 && drawn(row) && row % 3 === 0 ? matrix.table.outcomes[0]!.quality[row]! : value,
        ),
      }))
      const sampled = { models: ['small'], probability }
      const { refused } = refusedOf({ ...table, outcomes, sampled }, () => 0).estimators!
      expect(refused.quality).toContain('import --attach')
      expect(refused.quality).not.toMatch(/chance|propensit/)
    },
  )

  it('below an effective sample size of 100', () => {
    const run = refusedOf(aLottery(matrix.table, epsilonGreedy(3, 0.05, large), 5, true), () => 0)
    expect(run.estimators!.ess).toBeLessThan(100)
    expect(run.estimators!.refused.quality).toMatch(
      /effective sample size is \d+ \(100 are needed\).*epsilon/,
    )
  })

  it('where propensities do not fit the calls, or labels are missing', () => {
    const table = aLottery(matrix.table, uniform(3), 6)
    const doubled = { ...table, propensity: table.propensity.map((chance) => chance / 2) }
    expect(refusedOf(doubled, byDifficulty).estimators!.refused.quality).toContain('do not fit its calls')
    const outcomes = table.outcomes.map((outcome) => ({
      ...outcome,
      quality: outcome.quality.map((value, row) => (row % 10 === 0 ? NaN : value)),
    }))
    const unlabelled = refusedOf({ ...table, outcomes }, byDifficulty)
    expect(unlabelled.estimators!.refused).toMatchObject({ cost: null })
    expect(unlabelled.estimators!.refused.quality).toContain('known for only 90 %')
    expect(unlabelled).toMatchObject({ costBasis: 'weighted' })
  })

  it('of cascades and under faults', () => {
    const table = aLottery(matrix.table, uniform(3), 7)
    const scores = { scorer: 'recorded', recorded: 1, simulated: 0, missing: 0, errorRate: undefined }
    const runs = [aRun(table, large), { ...aRun(table, byDifficulty), scores }] as Parameters<
      typeof aComparison
    >[1]
    expect(compare(aComparison(table, runs)).runs[1]!.estimators!.refused.quality).toContain(
      'whether a cascade climbs',
    )
  })
})

/** The longest answer of a model, 8,192 tokens, costs a little more than any outcome below: a tenth of a cent. */
const PRICES: Prices = {
  inputPico: 0,
  outputPico: 125_000,
  cachedInputPico: 0,
  cacheWritePico: 0,
  perRequestPico: 0,
  maxInputPico: 0,
  priceTiers: [],
}

it(`bounds hold the truth of the finite log, whatever it is (seed ${propertySeed})`, () => {
  const log = fc.record({
    size: fc.integer({ min: 1, max: 40 }),
    models: fc.integer({ min: 2, max: 4 }),
    seed: fc.integer(),
    chance: fc.double({ min: 0.05, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(log, ({ size, models: count, seed, chance }) => {
      const random = createRandom(seed)
      const outcomes = Array.from({ length: count }, (_, model) =>
        anOutcome(
          `m${model}`,
          Array.from({ length: size }, () => random.next()),
          Array.from({ length: size }, () => random.next() / 1000),
        ),
      )
      const full = aTable({ outcomes })
      const targets = Array.from({ length: size }, () => random.below(count + 1) - 1)
      const logger = epsilonGreedy(count, chance, () => 0)
      const logged = aLottery(full, logger, seed)
      const models = outcomes.map(({ model }, index) => aModel(index, model, PRICES))
      const run = compare(
        aComparison(logged, [aRun(full, () => 0), aRun(logged, (row) => targets[row]!, { models })]),
      ).runs[1]!
      const truth =
        targets.reduce((sum, model, row) => sum + (model < 0 ? 0 : outcomes[model]!.quality[row]!), 0) / size
      const cost =
        targets.reduce((sum, model, row) => sum + (model < 0 ? 0 : outcomes[model]!.costNanoUsd[row]!), 0) /
        size /
        1e9
      const [low, high] = run.evidence.qualityBounds
      expect(truth).toBeGreaterThanOrEqual(low - 1e-12)
      expect(truth).toBeLessThanOrEqual(high + 1e-12)
      const [least, most] = run.estimators!.bounds.meanCostUsd
      expect(cost).toBeGreaterThanOrEqual(least - 1e-12)
      expect(cost).toBeLessThanOrEqual(most! + 1e-12)
    }),
    { seed: propertySeed, numRuns: 150 },
  )
})

function within(value: number, interval: readonly [number, number] | null): boolean {
  return interval !== null && interval[0] <= value && value <= interval[1]
}
