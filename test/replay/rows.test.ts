import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import {
  completeCases,
  filterRows,
  imputeModelMeanCost,
  selectRows,
  sharedCases,
} from '../../src/replay/rows.js'
import { anOutcome, aTable } from '../metrics/builders.js'
import { importLog, jsonl, load, workdir } from '../logs/workdir.js'

const dir = workdir()

async function aLog(): Promise<LogTable> {
  const lines = jsonl(
    {
      id: 'a',
      at: 1793610000000,
      task: 'x',
      scope: { org: 'o' },
      outcomes: [outcome('m', 0.1, 1), outcome('n', 0, 0.5)],
    },
    { id: 'b', at: 1793610001000, outcomes: [outcome('m', 0.3, 0), outcome('n', undefined, undefined)] },
    { id: 'c', at: 1793610002000, outcomes: [outcome('m', 0, 1), outcome('n', 0.4, 1)] },
    { id: 'd', at: 1793610003000, outcomes: [outcome('m', undefined, 1)] },
  )
  await importLog({ log: dir.path('x.db'), files: [dir.file('l.jsonl', lines)] })
  return load(dir.path('x.db'))
}

function outcome(model: string, costUsd: number | undefined, quality: number | undefined): object {
  return { model, costUsd, quality }
}

describe('selectRows', () => {
  it('gives the rows in the given order and leaves the table as it was', async () => {
    const log = await aLog()
    const part = selectRows(log, [0, 2])
    expect(part.ids).toEqual(['a', 'c'])
    expect(part.size).toBe(2)
    expect([...part.at]).toEqual([1793610000000, 1793610002000])
    expect([...part.task.codes]).toEqual([0, -1])
    expect([...(part.labels['org']?.codes ?? [])]).toEqual([0, -1])
    expect([...(part.outcomes[1]?.quality ?? [])]).toEqual([0.5, 1])
    expect(log.size).toBe(4)
    expect(part.hash).toBe(log.hash)
  })

  it('filters', async () => {
    expect(filterRows(await aLog(), (_, row) => row > 1).ids).toEqual(['c', 'd'])
  })
})

describe('completeCases', () => {
  it('keeps requests with a known quality of every model', async () => {
    expect(completeCases(await aLog()).ids).toEqual(['a', 'c'])
    expect(completeCases(await aLog(), ['m']).ids).toEqual(['a', 'b', 'c', 'd'])
  })

  it('does not ask for models that have no outcome in the table', async () => {
    const log = filterRows(await aLog(), (_, row) => row === 3)
    expect(completeCases(log).ids).toEqual(['d'])
  })

  it('names a model that the log does not have', async () => {
    const log = await aLog()
    expect(() => completeCases(log, ['z'])).toThrow(RangeError)
  })
})

describe('sharedCases', () => {
  const known = (count: number, from = 0): number[] =>
    Array.from({ length: 100 }, (_, row) => (row >= from && row < from + count ? 1 : NaN))
  const table = aTable({
    outcomes: [
      anOutcome('all', known(100), 1),
      anOutcome('half', known(50), 1),
      anOutcome('most', known(95), 1),
      anOutcome('other most', known(92, 8), 1),
      anOutcome('nobody', known(0), NaN),
    ],
  })

  it('takes in the models that leave nine in ten of the requests, and names the others', () => {
    const { table: shared, leftOut } = sharedCases(table)
    expect(shared.size).toBe(95)
    expect(leftOut).toEqual(['other most', 'half'])
    expect(shared.outcomes.map(({ quality }) => quality.filter((value) => value === 1).length)).toEqual([
      95, 0, 95, 0, 0,
    ])
    expect(completeCases(shared).size).toBe(95)
    expect(completeCases(table).size).toBe(42)
  })

  it('is all of the complete cases where every model is known', () => {
    const whole = aTable({ outcomes: [anOutcome('a', known(100), 1), anOutcome('b', known(100), 1)] })
    expect(sharedCases(whole)).toMatchObject({ table: { size: 100 }, leftOut: [] })
  })
})

describe('imputeModelMeanCost', () => {
  it('replaces unknown and zero costs by the mean of the known ones, and adds no outcome', async () => {
    const log = imputeModelMeanCost(await aLog())
    expect([...(log.outcomes[0]?.costNanoUsd ?? [])]).toEqual([0.1e9, 0.3e9, 0.2e9, 0.2e9])
    expect([...(log.outcomes[1]?.costNanoUsd ?? [])]).toEqual([0.4e9, 0.4e9, 0.4e9, NaN])
  })
})
