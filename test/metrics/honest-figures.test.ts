import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { budgetRows, budgetSummary } from '../../src/metrics/budgets.js'
import { compare, type ComparedRun } from '../../src/metrics/compare.js'
import { withReplayCosts } from '../../src/metrics/outcome-cost.js'
import { replay } from '../../src/replay/replay.js'
import { FLAG_COST_ESTIMATED } from '../../src/replay/steps.js'
import { aPolicy, LARGE, SMALL } from '../builders/a-policy.js'
import { aTable, type RowOutcome, type TableRow } from '../builders/a-table.js'
import { aComparison, anOutcome, aPoolWindow, aRun, aTable as aMatrix } from './builders.js'

const BOTH = { models: [SMALL, LARGE], tierBoundaries: [0.4, 0.7] }

function replayed(table: LogTable, parts: Partial<PolicyFileInput>): ComparedRun {
  const policy = aPolicy({ ...BOTH, ...parts })
  return { result: replay(table, policy), description: null, unservedQuality: 0, budgets: [], policy }
}

const only = (model: string): Partial<PolicyFileInput> => ({ selector: { kind: 'fixed', model } })

function comparison(table: LogTable, runs: readonly ComparedRun[]) {
  return compare({ ...aComparison(table, []), runs, replicates: 300 })
}

describe('shuffledDecisions under a policy', () => {
  const rows = Array.from({ length: 400 }, (_, index): TableRow => {
    const long = index % 2 === 0
    const call = { inputTokens: 100, outputTokens: 100 }
    return {
      at: index,
      scope: { org: long ? 'strict' : 'free' },
      inputTokens: long ? 5000 : 100,
      maxOutputTokens: long ? 300 : 100,
      outcomes: {
        small: { ...call, costNanoUsd: 300_000, quality: long ? 0 : 1 },
        large: { ...call, costNanoUsd: 3_000_000, quality: 1 },
      },
    }
  })

  it.each<[string, Partial<PolicyFileInput>]>([
    ['a context window', { models: [{ ...SMALL, contextWindow: 1000 }, LARGE] }],
    ['a longest answer', { models: [{ ...SMALL, maxOutputTokens: 200 }, LARGE] }],
    ['a deny rule', { denyModels: { 'org:strict': ['small'] } }],
  ])('says that %s is no choice', (_, parts) => {
    const table = aTable(rows)
    const run = replayed(table, parts)
    const [, judged] = comparison(table, [replayed(table, only('large')), run]).runs
    expect(judged).toMatchObject({ modelShare: { small: 0.5, large: 0.5 }, quality: 1 })
    expect(judged!.control.gain).toBe(0)
    expect(judged).toMatchObject({ routingSkill: 'no evidence' })
    // Without the policy nobody knows that those requests could not have been asked of the small model.
    const { policy: _policy, ...unknown } = run
    expect(comparison(table, [unknown]).runs[0]!.control.gain).toBeGreaterThan(0.2)
  })
})

