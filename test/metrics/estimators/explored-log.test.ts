import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../../src/core/log-table.js'
import type { Policy } from '../../../src/core/policy.js'
import { createRandom } from '../../../src/core/random.js'
import { compare } from '../../../src/metrics/compare.js'
import type { RunMetrics } from '../../../src/metrics/result.js'
import { replay } from '../../../src/replay/replay.js'
import { decisionLine } from '../../../src/router/decision-log.js'
import { createRouter } from '../../../src/router/router.js'
import { aBudget, aPolicy } from '../../builders/a-policy.js'
import { aTable } from '../../builders/a-table.js'
import { importLog, jsonl, load, workdir } from '../../logs/workdir.js'
import { aLottery } from './a-lottery.js'
import { uniform } from './known-matrix.js'

function runsOf(table: LogTable, policies: readonly Policy[]): readonly RunMetrics[] {
  return compare({
    table,
    runs: policies.map((policy) => ({
      result: replay(table, policy),
      description: null,
      unservedQuality: 0,
      budgets: policy.file.budgets,
      policy,
    })),
    baseline: { index: 0, label: 'large', rule: 'named' },
    seed: 1,
    replicates: 400,
    filters: [],
    syntheticData: false,
    scaleToRequestsPerDay: null,
    tuning: null,
  }).runs
}

const fixed = (model: string): Policy => aPolicy({ policyId: model, selector: { kind: 'fixed', model } })
const CHANCE: Readonly<Record<string, number>> = { small: 0.6, medium: 0.75, large: 0.9 }

describe('the decision log of a router that explored', () => {
  const files = workdir()

  it('imported and replayed, says what each model alone would have been worth', async () => {
    const random = createRandom(5)
    const lines: string[] = []
    const logger = aPolicy({ exploration: { epsilon: 0.6 }, budgets: [aBudget('b', 1000)] })
    let now = Date.UTC(2026, 10, 2)
    const router = await createRouter(logger, {
      now: () => (now += 1000),
      onDecision: (record) => lines.push(decisionLine(record)),
    })
    const labels: object[] = []
    for (let index = 0; index < 1200; index++) {
      const id = `r${index}`
      const decision = await router.route({
        id,
        prompt: 'hi',
        scope: { org: 'acme' },
        inputTokensBound: 100,
        assessment: { difficulty: random.next() },
      })
      if (decision.kind !== 'route') throw new Error(decision.kind)
      await router.settle(decision.id, {
        inputTokens: 100,
        outputTokens: 50 + random.below(100),
        latencyMs: 500,
      })
      const quality = random.next() < CHANCE[decision.model]! ? 1 : 0
      labels.push({ id, outcomes: [{ model: decision.model, quality }] })
    }
    await router.close()
    const decisions = files.file('decisions.jsonl', `${lines.join('\n')}\n`)
    await importLog({
      files: [decisions, files.file('labels.jsonl', jsonl(...labels))],
      log: files.path('d.db'),
    })
    const table = load(files.path('d.db'))
    expect(Object.keys(table.propensities ?? {}).sort()).toEqual(['large', 'medium', 'small'])
    const [large, small, same] = runsOf(table, [fixed('large'), fixed('small'), logger])
    for (const run of [large, small]) {
      expect(run!.evidence).toMatchObject({ mode: 'logged-propensity', identification: 'estimated' })
      expect(run!.estimators!.overlap).toMatchObject({ supportedShare: 1, unsaidShare: 0 })
      // An interval of 95 % and as much again: a wrong weight would be off by a factor.
      const [low, high] = run!.qualityCi!
      expect(Math.abs(run!.quality! - CHANCE[run!.policyId]!)).toBeLessThan(high - low)
      expect(run!.costCi).not.toBeNull()
    }
    // The router's own policy with its own lots: all of it is in the log.
    expect(same!.evidence.identification).toBe('recorded')
    expect(same!.knownShare).toBe(1)
    // With other lots it is another draw of the same policy.
    const other = runsOf(table, [fixed('large'), aPolicy({ exploration: { epsilon: 0.6 }, seed: 99 })])[1]!
    expect(other.evidence.identification).toBe('estimated')
    expect(other.evidence.sentences.join(' ')).toContain('with its lots and its budgets')
  })

  it('lots that follow those of the log are refused', () => {
    const table = aLottery(full(1500), uniform(3), 3)
    const follower = aPolicy({ exploration: { epsilon: 0.6 } })
    const result = replay(table, follower)
    const model = Array.from(result.steps.model, (index, row) => (row % 5 === 0 ? index : table.chosen[row]!))
    const quality = model.map((index, row) => (index === table.chosen[row] ? 1 : NaN))
    const steps = { ...result.steps, model: Int16Array.from(model), quality: Float64Array.from(quality) }
    const run = {
      result: { ...result, steps },
      description: null,
      unservedQuality: 0,
      budgets: [],
      policy: follower,
    }
    const { runs } = compare({
      table,
      runs: [run],
      baseline: { index: 0, label: 'follower', rule: 'named' },
      seed: 1,
      replicates: 50,
      filters: [],
      syntheticData: false,
      scaleToRequestsPerDay: null,
      tuning: null,
    })
    expect(runs[0]!.estimators!.refused.quality).toContain('give the policy another `seed`')
  })
})

