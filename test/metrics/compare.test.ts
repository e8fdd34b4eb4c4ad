import { describe, expect, it } from 'vitest'
import { policyFileSchema, type BudgetSpec } from '../../src/core/policy-schema.js'
import { compare } from '../../src/metrics/compare.js'
import {
  FLAG_BOUND,
  FLAG_COST_ESTIMATED,
  FLAG_DEFERRED,
  FLAG_DOWNGRADED,
  FLAG_NO_OUTCOME,
  type ReplayResult,
} from '../../src/replay/steps.js'
import { aComparison, aModel, anOutcome, aPoolWindow, aRun, aTable, aText } from './builders.js'
import { aRouter, aTruth } from './known-truth.js'

const DAY = 86_400_000
const FREE = {
  inputPico: 0,
  outputPico: 0,
  cachedInputPico: 0,
  cacheWritePico: 0,
  perRequestPico: 0,
  maxInputPico: 0,
  priceTiers: [],
}

function budgets(...list: readonly object[]): readonly BudgetSpec[] {
  return policyFileSchema.parse({
    formatVersion: 1,
    policyId: 'p',
    models: [{ id: 'm', tier: 0 }],
    selector: { kind: 'cheapestCapable' },
    budgets: list,
  }).budgets
}

describe('compare, by hand', () => {
  const table = aTable({
    outcomes: [
      anOutcome('cheap', [1, 0, 1, NaN], [0.1, 0.1, 0.1, 0.1]),
      anOutcome('dear', [1, 1, 1, 1], [1, 1, 2, 4]),
    ],
  })
  const baseline = aRun(table, () => 1)

  it('splits savings into routing and refusing', () => {
    const [base, run] = compare(
      aComparison(table, [baseline, aRun(table, (row) => [0, 1, 0, -1][row]!)]),
    ).runs
    expect(base).toMatchObject({ costUsd: 8, savedByRouting: 0, avoidedByRefusing: 0, qualityDelta: 0 })
    expect(run).toMatchObject({ offered: 4, served: 3, rejected: 1, unresolved: 0, servedShare: 0.75 })
    expect(run!.baselineCostUsd).toBe(8)
    expect(run!.savedByRouting).toBeCloseTo(0.9 + 0 + 1.9, 9)
    expect(run!.avoidedByRefusing).toBe(4)
    expect(run!.costUsd).toBeCloseTo(1.2, 9)
    expect(run!.meanCostUsd).toBeCloseTo(0.3, 9)
  })

  it('counts a refused request with unservedQuality, and shows the answered ones beside it', () => {
    const input = aComparison(table, [baseline, aRun(table, (row) => [0, 1, 0, -1][row]!)])
    const [, zero] = compare(input).runs
    expect(zero).toMatchObject({ quality: 0.75, qualityServed: 1, knownShare: 1, qualityDelta: -0.25 })
    const half = compare({ ...input, runs: input.runs.map((run) => ({ ...run, unservedQuality: 0.5 })) })
    expect(half.runs[1]).toMatchObject({ quality: 0.875, qualityServed: 1 })
  })

  it('keeps unknown quality unknown, with bounds', () => {
    const [, run] = compare(aComparison(table, [baseline, aRun(table, () => 0)])).runs
    expect(run).toMatchObject({ quality: null, qualityServed: null, knownShare: 0.75, qualityDelta: null })
    expect(run!.evidence.qualityBounds).toEqual([0.5, 0.75])
    expect(run!.qualityDeltaKnownShare).toBe(0.75)
    expect(run!.qualityDeltaBounds).toEqual([-0.5, -0.25])
    expect(run!.evidence.sentences.join(' ')).toMatch(/known for only 75 % .* between 0.500 and 0.750/)
  })

  it('gives no interval from four requests, and says why', () => {
    const [, run] = compare(aComparison(table, [baseline, aRun(table, () => 1)])).runs
    expect(run).toMatchObject({ costCi: null, qualityCi: null, savingsCi: null })
    expect(run!.evidence.resampling).toEqual({
      unit: 'requests',
      units: 4,
      replicates: 0,
      note: 'only 4 requests, 10 are needed for an interval',
    })
  })

  it('reads steps in any order', () => {
    const run = aRun(table, (row) => [0, 1, 0, -1][row]!)
    const order = [2, 0, 3, 1]
    const turn = <T extends Uint8Array | Int16Array | Int32Array | Float64Array>(values: T): T =>
      values.map((_, step) => values[order[step]!]!) as T
    const { steps } = run
    const turned: ReplayResult = {
      ...run,
      steps: {
        ...steps,
        row: turn(steps.row),
        end: turn(steps.end),
        model: turn(steps.model),
        costNanoUsd: turn(steps.costNanoUsd),
        quality: turn(steps.quality),
        latencyMs: turn(steps.latencyMs),
        delayMs: turn(steps.delayMs),
        difficulty: turn(steps.difficulty),
        flags: turn(steps.flags),
        reason: turn(steps.reason),
        wanted: turn(steps.wanted),
        requiredTier: turn(steps.requiredTier),
      },
    }
    const of = (result: ReplayResult) => compare(aComparison(table, [baseline, result]))
    expect(of(turned)).toEqual(of(run))
  })

  it('survives a log without requests', () => {
    const none = aTable({ outcomes: [anOutcome('cheap', [], [])] })
    const { runs, charts, references } = compare(
      aComparison(none, [aRun(none, () => 0), aRun(none, () => 0)]),
    )
    expect(runs[1]).toMatchObject({ offered: 0, costUsd: null, quality: null, routingSkill: 'no evidence' })
    expect(charts[0]!.endsByTime).toEqual([])
    expect(references).toEqual({ singles: [], hull: [], oracle: null, randomMix: [] })
  })

  it('refuses steps that do not cover the log, and a baseline that is no run', () => {
    const short = aRun(aTable({ outcomes: [anOutcome('cheap', [1], 1)] }), () => 0)
    expect(() => compare(aComparison(table, [short]))).toThrow(/cover all 4 rows, got 1/)
    const input = aComparison(table, [baseline])
    expect(() => compare({ ...input, baseline: { ...input.baseline, index: 3 } })).toThrow(/got 3/)
  })

  it('names shares of estimated cost and missing outcomes', () => {
    const flags = Uint8Array.of(0, 0, 0, FLAG_COST_ESTIMATED | FLAG_NO_OUTCOME)
    const [run] = compare(aComparison(table, [aRun(table, () => 1, { flags })])).runs
    expect(run!.evidence).toMatchObject({ costEstimatedShare: 0.25, noOutcomeShare: 0.25 })
    expect(run!.evidence.sentences.join(' ')).toMatch(/cost of 25 % of the requests is estimated/)
  })

  it('compares in the money that replay charges where the log has no costs', () => {
    const unpriced = aTable({ outcomes: [anOutcome('a', [1, 0], NaN), anOutcome('b', [1, 1], NaN)] })
    const run = aRun(unpriced, (row) => row)
    const prices = { ...FREE, inputPico: 1_000_000, outputPico: 2_000_000 }
    const models = [aModel(0, 'a', prices), { ...aModel(1, 'b'), expectedCostNanoUsd: 5e6 }]
    const steps = { ...run.steps, models, costNanoUsd: Float64Array.of(900_000, 5e6) }
    const { references, runs } = compare(aComparison(unpriced, [{ ...run, steps }]))
    // 100 tokens in x 1 + 400 out x 2 micro-dollars; the other model's measured mean.
    expect(references.hull).toEqual([
      { label: 'a', costUsd: 0.0009, quality: 0.5 },
      { label: 'b', costUsd: 0.005, quality: 1 },
    ])
    expect(runs[0]!.gainOverHull.points).toBeCloseTo(0.25, 9)
  })

  it('lists singles, hull and oracle of widely known models', () => {
    const { references } = compare(aComparison(table, [baseline]))
    expect(references.singles.map(({ label }) => label)).toEqual(['cheap', 'dear'])
    // The cheap model is unknown on a quarter of the requests: no part of the hull.
    expect(references.hull).toEqual([{ label: 'dear', costUsd: 2, quality: 1 }])
    expect(references.oracle).toBeNull()
  })
})

