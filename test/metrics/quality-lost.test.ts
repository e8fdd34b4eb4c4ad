import { describe, expect, it } from 'vitest'
import { contributions } from '../../src/metrics/contributions.js'
import { qualityLost, type QualityLost } from '../../src/metrics/quality-lost.js'
import { FLAG_DOWNGRADED, FLAG_TRUNCATED, type Steps } from '../../src/replay/steps.js'
import { anOutcome, aRun, aTable, aText } from './builders.js'

const table = aTable({
  outcomes: [
    anOutcome('small', [0, 1, 0.5, 0, 0, NaN], 0.1),
    anOutcome('middle', [1, 0, 1, 1, 0, 1], 0.5),
    anOutcome('large', [1, 0, 1, 1, 0, 1], [2, 2, 2, 1, 2, 2]),
  ],
  task: aText(['debug', 'debug', 'explain', undefined, 'explain', 'explain']),
})

function lost(choose: readonly number[], parts: Partial<Steps> = {}): QualityLost {
  const run = aRun(table, (row) => choose[row]!, parts)
  const base = aRun(table, () => 2)
  return qualityLost({
    table,
    steps: run.steps,
    run: contributions(run.steps, 0),
    baseline: contributions(base.steps, 0),
    models: ['small', 'middle', 'large', 'unheard of'],
  })!
}

describe('quality lost against the baseline', () => {
  it('counts worse and better answers where both are known, and why they are worse', () => {
    const flags = Uint8Array.of(FLAG_DOWNGRADED, 0, FLAG_TRUNCATED, 0, 0, 0)
    const found = lost([0, 0, 0, -1, 0, 0], { flags })
    expect(found).toMatchObject({ compared: 5, worse: 3, better: 1, lost: 2.5, gained: 1 })
    expect(found.byCause).toEqual([
      { cause: 'downgraded', requests: 1, lost: 1 },
      { cause: 'refused', requests: 1, lost: 1 },
      { cause: 'truncated', requests: 1, lost: 0.5 },
    ])
    expect(found.byTask).toEqual([
      { task: null, compared: 1, worse: 1, better: 0, lost: 1, gained: 0 },
      { task: 'explain', compared: 2, worse: 1, better: 0, lost: 0.5, gained: 0 },
      { task: 'debug', compared: 2, worse: 1, better: 1, lost: 1, gained: 1 },
    ])
  })

  it('shows the worst requests beside the cheapest model that was best', () => {
    const { worst } = lost([0, 0, 0, -1, 0, 0])
    expect(worst.map(({ id }) => id)).toEqual(['r0', 'r3', 'r2'])
    expect(worst[0]).toEqual({
      id: 'r0',
      at: 0,
      task: 'debug',
      cause: 'choice',
      chosen: { model: 'small', quality: 0, costUsd: 0.1 },
      better: { model: 'middle', quality: 1, costUsd: 0.5 },
    })
    expect(worst[1]).toMatchObject({ cause: 'refused', chosen: { model: null, quality: 0, costUsd: 0 } })
  })

  it('lists those that lost most against the baseline before those that only another model answers better', () => {
    const { worst, worse } = lost([2, 2, 0, 2, 2, 2])
    expect(worse).toBe(1)
    expect(worst.map(({ id, better, cause }) => [id, better.model, cause])).toEqual([
      ['r2', 'middle', 'choice'],
      // Nothing chose it a worse answer than the baseline's.
      ['r1', 'small', null],
    ])
  })

  it('keeps twenty of the worst, in the order of the log among equals', () => {
    const size = 50
    const many = aTable({
      outcomes: [
        anOutcome('small', new Array<number>(size).fill(0), 1),
        anOutcome('large', new Array<number>(size).fill(1), NaN),
      ],
    })
    const [run, base] = [aRun(many, () => 0), aRun(many, () => 1)]
    const found = qualityLost({
      table: many,
      steps: run.steps,
      run: contributions(run.steps, 0),
      baseline: contributions(base.steps, 0),
      models: ['small', 'large'],
    })
    expect(found?.worst.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, row) => `r${row}`))
    expect(found?.worst[0]?.better.costUsd).toBeNull()
  })

  it('says nothing where no request is known under both', () => {
    const blind = aTable({ outcomes: [anOutcome('m', [NaN, NaN], 1)] })
    const run = aRun(blind, () => 0)
    const own = contributions(run.steps, 0)
    expect(qualityLost({ table: blind, steps: run.steps, run: own, baseline: own, models: ['m'] })).toBeNull()
  })
})
