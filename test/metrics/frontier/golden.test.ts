import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../../src/core/log-table.js'
import { aiqRouterbenchCode } from '../../../src/metrics/frontier/aiq-routerbench-code.js'
import { aiq } from '../../../src/metrics/frontier/aiq.js'
import { apgr, pgr } from '../../../src/metrics/frontier/apgr.js'
import { cptUsd } from '../../../src/metrics/frontier/cpt-usd.js'
import { cpt } from '../../../src/metrics/frontier/cpt.js'
import {
  deferralCurve,
  normalisedDeferralArea,
  oracleDeferralCurve,
} from '../../../src/metrics/frontier/deferral-curve.js'
import { oracleGap } from '../../../src/metrics/frontier/oracle-gap.js'
import { savingAtMatchedQuality } from '../../../src/metrics/frontier/saving-at-matched-quality.js'
import { taskHull, taskHullGain } from '../../../src/metrics/frontier/task-hull-gain.js'
import { fullCurve, type ModelPair } from '../../../src/metrics/frontier/two-model-curve.js'
import { convexHull, qualityOnHull } from '../../../src/metrics/hull.js'
import { oracle } from '../../../src/metrics/oracle.js'
import type { Point } from '../../../src/metrics/result.js'
import { singlePoints, singles } from '../../../src/metrics/singles.js'
import {
  completeCases,
  DATA,
  hasData,
  matrixTable,
  pick,
  readCsv,
  readMainResults,
  withoutContaminated,
} from '../real-data.js'
import { aPoint } from './curves.js'

/** Reference figures of ../shared/data/README.md, and what the sets' authors published, in terms of these functions. */
if (!hasData) console.log(`golden tests skipped: no real data at ${DATA}`)

const pointsOf = (table: LogTable) => singlePoints(singles(table))