describe('costs that nobody recorded', () => {
  const log = (outcome: (index: number) => RowOutcome, row: Partial<TableRow> = {}) =>
    aTable(
      Array.from({ length: 40 }, (_, at) => ({
        at,
        difficulty: at % 2,
        outcomes: { small: { ...outcome(at), quality: 0 }, large: { ...outcome(at), quality: 1 } },
        ...row,
      })),
    )
  const recorded = (share: number) => (at: number) => (at < 40 * share ? { costNanoUsd: 1000 + at } : {})

  it('have no intervals, and prove no skill', () => {
    const table = log(recorded(0))
    const [, run] = comparison(table, [replayed(table, only('large')), replayed(table, {})]).runs
    expect(run).toMatchObject({ costBasis: 'estimated', costCi: null, savingsCi: null })
    expect(run!.costUsd).not.toBeNull()
    expect(run!.evidence.costEstimatedShare).toBe(1)
    expect(run!.evidence.sentences.join(' ')).toMatch(/cost and savings have no interval/)
    expect(run!.routingSkillBecause).toMatch(/^Costs are estimated for 100.0 % of the requests/)
  })

  it('may be 5 % of all', () => {
    const few = log(recorded(0.95))
    const [, run] = comparison(few, [replayed(few, only('large')), replayed(few, {})]).runs
    expect(run).toMatchObject({ costBasis: 'recorded' })
    expect(run!.costCi).not.toBeNull()
    const many = log(recorded(0.9))
    const [, other] = comparison(many, [replayed(many, only('large')), replayed(many, {})]).runs
    expect(other).toMatchObject({ costBasis: 'mixed', costCi: null })
  })

  it('of the baseline leave savings without an interval', () => {
    const table = aMatrix({
      outcomes: [
        anOutcome(
          'a',
          Array.from({ length: 40 }, () => 1),
          1,
        ),
        anOutcome(
          'b',
          Array.from({ length: 40 }, () => 1),
          Array.from({ length: 40 }, (_, row) => 2 + row),
        ),
      ],
    })
    const guessed = aRun(table, () => 1, { flags: new Uint8Array(40).fill(FLAG_COST_ESTIMATED) })
    const [, run] = compare(aComparison(table, [guessed, aRun(table, () => 0)])).runs
    expect(run).toMatchObject({ costBasis: 'recorded', savingsCi: null })
    expect(run!.evidence.sentences.join(' ')).toMatch(/baseline's cost is estimated for 100 %/)
  })

  it('are the same for a model alone and for a policy that always asks it', () => {
    const reservation = { defaultMaxOutputTokens: 50, minOutputTokens: 50 }
    const table = log(recorded(0))
    const run = comparison(table, [replayed(table, { ...only('large'), reservation })]).runs[0]!
    // 100 tokens in at 10,000 nano-dollars, 50 out at 50,000.
    expect(run.meanCostUsd).toBeCloseTo(0.0035, 12)
    expect(run.gainOverHull.points).toBe(0)
  })

  it('are unknown where the input is', () => {
    const table = log(recorded(0), { inputTokens: -1 })
    const run = replayed(table, only('large'))
    const { runs, references } = comparison(table, [run])
    expect(runs[0]).toMatchObject({ costUsd: null, costCi: null })
    expect(runs[0]!.evidence.costEstimatedShare).toBe(0)
    expect(runs[0]!.evidence.sentences.join(' ')).toMatch(/The cost of 100 % of the requests is unknown/)
    expect(references.singles).toEqual([])
    const model = run.result.steps.models[0]!
    const { estimatedShare } = withReplayCosts(table, [{ model, defaultMaxOutputTokens: 50 }])
    expect(estimatedShare.get('small')).toBe(0)
  })
})

describe('a policy that was chosen on this log', () => {
  const ones = (share: number) => Array.from({ length: 100 }, (_, row) => (row < share * 100 ? 1 : 0))
  const table = aMatrix({ outcomes: [anOutcome('a', ones(1), 1), anOutcome('b', ones(0.5), 2)] })
  const judged = (evidence: unknown) =>
    compare({
      ...aComparison(table, []),
      runs: [{ ...aComparison(table, [aRun(table, (row) => row % 2)]).runs[0]!, evidence }],
    }).runs[0]!
  const tuned = {
    logHash: table.hash,
    requests: { tune: 3000, validate: 1000, test: 1200 },
    heldOut: {
      costUsd: 0.00123456,
      costInterval: [0.001, 0.002],
      quality: 0.81,
      qualityInterval: [0.8, 0.82],
    },
  }

  it('has the verdict and the figures of what was held out', () => {
    const run = judged({ ...tuned, routingSkill: 'yes' })
    expect(run).toMatchObject({ chosenOnThisLog: true, routingSkill: 'yes' })
    expect(run.heldOut).toEqual({
      ...tuned.heldOut,
      requests: 1200,
      baseline: { label: null, costUsd: null, quality: null },
      qualityDelta: null,
      qualityDeltaInterval: null,
      savedShare: null,
      savedShareInterval: null,
    })
    expect(run.routingSkillBecause).toMatch(/chosen on this log/)
    expect(run.evidence.sentences).toContain(
      'This policy was chosen on this log: its figures here are in-sample and look better than it is. On the 1,200 requests held out when it was tuned: cost $1.23 per 1,000 requests (95 % interval $1 to $2), quality 0.810 (95 % interval 0.800 to 0.820).',
    )
    expect(judged({ ...tuned, routingSkill: 'no evidence' }).routingSkill).toBe('no evidence')
  })

  it('has no evidence of skill without such a verdict', () => {
    const run = judged({ logHash: table.hash })
    expect(run).toMatchObject({ chosenOnThisLog: true, routingSkill: 'no evidence', heldOut: null })
    expect(run.routingSkillBecause).toMatch(/chosen on this log, which is no proof/)
    expect(run.evidence.sentences.join(' ')).toMatch(/no figures of held-out requests/)
  })

  it.each([undefined, null, 'text', {}, { ...tuned, logHash: 'sha256:other' }])(
    'is not one with %o',
    (evidence) => {
      expect(judged(evidence)).toMatchObject({ chosenOnThisLog: false, heldOut: null })
    },
  )
})

describe('what belongs to the log or a budget', () => {
  it('the evidence of a log does not depend on the policies named', () => {
    const full = Array.from({ length: 100 }, () => 1)
    const table = aMatrix({
      outcomes: [
        anOutcome('a', full, 1),
        anOutcome('b', full, 1),
        anOutcome('rare', [1, ...Array.from({ length: 99 }, () => NaN)], 1),
      ],
    })
    const { log, runs } = compare(aComparison(table, [aRun(table, () => 0)]))
    expect(log.evidence).toBe('full-matrix')
    expect(runs[0]!.evidence.mode).toBe('logged-deterministic')
  })

  it('pools that held nothing were not used', () => {
    const poolWindows = [aPoolWindow(), aPoolWindow({ reservations: 0, bindings: 3, spentNanoUsd: 0 })]
    const table = aMatrix({ outcomes: [anOutcome('a', [1], 1)] })
    expect(budgetSummary({ ...aRun(table, () => 0), poolWindows }).pools).toBe(1)
    expect(budgetRows(poolWindows)[0]).toMatchObject({ pools: 1, bindings: 3 })
  })
})
