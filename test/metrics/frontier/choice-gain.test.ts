import { describe, expect, it } from 'vitest'
import { bootstrapIntervals, pointOf } from '../../../src/metrics/bootstrap.js'
import { labelClusters } from '../../../src/metrics/clusters.js'
import { choiceGain, choiceTaskGain, outcomesOf } from '../../../src/metrics/frontier/choice-gain.js'
import { anOutcome, aTable, aText } from '../builders.js'

/** The cheap model is right on the even requests, which are one task; the dear one always. */
const SIZE = 40
const rows = Array.from({ length: SIZE }, (_, row) => row)
const models = [
  anOutcome(
    'cheap',
    rows.map((row) => (row % 2 === 0 ? 1 : 0)),
    1,
  ),
  anOutcome(
    'dear',
    rows.map(() => 1),
    3,
  ),
]
const task = aText(rows.map((row) => (row % 2 === 0 ? 'easy' : 'hard')))
const chosen = outcomesOf(
  rows.map((row) => row % 2),
  models,
)

describe('choiceGain', () => {
  it('is the quality above the mix of the same cost', () => {
    // Costs 2, halfway between 1 (quality 0.5) and 3 (quality 1): the mix has 0.75.
    expect(pointOf(choiceGain(chosen, models))).toBeCloseTo(0.25, 12)
  })

  it('is 0 for a single model', () => {
    for (const model of models) expect(pointOf(choiceGain(model, models))).toBeCloseTo(0, 12)
  })

  it('computes the hull anew in each replicate: a single model has no gain in any', () => {
    const clusters = labelClusters(aTable({ outcomes: models }))
    const figures = models.map((model) => choiceGain(model, models))
    const intervals = bootstrapIntervals({ clusters, figures, replicates: 200, seed: 1 })
    for (const interval of intervals) expect(Math.max(...(interval ?? [1]).map(Math.abs))).toBeLessThan(1e-9)
  })
})

describe('choiceTaskGain', () => {
  it('is 0 for what a table of tasks does, and not above it for the best model of all', () => {
    expect(pointOf(choiceTaskGain(chosen, models, task))).toBeCloseTo(0, 12)
    for (const model of models)
      expect(pointOf(choiceTaskGain(model, models, task))).toBeLessThanOrEqual(1e-12)
  })

  it('is the gain over the hull where there is one task', () => {
    const one = aText(rows.map(() => 'all'))
    expect(pointOf(choiceTaskGain(chosen, models, one))).toBeCloseTo(0.25, 12)
  })
})