describe('compare on a log with known truth', () => {
  const truth = aTruth(1000, 1, 200)
  const results = [aRun(truth.table, () => 1), aRun(truth.table, aRouter(truth, 0.9, 2))]
  const result = compare(aComparison(truth.table, results))

  it('is plain JSON, the same bytes for the same seed, another id for another', () => {
    const text = JSON.stringify(result)
    expect(JSON.parse(text)).toEqual(result)
    expect(JSON.stringify(compare(aComparison(truth.table, results)))).toBe(text)
    const other = compare({ ...aComparison(truth.table, results), seed: 2 })
    expect(other.runId).not.toBe(result.runId)
    expect(other.runs[1]!.qualityCi).not.toEqual(result.runs[1]!.qualityCi)
  })

  it('holds its points inside its intervals', () => {
    const run = result.runs[1]!
    const inside = (value: number | null, ci: readonly [number, number] | null) => {
      expect(ci![0]).toBeLessThan(value!)
      expect(ci![1]).toBeGreaterThan(value!)
    }
    inside(run.meanCostUsd, run.costCi)
    inside(run.quality, run.qualityCi)
    inside(run.qualityDelta, run.qualityDeltaCi)
    inside(run.savedByRouting! / run.baselineCostUsd!, run.savingsCi)
    inside(run.control.gain, run.control.gainCi)
    inside(run.gainOverHull.points, run.gainOverHull.ci)
    expect(run.evidence.resampling).toEqual({ unit: 'sessions', units: 200, replicates: 1000, note: null })
    expect(run.evidence.mode).toBe('full-matrix')
  })

  it('pairs the difference: tighter than two separate intervals', () => {
    const [base, run] = result.runs
    const width = (ci: readonly [number, number] | null) => ci![1] - ci![0]
    expect(width(run!.qualityDeltaCi)).toBeLessThan(width(run!.qualityCi) + width(base!.qualityCi))
  })

  it('never prints an interval of one point for a quality without a miss', () => {
    const perfect = aTable({ outcomes: [anOutcome('a', new Array<number>(100).fill(1), 0.01)] })
    const [, run] = compare(aComparison(perfect, [aRun(perfect, () => 0), aRun(perfect, () => 0)])).runs
    expect(run!.qualityCi).toEqual([expect.closeTo(0.9638, 4), 1])
    expect(run!.qualityDeltaCi).toEqual([expect.closeTo(-0.0362, 4), expect.closeTo(0.0362, 4)])
  })

  it('knows no fixed mix cheaper than the cheapest model, but sees one that is beaten', () => {
    const half = [1, 0]
    const quality = (model: number) => Array.from({ length: 100 }, (_, row) => (row % 2 === model ? 1 : 0))
    const cost = (model: number) => Array.from({ length: 100 }, (_, row) => half[(row + model) % 2]! + 0.1)
    const table = aTable({
      outcomes: [anOutcome('a', quality(0), cost(1)), anOutcome('b', quality(1), cost(0))],
    })
    const [, best, worst] = compare(
      aComparison(table, [
        aRun(table, () => 0),
        aRun(table, (row) => row % 2),
        aRun(table, (row) => (row % 8 === 1 || row % 2 === 0 ? -1 : 1)),
      ]),
    ).runs
    expect(best!.gainOverHull.points).toBeCloseTo(0.5, 9)
    expect(best!.routingSkillBecause).toMatch(/^It costs less than its cheapest model alone and still beats/)
    expect(worst!.gainOverHull).toEqual({ points: null, ci: null })
  })
})