describe('budgets of the replayed policy', () => {
  const matrix = full(2000)
  const capped = aPolicy({
    policyId: 'capped',
    selector: { kind: 'fixed', model: 'large' },
    budgets: [
      {
        id: 'drip',
        scope: 'org',
        window: { kind: 'tokenBucket', capacity: 0.02, refillRate: { usd: 0.72, per: '1h' } },
      },
    ],
  })

  it('are in its decisions: a downgraded request is estimated as the smaller model, a refused one is known', () => {
    const table = aLottery(matrix, uniform(3), 8, true)
    const [truth] = runsOf(matrix, [capped]) as [RunMetrics]
    const [, run] = runsOf(table, [fixed('large'), capped]) as [RunMetrics, RunMetrics]
    // Costs are what the planner expects, so both replays decide alike; about half of the requests are downgraded.
    expect(run.modelShare).toEqual(truth.modelShare)
    expect(run.downgraded).toBe(truth.downgraded)
    expect(run.downgraded).toBeGreaterThan(500)
    const { models, calls, meanWeight, meanWeightError } = run.estimators!.overlap
    const served = Object.fromEntries(models.map((one) => [one.model, one.calls / run.offered]))
    expect(served).toEqual(truth.modelShare)
    expect(calls).toBe(run.served)
    // The weights know nothing of the budget: their mean is 1 as for any target.
    expect(Math.abs(meanWeight! - 1)).toBeLessThan(4 * meanWeightError!)
    const [low, high] = run.estimators!.dr.qualityCi ?? [0, 0]
    expect(Math.abs((run.estimators!.dr.quality ?? NaN) - truth.quality!)).toBeLessThan(0.08)
    expect(low).toBeLessThanOrEqual(high)
    expect(run.meanCostUsd).toBeCloseTo(truth.meanCostUsd!, 3)
    expect(run.quality).toBe(run.estimators!.dr.quality)
  })

  it('refused requests count as unserved, without a weight', () => {
    const strict = aPolicy({
      policyId: 'strict',
      selector: { kind: 'fixed', model: 'large' },
      onExceed: { low: 'reject', normal: 'reject', high: 'reject' },
      budgets: [aBudget('hour', 0.5, { window: { kind: 'fixed', budgetDuration: '1h' } })],
    })
    const table = aLottery(matrix, uniform(3), 9, true)
    const [truth] = runsOf(matrix, [strict]) as [RunMetrics]
    const [, run] = runsOf(table, [fixed('large'), strict]) as [RunMetrics, RunMetrics]
    expect(run.rejected).toBe(truth.rejected)
    expect(run.rejected).toBeGreaterThan(500)
    expect(run.quality!).toBeLessThan(run.servedShare)
    expect(run.quality!).toBeCloseTo(run.servedShare * run.qualityServed!, 9)
    expect(Math.abs(run.quality! - truth.quality!)).toBeLessThan(0.08)
    expect(run.savedByRouting! + run.avoidedByRefusing!).toBeCloseTo(run.baselineCostUsd! - run.costUsd!, 9)
    expect(run.avoidedByRefusing!).toBeGreaterThan(0)
  })
})

/** Three models on every request, each call as long as the policy expects. */
function full(size: number): LogTable {
  const random = createRandom(77)
  return aTable(
    Array.from({ length: size }, (_, row) => ({
      at: Date.UTC(2026, 10, 2) + row * 10_000,
      scope: { org: 'acme' },
      difficulty: random.next(),
      inputTokens: 100,
      inputTokensBound: 100,
      maxOutputTokens: 100,
      chosen: 'large',
      outcomes: Object.fromEntries(
        ['small', 'medium', 'large'].map((model) => [
          model,
          {
            quality: random.next() < CHANCE[model]! ? 1 : 0,
            inputTokens: 100,
            outputTokens: 100,
            latencyMs: 1000,
          },
        ]),
      ),
    })),
  )
}
