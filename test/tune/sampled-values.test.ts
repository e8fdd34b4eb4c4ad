import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import { parsePolicy } from '../../src/core/policy.js'
import { createRandom } from '../../src/core/random.js'
import { inRowOrder } from '../../src/metrics/row-order.js'
import { replay } from '../../src/replay/replay.js'
import { loggedOnly } from '../../src/replay/rows.js'
import { sampledValues } from '../../src/tune/sampled-values.js'
import { aPlantedLog, aPolicyFile, aTune, parsed } from './builders.js'

const SIZE = 6000
const { table: full } = aPlantedLog(SIZE, 11)
const DEAR_PLACE = 1

/** What a team has whose traffic all goes to the dear model, with the cheap one's answers to a sample. */
function aSampledLog(chanceOf: (row: number) => number, seed: number): LogTable {
  const random = createRandom(seed)
  const log = loggedOnly({ ...full, chosen: new Int32Array(SIZE).fill(DEAR_PLACE) })
  const probability = Float64Array.from(full.ids, (_, row) =>
    random.next() < chanceOf(row) ? chanceOf(row) : 0,
  )
  const [cheap] = full.outcomes
  const answered = (values: Float64Array): Float64Array =>
    values.map((value, row) => ((probability[row] ?? 0) > 0 ? value : NaN))
  const outcomes = log.outcomes.map((outcome) =>
    outcome.model === 'cheap' && cheap !== undefined
      ? { ...cheap, quality: answered(cheap.quality), costNanoUsd: answered(cheap.costNanoUsd) }
      : outcome,
  )
  return { ...log, outcomes, sampled: { models: ['cheap'], probability } }
}

const uneven = (row: number): number => (row % 3 === 0 ? 0.4 : 0.1)
const policy = parsePolicy(aPolicyFile({ tierBoundaries: [0.3] }))

function meanOf(table: LogTable, figure: 'quality' | 'cost'): number {
  const steps = inRowOrder(replay(table, policy).steps, table.size)
  const values = sampledValues(table, steps, figure, figure === 'quality' ? steps.quality : steps.costNanoUsd)
  return values.reduce((sum, value) => sum + value, 0) / table.size
}

describe('what a policy is worth by a sample', () => {
  it.each(['quality', 'cost'] as const)('is right on average: %s', (figure) => {
    const truth = meanOf(full, figure)
    const found = Array.from({ length: 40 }, (_, seed) => meanOf(aSampledLog(uneven, seed), figure))
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length
    const spread = Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (found.length - 1))
    expect(Math.abs(mean - truth)).toBeLessThanOrEqual(3 * (spread / Math.sqrt(found.length)) + 1e-9 * truth)
    expect(spread / truth).toBeLessThan(0.05)
  })

  it('is what replay says where no sample was attached', () => {
    const values = Float64Array.of(1, NaN)
    expect(sampledValues(full, replay(full, policy).steps, 'quality', values)).toBe(values)
  })

  it('is unknown for a model that was not asked', () => {
    const log = aSampledLog(uneven, 1)
    const other = { ...log, sampled: { models: ['another'], probability: log.sampled!.probability } }
    const steps = inRowOrder(replay(other, policy).steps, SIZE)
    const values = sampledValues(other, steps, 'quality', steps.quality)
    const isCheap = Array.from(steps.model, (model) => steps.models[model]?.id === 'cheap')
    expect(isCheap).toContain(true)
    expect(isCheap.every((is, row) => !is || Number.isNaN(values[row]))).toBe(true)
  })
})

describe('tune by a sample', () => {
  it('finds a policy that keeps its promise on all answers', async () => {
    const result = await aTune(
      aSampledLog(() => 0.3, 3),
      { candidates: 120 },
    )
    if (result.kind === 'none') throw new Error(result.because)
    const { steps } = replay(full, parsed(result))
    const quality = steps.quality.reduce((sum, value) => sum + value, 0) / SIZE
    const costUsd = steps.costNanoUsd.reduce((sum, value) => sum + value, 0) / SIZE / 1e9
    const { heldOut } = result.tuning
    expect(quality).toBeGreaterThan(0.97 * 0.95 - 0.01)
    expect(costUsd).toBeLessThan(0.0085)
    expect(heldOut.qualityInterval![0]).toBeLessThan(quality)
    expect(heldOut.qualityInterval![1]).toBeGreaterThan(quality)
  })

  it('is refused where a part has too few of its answers', async () => {
    await expect(aTune(aSampledLog(() => 0.05, 3))).rejects.toThrow(
      /of the (validate|test) part; 100 are needed/,
    )
  })
})
