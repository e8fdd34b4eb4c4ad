import { describe, expect, it } from 'vitest'
import { learnOutputTokens } from '../../src/tune/learn-output-tokens.js'
import { aTable, type TableRow } from '../builders/a-table.js'

/** `lengths` of model `a`, one request each. */
const rows = (lengths: readonly number[], task?: string): TableRow[] =>
  lengths.map((outputTokens, at) => ({
    at,
    ...(task === undefined ? {} : { task }),
    outcomes: { a: { outputTokens } },
  }))
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => last - i)
const learn = (given: readonly TableRow[]) =>
  learnOutputTokens(aTable(given), [{ id: 'a', prices: undefined }])

describe('learned output tokens', () => {
  it('are recorded lengths that at least the share did not pass', () => {
    expect(learn(rows(upTo(100))).byModel.get('a')).toEqual({
      outcomes: 100,
      mean: 51,
      quantiles: { '0.5': 50, '0.75': 75, '0.9': 90, '0.95': 95, '0.99': 99 },
      byTask: {},
    })
    expect(learn(rows([7])).byModel.get('a')?.quantiles).toEqual({
      '0.5': 7,
      '0.75': 7,
      '0.9': 7,
      '0.95': 7,
      '0.99': 7,
    })
  })

  it('are those of the task from 30 outcomes on', () => {
    const learned = learn([...rows(upTo(30), 'long'), ...rows(upTo(29), 'rare'), ...rows([1000])])
    const { byTask, outcomes } = learned.byModel.get('a') ?? {}
    expect(outcomes).toBe(60)
    expect(Object.keys(byTask ?? {})).toEqual(['long'])
    expect(byTask?.['long']).toMatchObject({ outcomes: 30, mean: 16, quantiles: { '0.5': 15, '0.99': 30 } })
  })

  it('count only outcomes whose output tokens are known, and say how many these are', () => {
    const unknown: TableRow = { at: 3, outcomes: { a: { quality: 1 }, b: { outputTokens: 5 } } }
    const learned = learn([...rows([10, 20]), unknown])
    expect(learned).toMatchObject({ outcomes: 3, counted: 2, fromCost: 0 })
    expect(learned.byModel.get('a')).toMatchObject({ outcomes: 2, mean: 15 })
    expect([...learned.byModel.keys()]).toEqual(['a'])
    expect(learn([{ at: 0, outcomes: { a: { quality: 1 } } }]).byModel.size).toBe(0)
  })

  it('follow from the cost where only that is recorded', () => {
    const prices = {
      inputPico: 1000,
      outputPico: 2000,
      cachedInputPico: 1000,
      cacheWritePico: 1000,
      perRequestPico: 50_000,
      maxInputPico: 1000,
      priceTiers: [],
    }
    const costs = [650, 651, 100, 0, undefined].map((costNanoUsd, at) => ({
      at,
      inputTokens: 100,
      outcomes: { a: costNanoUsd === undefined ? {} : { costNanoUsd } },
    }))
    const given = [...costs, { at: 5, outcomes: { a: { outputTokens: 750, costNanoUsd: 1 } } }]
    const learned = learnOutputTokens(aTable(given), [{ id: 'a', prices }])
    // 650 nano-dollars less 50 a call and 100 of input are 250 tokens; 100 do not even pay for the input, and 0 is no cost.
    expect(learned).toMatchObject({ outcomes: 6, counted: 4, fromCost: 3 })
    expect(learned.byModel.get('a')).toMatchObject({ mean: 313, quantiles: { '0.5': 250, '0.99': 750 } })
  })

  it('do not depend on the order of the rows', () => {
    const a = [...rows(upTo(40), 'x'), ...rows(upTo(50), 'w')]
    expect(JSON.stringify([...learn(a).byModel])).toBe(JSON.stringify([...learn([...a].reverse()).byModel]))
  })
})