describe('pools that bind', () => {
  const days = 12
  const truth = aTruth(1200, 4, 300)
  const at = Float64Array.from({ length: 1200 }, (_, row) => Math.floor((row * days * DAY) / 1200))
  const user = aText(Array.from({ length: 1200 }, (_, row) => `u${row % 40}`))
  const table = { ...truth.table, at, labels: { ...truth.table.labels, user } }
  const flags = Uint8Array.from({ length: 1200 }, (_, row) => (row % 20 === 0 ? FLAG_BOUND : 0))
  const windows = (count: number, budgetId = 'org-day') =>
    Array.from({ length: count }, (_, day) =>
      aPoolWindow({
        budgetId,
        start: (day * days * DAY) / count,
        end: ((day + 1) * days * DAY) / count,
        bindings: 5,
      }),
    )
  const compared = (result: ReplayResult, specs: readonly BudgetSpec[]) => {
    const input = aComparison(table, [aRun(table, () => 1), result])
    return compare({
      ...input,
      runs: input.runs.map((run, i) => (i === 1 ? { ...run, budgets: specs } : run)),
    }).runs[1]!
  }
  const run = (poolWindows: ReplayResult['poolWindows']): ReplayResult => ({
    ...aRun(table, (row) => row % 2, { flags }),
    poolWindows,
  })
  const orgDay = budgets({
    id: 'org-day',
    scope: 'org',
    maxBudget: 100,
    window: { kind: 'fixed', budgetDuration: '1d' },
  })

  it('draws whole windows', () => {
    const { evidence, qualityCi } = compared(run(windows(12)), orgDay)
    expect(evidence.resampling).toMatchObject({ unit: 'windows', units: 12 })
    expect(evidence.resampling.note).toBe(
      'budgets bind for 5.0 % of the requests: whole windows of budget org-day are drawn',
    )
    expect(qualityCi).not.toBeNull()
  })

  it('gives no interval under ten windows, and their number', () => {
    const { evidence, qualityCi, routingSkill, routingSkillBecause } = compared(run(windows(3)), orgDay)
    expect(qualityCi).toBeNull()
    expect(evidence.resampling.note).toMatch(/only 3 windows, 10 are needed for an interval/)
    expect(evidence.sentences.join(' ')).toMatch(/No intervals are given/)
    expect(routingSkill).toBe('no evidence')
    expect(routingSkillBecause).toMatch(/only 3 windows/)
  })

  it('draws users where every binding pool belongs to one user', () => {
    const own = budgets({
      id: 'org-day',
      scope: ['org', 'user'],
      maxBudget: 1,
      window: { kind: 'fixed', budgetDuration: '1d' },
    })
    expect(compared(run(windows(3)), own).evidence.resampling).toMatchObject({ unit: 'users', units: 40 })
  })

  it('measures windows without calendar from the budget', () => {
    const sliding = (budgetDuration: string) =>
      budgets({ id: 'org-day', scope: 'org', maxBudget: 9, window: { kind: 'sliding', budgetDuration } })
    const pools = [aPoolWindow({ budgetId: 'org-day', end: null, bindings: 60 })]
    expect(compared(run(pools), sliding('24h')).evidence.resampling).toMatchObject({ units: 12 })
    expect(compared(run(pools), sliding('48h')).evidence.resampling).toMatchObject({ units: 6 })
    const bucket = budgets({
      id: 'org-day',
      scope: 'org',
      window: { kind: 'tokenBucket', capacity: 48, refillRate: { usd: 2, per: '1h' } },
    })
    expect(compared(run(pools), bucket).evidence.resampling).toMatchObject({ units: 12 })
    expect(compared(run(pools), []).evidence.resampling).toMatchObject({ units: 1, unit: 'windows' })
  })

  it('does not count the pools of a session as ties between sessions', () => {
    const mixed = budgets(
      { id: 'session', scope: 'session', maxBudget: 1, window: { kind: 'lifetime' } },
      { id: 'org-day', scope: 'org', maxBudget: 9, window: { kind: 'fixed', budgetDuration: '1d' } },
    )
    const pools = [...windows(12), aPoolWindow({ budgetId: 'session', end: null, bindings: 90 })]
    expect(compared(run(pools), mixed).evidence.resampling).toMatchObject({ unit: 'windows', units: 12 })
  })

  it('keeps sessions while pools bind for at most 1 %', () => {
    const seldom = Uint8Array.from({ length: 1200 }, (_, row) => (row % 100 === 0 ? FLAG_BOUND : 0))
    const result = { ...aRun(table, (row) => row % 2, { flags: seldom }), poolWindows: windows(3) }
    expect(compared(result, orgDay).evidence.resampling).toMatchObject({ unit: 'sessions', units: 300 })
  })

  it('sums budgets up: violations, overspend, and what lay unused where something was stopped', () => {
    const pools = [
      aPoolWindow({ bindings: 2, spentNanoUsd: 90e9 }),
      aPoolWindow({ start: DAY, spentNanoUsd: 10e9 }),
      aPoolWindow({ budgetId: 'drip', end: null, bindings: 1, spentNanoUsd: 50e9, peakNanoUsd: 80e9 }),
      aPoolWindow({ budgetId: 'drip', violated: true, spentNanoUsd: 101e9, overspendNanoUsd: 1e9 }),
    ]
    const { budget } = compared({ ...run(pools), capGuarantee: 'proved' }, orgDay)
    expect(budget).toEqual({
      capGuarantee: 'proved',
      pools: 4,
      violations: 1,
      overspendUsd: 1,
      strandedUsd: 10 + 20,
    })
  })
})

