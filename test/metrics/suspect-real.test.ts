import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Prices } from '../../src/core/model.js'
import { labelClusters } from '../../src/metrics/clusters.js'
import { priceOrder } from '../../src/metrics/suspect/price-order.js'
import { suspectOutcomes } from '../../src/metrics/suspect/suspect-outcomes.js'
import { sharedCases } from '../../src/replay/rows.js'
import { aText } from './builders.js'
import { DATA, hasData, imputeModelMean, matrixTable, readCsv } from './real-data.js'

interface Metadata {
  readonly model: string
  readonly input_price: number | null
  readonly output_price: number | null
}

const pico = (usdPerMillion: number): number => Math.round(usdPerMillion * 1e6)

function pricesOf({ input_price: input, output_price: output }: Metadata): Prices | undefined {
  if (input === null || output === null) return undefined
  const inputPico = pico(input)
  return {
    inputPico,
    outputPico: pico(output),
    cachedInputPico: inputPico,
    cacheWritePico: inputPico,
    perRequestPico: 0,
    maxInputPico: inputPico,
    priceTiers: [],
  }
}

describe.skipIf(!hasData)('suspect outcomes of real logs (skipped where ../shared is absent)', () => {
  it('RouterBench: on Winogrande two models always answer alike, and no open task is taken for such', () => {
    const path = 'routerbench/outcomes.csv.gz'
    const table = matrixTable(path, (row) => row['query_id']!.startsWith('rb5:'))
    const tasks = new Map(readCsv(path).map((row) => [row['query_id'], row['task']]))
    const found = suspectOutcomes({ ...table, task: aText(table.ids.map((id) => tasks.get(id))) })
    expect(found.map(({ code, figures }) => [code, figures['task'], figures['models']])).toEqual([
      ['complementary-outcomes', 'winogrande', ['claude-instant-v1', 'meta/llama-2-70b-chat']],
      [
        'good-as-a-guess',
        'winogrande',
        expect.arrayContaining(['claude-instant-v1', 'meta/llama-2-70b-chat']),
      ],
    ])
    expect(found[0]?.figures['oneRight']).toBeCloseTo(0.977, 3)
  })

  it('ZeroEval: nothing is suspect, and complete cases keep the models that share most requests', () => {
    const path = 'zeroeval/outcomes.csv.gz'
    const table = matrixTable(path)
    const tasks = new Map(readCsv(path).map((row) => [row['query_id'], row['task']]))
    expect(suspectOutcomes({ ...table, task: aText(table.ids.map((id) => tasks.get(id))) })).toEqual([])
    const { table: shared, leftOut } = sharedCases(table)
    expect(shared.size).toBe(2825)
    expect(table.outcomes.length - leftOut.length).toBe(29)
    expect(leftOut).toContain('o1-preview-2024-09-12')
  })

  it('OpenHands: agents whose tokens are cheaper and whose tasks are dearer', () => {
    const table = imputeModelMean(matrixTable('openhands_index/outcomes.csv.gz'))
    const models = JSON.parse(
      readFileSync(`${DATA}openhands_index/models_metadata.json`, 'utf8'),
    ) as readonly Metadata[]
    const listed = models.map((one) => ({ id: one.model, tier: 0, prices: pricesOf(one) }))
    const named = ['DeepSeek-V4-Pro', 'Nemotron-3-Super', 'claude-opus-4-8']
    const [found, ...others] = priceOrder(
      table,
      listed.filter(({ id }) => named.includes(id)),
      { clusters: labelClusters(table), seed: 1 },
    )
    expect(others).toEqual([])
    expect(found?.figures).toMatchObject({
      listedCheaper: 'Nemotron-3-Super',
      listedDearer: 'DeepSeek-V4-Pro',
    })
    const [own = NaN, other = NaN] = found?.figures['costsUsd'] as readonly number[]
    expect(own / other).toBeGreaterThan(4)
  })
})