describe.skipIf(!hasData)('frontier figures on real data', () => {
  it.each([
    ['mbpp', '0.6655', '0.6621'],
    ['winogrande', '0.7973', '0.7814'],
  ])('RouterBench zero router on %s: both forms of AIQ', (task, paper, code) => {
    const points = pointsOf(
      matrixTable(
        'routerbench/outcomes.csv.gz',
        (row) => row['query_id']!.startsWith('rb5:') && row['task'] === task,
      ),
    )
    const costs = points.map(({ costUsd }) => costUsd)
    const range = { fromUsd: Math.min(...costs), toUsd: Math.max(...costs) }
    expect(aiq(points, range)!.toFixed(4)).toBe(paper)
    expect(aiqRouterbenchCode(points, range.toUsd)!.toFixed(4)).toBe(code)
  })

  it('RouterBench: a router by task gains over the hull of all and nothing over the hull of tasks', () => {
    const all = completeCases(
      matrixTable('routerbench/outcomes.csv.gz', (row) => row['query_id']!.startsWith('rb5:')),
    )
    const names = [/mistral-7b/i, /mixtral/i, /gpt-3.5/, /gpt-4-1106/]
    const table = { ...all, outcomes: names.map((name) => all.outcomes.find((one) => name.test(one.model))!) }
    const taskOf = (row: number) => /^rb5:(arc|mbpp|winogrande)/.exec(table.ids[row]!)![1]!
    const tasks = ['arc', 'mbpp', 'winogrande'].map((task) => {
      const rows = pick(table, (row) => taskOf(row) === task)
      return { task, requests: rows.size, points: pointsOf(rows) }
    })
    // ARC is easy for Mixtral, the rest goes to the strong model, as in ../golden.test.ts, where it gains 0.0173.
    const chosen = tasks.map(({ task, requests, points }) => {
      const point = points[task === 'arc' ? 1 : 3]!
      return { cost: requests * point.costUsd, quality: requests * point.quality }
    })
    const policy = {
      costUsd: chosen.reduce((sum, { cost }) => sum + cost, 0),
      quality: chosen.reduce((sum, { quality }) => sum + quality, 0) / table.size,
    }
    const hull = convexHull(pointsOf(table))
    expect(policy.quality - qualityOnHull(hull, policy.costUsd / table.size)!).toBeCloseTo(0.0173, 4)
    expect(taskHullGain(tasks, policy)!).toBeLessThanOrEqual(1e-9)
    expect(taskHull(tasks).at(-1)!.quality).toBeGreaterThanOrEqual(hull.at(-1)!.quality)
  })

  it('RouterBench: the oracle of all 11 models, and the price of a failure from which the best model pays', () => {
    const table = completeCases(
      matrixTable('routerbench/outcomes.csv.gz', (row) => row['query_id']!.startsWith('rb5:')),
    )
    const points = pointsOf(table)
    const { quality, costUsd } = oracle(table)
    const best = points.find(({ label }) => /gpt-4-1106/.test(label))!
    const gap = oracleGap(best, points, aPoint(costUsd!, quality!))!
    expect(gap.gain).toBeCloseTo(0, 12)
    expect(gap.gap).toBeCloseTo(0.9756 - 0.8794, 4)
    expect(gap.recovered).toBeCloseTo(0, 12)
  })

  it('RouteLLM GSM8K: counts, oracle and its share of strong calls, at list prices of 24.7 : 0.24', () => {
    const table = withoutContaminated(matrixTable('routellm_gsm8k/outcomes.csv.gz'))
    const answersOf = (name: RegExp, cost: number) => {
      const { quality } = table.outcomes.find(({ model }) => name.test(model))!
      return { quality, costNanoUsd: quality.map(() => cost * 1e9) }
    }
    const answers = { weak: answersOf(/Mixtral/, 0.24), strong: answersOf(/gpt-4/, 24.7) }
    const curve = oracleDeferralCurve(answers)
    // What the strong model alone gets right (382), what makes no difference (739 + 92), what it alone gets wrong (94).
    expect(curve.map(({ strongShare }) => Math.round(strongShare * 1307))).toEqual([
      0,
      382,
      382 + 739 + 92,
      1307,
    ])
    expect((curve[0]!.quality * 100).toFixed(4)).toBe('63.7337')
    expect((curve[1]!.quality * 100).toFixed(3)).toBe('92.961')
    expect((curve[1]!.strongShare * 100).toFixed(3)).toBe('29.227')
    expect(curve[2]!.quality).toBe(curve[1]!.quality)
    expect((curve[3]!.quality * 100).toFixed(4)).toBe('85.7689')

    const [weak, strong] = [curve[0]!, curve[3]!].map((end): Point => ({ label: '', ...end }))
    const pair: ModelPair = { weak: weak!, strong: strong! }
    // (382 - 94) / 382 of the oracle's strong calls reach the strong model's own quality.
    expect(cpt(curve, pair, 100)).toBeCloseTo(288 / 1307, 9)
    expect(cpt(curve, pair, 50)).toBeCloseTo(144 / 1307, 9)
    expect(cptUsd(curve, pair, 50)).toBeCloseTo(0.24 + (24.7 - 0.24) * (144 / 1307), 9)
    const coins = deferralCurve(answers, new Float64Array(table.size))
    expect(apgr(coins, pair)).toBeCloseTo(0.5, 12)
    expect(apgr(curve, pair)).toBeGreaterThan(1)
    const hindsight = answers.strong.quality.map((value, row) => value - answers.weak.quality[row]!)
    expect(normalisedDeferralArea(answers, hindsight)).toBeCloseTo(1, 12)
    expect(normalisedDeferralArea(answers, new Float64Array(table.size))).toBeCloseTo(0, 12)
  })

  it("Qwen mini: the published table from its logged strategies (costs in CNY), and its routers' recovered gap", () => {
    const published = readMainResults()
    const predictions = readCsv('qwen_mini/test_predictions_raw.csv.gz')
    const logged = (strategy: string) => {
      const rows = predictions.filter((row) => row['strategy'] === strategy)
      const mean = (column: string) => rows.reduce((sum, row) => sum + Number(row[column]), 0) / rows.length
      return {
        label: strategy,
        requests: rows.length,
        quality: mean('correct'),
        costUsd: mean('cost'),
        strongShare: mean('strong_used'),
      }
    }
    const names = ['always_cheap', 'always_strong', 'task_aware', 'learned_combined', 'reflection']
    const all = [...names, 'oracle_learned_rate', 'oracle_reflection_rate', 'global_oracle'].map(logged)
    const strong = all.find(({ label }) => label === 'always_strong')!
    for (const point of all) {
      const row = published.get(point.label)!
      expect(point.requests).toBe(Number(row['total']))
      expect(point.quality).toBeCloseTo(Number(row['accuracy']), 9)
      expect(point.costUsd).toBeCloseTo(Number(row['avg_cost']), 9)
      expect(point.strongShare).toBeCloseTo(Number(row['strong_usage_rate']), 9)
      const curve = { points: [point], reference: { ...strong, quality: point.quality } }
      expect(savingAtMatchedQuality(curve, curve)!.share).toBeCloseTo(
        Number(row['cost_reduction_vs_always_strong']),
        6,
      )
    }
    const [weak, , ...routers] = all
    const pair: ModelPair = { weak: weak!, strong }
    // A coin recovers as much of the gap as its share of strong calls: learned_combined does worse than that.
    const taskAware = routers.find(({ label }) => label === 'task_aware')!
    const learned = routers.find(({ label }) => label === 'learned_combined')!
    expect(pgr(taskAware.quality, pair)).toBeCloseTo(0.03875 / 0.045, 9)
    expect(pgr(learned.quality, pair)!).toBeLessThan(learned.strongShare)
    // None of the routers is as good as the strong model.
    const curve = { points: [weak!, taskAware, learned], reference: strong }
    expect(savingAtMatchedQuality(curve, curve)).toBeNull()
  })

  it('Qwen mini: the published oracle at the learned rate lies on the deferral curve of hindsight', () => {
    const published = readMainResults()
    const table = matrixTable('qwen_mini/outcomes_cny.csv.gz')
    const [cheap, strong] = [...table.outcomes].sort(
      (a, b) => a.costNanoUsd.reduce((x, y) => x + y) - b.costNanoUsd.reduce((x, y) => x + y),
    )
    const answers = { weak: cheap!, strong: strong! }
    const curve = oracleDeferralCurve(answers)
    const [first, last] = [curve[0]!, curve.at(-1)!].map((end): Point => ({ label: '', ...end }))
    const best = Math.max(...curve.map(({ quality }) => quality))
    expect(best).toBeCloseTo(Number(published.get('oracle_learned_rate')!['accuracy']), 9)
    // Hindsight needs as many strong calls as the global oracle makes, and may make up to 800 less those it loses by.
    const reached = curve.filter(({ quality }) => quality > best - 1e-9).map(({ strongShare }) => strongShare)
    expect(Math.min(...reached)).toBeCloseTo(Number(published.get('global_oracle')!['strong_usage_rate']), 9)
    expect(Math.max(...reached)).toBeGreaterThanOrEqual(
      Number(published.get('oracle_learned_rate')!['strong_usage_rate']),
    )
    const pair: ModelPair = { weak: first!, strong: last! }
    expect(first!.costUsd).toBeCloseTo(Number(published.get('always_cheap')!['avg_cost']), 9)
    expect(last!.costUsd).toBeCloseTo(Number(published.get('always_strong')!['avg_cost']), 9)
    // Published "random at the learned rate" is a mean of drawn permutations; a coin's expected value is on the line.
    const random = published.get('random_learned_rate')!
    const coin = fullCurve([], pair).map(({ quality }) => quality)
    const expected = coin[0]! + Number(random['strong_usage_rate']) * (coin[1]! - coin[0]!)
    expect(Math.abs(expected - Number(random['accuracy']))).toBeLessThan(
      Number(random['random_accuracy_std']),
    )
  })
})