describe('chart rows', () => {
  const table = aTable({
    outcomes: [anOutcome('a', [1, 0, 1, NaN], 1), anOutcome('b', [1, 1, 1, 1], 2)],
    task: aText(['debug', 'debug', undefined, 'debug']),
    at: Float64Array.of(0, 1000, 2000, 3_600_000),
  })
  const result: ReplayResult = {
    ...aRun(table, (row) => [0, 1, -1, 0][row]!, {
      difficulty: Float64Array.of(0.05, 0.3, 0.5, 1),
      flags: Uint8Array.of(FLAG_DOWNGRADED, FLAG_DEFERRED, 0, 0),
    }),
    poolWindows: [aPoolWindow({ label: 'x' }), aPoolWindow({ label: 'y', bindings: 3 })],
    poolSeries: [
      { budgetId: 'day', label: 'x', capNanoUsd: 5e9, points: [{ at: 0, usedNanoUsd: 1e9 }] },
      { budgetId: 'day', label: 'y', capNanoUsd: 5e9, points: [] },
    ],
  }
  const charts = compare(aComparison(table, [result])).charts[0]!

  it('counts by difficulty decile, the last one closed', () => {
    expect(charts.mixByDifficulty).toEqual([
      { from: 0, to: 0.1, model: 'a', requests: 1 },
      { from: 0.3, to: 0.4, model: 'b', requests: 1 },
      { from: 0.9, to: 1, model: 'a', requests: 1 },
    ])
  })

  it('counts by task, unknown quality stays unknown', () => {
    expect(charts.mixByTask).toEqual([
      { task: 'debug', model: 'a', requests: 2, quality: null, costUsd: 2 },
      { task: 'debug', model: 'b', requests: 1, quality: 1, costUsd: 2 },
    ])
  })

  it('counts by time in round bins', () => {
    expect(charts.endsByTime).toHaveLength(61)
    expect(charts.endsByTime[0]).toEqual({
      at: 0,
      served: 2,
      downgraded: 1,
      deferred: 1,
      rejected: 1,
      costUsd: 3,
    })
    expect(charts.endsByTime.at(-1)).toMatchObject({ at: 3_600_000, served: 1 })
  })

  it('shows the pools that stopped most first, and why requests ended as they did', () => {
    expect(charts.poolSpend.map(({ label }) => label)).toEqual(['y', 'x'])
    expect(charts.poolWindows.map(({ label }) => label)).toEqual(['y'])
    expect(charts.budgets).toMatchObject([{ budgetId: 'day', pools: 2, bindings: 3, strandedUsd: 40 }])
    expect(charts.reasons).toEqual([
      { reason: 'plan', requests: 3 },
      { reason: 'refused', requests: 1 },
    ])
  })
})
