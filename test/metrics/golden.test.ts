import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import { compare } from '../../src/metrics/compare.js'
import { oracle } from '../../src/metrics/oracle.js'
import { shuffledRows } from '../../src/metrics/shuffled-rows.js'
import { singles, type SingleModel } from '../../src/metrics/singles.js'
import { aComparison, aRun } from './builders.js'
import {
  completeCases,
  DATA,
  hasData,
  imputeModelMean,
  matrixTable,
  readCsv,
  readMainResults,
  withoutContaminated,
} from './real-data.js'

/**
 * Reference figures recomputed from the real data (../shared/data/README.md, kept outside the project: several sets
 * state no licence). The same figures come from `tollgate inspect` and `tollgate replay --json` with `fixed` policies.
 */
if (!hasData) console.log(`golden tests skipped: no real data at ${DATA}`)

function best(table: LogTable): SingleModel {
  return singles(table).reduce((a, b) => ((b.meanQuality ?? -1) > (a.meanQuality ?? -1) ? b : a))
}

function cheapest(table: LogTable): SingleModel {
  return singles(table).reduce((a, b) => ((b.meanCostUsd ?? Infinity) < (a.meanCostUsd ?? Infinity) ? b : a))
}

describe.skipIf(!hasData)('reference figures on real data', () => {
  it('RouterBench few-shot, complete cases', () => {
    const table = completeCases(
      matrixTable('routerbench/outcomes.csv.gz', (row) => row['query_id']!.startsWith('rb5:')),
    )
    expect(table.size).toBe(3150)
    expect(best(table).model).toMatch(/gpt-4-1106/)
    expect(best(table).meanQuality).toBeCloseTo(0.8794, 4)
    expect(best(table).meanCostUsd).toBeCloseTo(0.005015, 6)
    expect(cheapest(table).model).toMatch(/mistral-7b/i)
    expect(cheapest(table).meanQuality).toBeCloseTo(0.5844, 4)
    expect(cheapest(table).meanCostUsd).toBeCloseTo(0.00008128, 8)
    expect(oracle(table).quality).toBeCloseTo(0.9756, 4)
    expect(oracle(table).costUsd).toBeCloseTo(0.0002083, 7)
  })

  it('RouterBench few-shot totals by task', () => {
    const rows = (task: string) =>
      singles(
        matrixTable(
          'routerbench/outcomes.csv.gz',
          (row) => row['query_id']!.startsWith('rb5:') && row['task'] === task,
        ),
      )
    const total = (models: readonly SingleModel[], name: RegExp) => {
      const model = models.find((each) => name.test(each.model))!
      return [model.meanQuality!, model.meanCostUsd! * (model.outcomes - model.unknownCost)] as const
    }
    for (const [task, name, quality, cost] of [
      ['mbpp', /gpt-4-1106/, 0.686, 4.004],
      ['winogrande', /gpt-4-1106/, 0.859, 4.473],
      ['mbpp', /mixtral/i, 0.541, 0.074],
      ['winogrande', /mixtral/i, 0.679, 0.268],
    ] as const) {
      const [meanQuality, totalUsd] = total(rows(task), name)
      expect(meanQuality).toBeCloseTo(quality, 3)
      expect(totalUsd).toBeCloseTo(cost, 3)
    }
  })

  it('SWE-bench Verified, unknown and zero costs imputed by model mean', () => {
    const table = imputeModelMean(
      matrixTable('openhands_index/outcomes.csv.gz', (row) => row['task'] === 'swe-bench'),
    )
    expect(table.size).toBe(500)
    expect(singles(table)).toHaveLength(34)
    expect(best(table)).toMatchObject({ model: expect.stringMatching(/claude-fable-5/) as string })
    expect(best(table).meanQuality).toBeCloseTo(0.958, 3)
    expect(best(table).meanCostUsd).toBeCloseTo(1.432, 3)
    expect(cheapest(table).model).toMatch(/DeepSeek-V4-Pro/)
    expect(cheapest(table).meanQuality).toBeCloseTo(0.732, 3)
    expect(cheapest(table).meanCostUsd).toBeCloseTo(0.0395, 4)
    expect(oracle(table).quality).toBeCloseTo(0.98, 3)
    expect(oracle(table).costUsd).toBeCloseTo(0.203, 3)
  })

  it('ZeroEval: best single model and oracle by task', () => {
    for (const [task, single, top] of [
      ['gsm', 0.9666, 0.9962],
      ['crux', 0.9625, 0.995],
      ['math-l5', 0.889, 0.9723],
    ] as const) {
      const table = matrixTable('zeroeval/outcomes.csv.gz', (row) => row['task'] === task)
      expect(best(table).meanQuality).toBeCloseTo(single, 4)
      expect(oracle(table).quality).toBeCloseTo(top, 4)
      if (task === 'gsm') expect(best(table).meanCostUsd).toBeCloseTo(0.00245, 5)
    }
  })

  it('RouteLLM GSM8K without contaminated prompts', () => {
    const table = withoutContaminated(matrixTable('routellm_gsm8k/outcomes.csv.gz'))
    expect(table.size).toBe(1307)
    const quality = (name: RegExp) => table.outcomes.find((each) => name.test(each.model))!.quality
    const strong = quality(/gpt-4/)
    const weak = quality(/Mixtral/)
    const counts = [0, 0, 0, 0]
    strong.forEach((value, row) => {
      const cell = (value === 1 ? 0 : 2) + (weak[row] === 1 ? 0 : 1)
      counts[cell] = counts[cell]! + 1
    })
    expect(counts).toEqual([739, 382, 94, 92])
    expect(singles(table).map((model) => model.meanQuality! * 100)).toEqual(
      expect.arrayContaining([expect.closeTo(85.7689, 4), expect.closeTo(63.7337, 4)]) as number[],
    )
    expect(singles(table).every((model) => model.meanCostUsd === null)).toBe(true)
    expect(oracle(table).quality! * 100).toBeCloseTo(92.961, 2)
    // At list prices the oracle asks the strong model only where it alone is right.
    expect((counts[1]! / table.size) * 100).toBeCloseTo(29.227, 3)
  })

  it('LLMDrift: the same names, March and June', () => {
    const table = matrixTable('llmdrift/outcomes.csv.gz', (row) => row['task'] === 'prime_full')
    const quality = (model: string) => singles(table).find((each) => each.model === model)!.meanQuality!
    expect(quality('gpt-4-0314')).toBeCloseTo(0.84, 3)
    expect(quality('gpt-4-0613')).toBeCloseTo(0.511, 3)
    expect(quality('gpt-3.5-turbo-0301')).toBeCloseTo(0.529, 3)
    expect(quality('gpt-3.5-turbo-0613')).toBeCloseTo(0.761, 3)
  })

  it('Qwen mini: the published table (costs in CNY)', () => {
    const published = readMainResults()
    const table = matrixTable('qwen_mini/outcomes_cny.csv.gz', () => true)
    expect(cheapest(table).meanQuality).toBeCloseTo(0.6825, 6)
    expect(best(table).meanQuality).toBeCloseTo(0.7275, 6)
    expect(oracle(table).quality).toBeCloseTo(0.7625, 6)
    expect(oracle(table).costUsd).toBeCloseTo(Number(published.get('global_oracle')!['avg_cost']), 7)
    expect(cheapest(table).meanCostUsd).toBeCloseTo(Number(published.get('always_cheap')!['avg_cost']), 7)
  })

  it('Qwen mini: the published routers, a negative control', () => {
    const published = readMainResults()
    const table = matrixTable('qwen_mini/outcomes_cny.csv.gz')
    const models = table.outcomes.map(({ model }) => model)
    const predictions = readCsv('qwen_mini/test_predictions_raw.csv.gz')
    const replayed = (strategy: string) => {
      const chosen = new Map(
        predictions
          .filter((row) => row['strategy'] === strategy)
          .map((row) => [row['canonical_id'], models.indexOf(row['selected_model'] ?? '')]),
      )
      return aRun(table, (row) => chosen.get(table.ids[row])!)
    }
    const names = ['always_strong', 'task_aware', 'learned_combined', 'global_oracle']
    const { runs } = compare(aComparison(table, names.map(replayed)))
    runs.forEach((run, index) => {
      const row = published.get(names[index]!)!
      expect(run.quality).toBeCloseTo(Number(row['accuracy']), 6)
      expect(run.costUsd).toBeCloseTo(Number(row['total_cost']), 4)
      expect(run.latencyMs.p50).not.toBeNull()
    })
    const [, taskAware, learned, best] = runs
    // Published: random at the learned router's rate 0.7252 (a sample of permutations), gain -0.0052 [-0.0100, -0.0006].
    expect(learned!.control.quality).toBeCloseTo(0.7252, 3)
    expect(learned!.control.gain).toBeCloseTo(-0.0052, 3)
    expect(learned!.control.gainCi![0]).toBeCloseTo(-0.01, 2)
    expect(learned!.control.gainCi![1]).toBeLessThan(0)
    expect(learned!.routingSkill).toBe('no evidence')
    expect(taskAware!.routingSkill).toBe('no evidence')
    expect(best!.routingSkill).toBe('yes')
  })

  it('a router by task has skill on RouterBench, and none once its outcomes are shuffled', () => {
    const all = completeCases(
      matrixTable('routerbench/outcomes.csv.gz', (row) => row['query_id']!.startsWith('rb5:')),
    )
    const names = [/mistral-7b/i, /mixtral/i, /gpt-3.5/, /gpt-4-1106/]
    const table = { ...all, outcomes: names.map((name) => all.outcomes.find((one) => name.test(one.model))!) }
    // ARC is easy for Mixtral; the rest goes to the strong model.
    const byTask = (row: number) => (table.ids[row]!.startsWith('rb5:arc') ? 1 : 3)
    const run = (log: LogTable) =>
      compare({ ...aComparison(log, [aRun(log, () => 3), aRun(log, byTask)]), replicates: 500 }).runs[1]!
    const real = run(table)
    expect(real.routingSkill).toBe('yes')
    // ../shared/data/README.md, "What plain routers gain": task mean +1.52 on the same four-model protocol.
    expect(real.gainOverHull.points).toBeCloseTo(0.0173, 4)
    expect(real.control.gain).toBeCloseTo(0.0178, 4)
    let found = 0
    for (let seed = 0; seed < 20; seed++) if (run(shuffledRows(table, seed)).routingSkill === 'yes') found++
    expect(found).toBeLessThanOrEqual(2)
  })

  it('the same figures come out of a comparison of fixed policies', () => {
    const table = completeCases(
      matrixTable('routerbench/outcomes.csv.gz', (row) => row['query_id']!.startsWith('rb5:')),
    )
    const index = (name: RegExp) => table.outcomes.findIndex(({ model }) => name.test(model))
    const fixed = [/gpt-4-1106/, /mistral-7b/i].map((name) => aRun(table, () => index(name)))
    const { runs, references, log } = compare(aComparison(table, fixed))
    expect(runs[0]!.quality).toBeCloseTo(0.8794, 4)
    expect(runs[0]!.meanCostUsd).toBeCloseTo(0.005015, 6)
    expect(runs[1]!.quality).toBeCloseTo(0.5844, 4)
    expect(runs[1]!.meanCostUsd).toBeCloseTo(0.00008128, 8)
    expect(references.oracle!.quality).toBeCloseTo(0.9756, 4)
    expect(references.oracle!.costUsd).toBeCloseTo(0.0002083, 7)
    expect(references.hull.at(-1)!.label).toMatch(/gpt-4-1106/)
    expect(log).toMatchObject({ requests: 3150, models: 11, evidence: 'full-matrix' })
    expect(runs.map((run) => run.routingSkill)).toEqual(['no evidence', 'no evidence'])
  })
})
