import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import type { LogTable } from '../../src/core/log-table.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { parseFaults } from '../../src/replay/fault-spec.js'
import { replay, type ReplayOptions } from '../../src/replay/replay.js'
import type { ReplayResult } from '../../src/replay/steps.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'
import { aTable } from '../builders/a-table.js'

/** Recorded costs in nano-dollars: 100, 1,000 and 10,000; each call takes a second. */
const COSTS = { small: 100, medium: 1000, large: 10_000 }

interface Case {
  readonly small: readonly [quality: number, score: number]
  readonly medium?: readonly [quality: number, score: number]
}

function aCascadeLog(cases: readonly Case[]): LogTable {
  const table = aTable(
    cases.map(({ small, medium = [1, 1] }, row) => ({
      at: row * 10_000,
      scope: { org: 'acme' },
      outcomes: {
        small: {
          costNanoUsd: COSTS.small,
          quality: small[0],
          outputTokens: 100,
          inputTokens: 50,
          latencyMs: 1000,
        },
        medium: {
          costNanoUsd: COSTS.medium,
          quality: medium[0],
          outputTokens: 100,
          inputTokens: 50,
          latencyMs: 1000,
        },
        large: { costNanoUsd: COSTS.large, quality: 1, outputTokens: 100, inputTokens: 50, latencyMs: 1000 },
      },
    })),
  )
  const scores: Record<string, Float64Array> = {
    small: Float64Array.from(cases, (one) => one.small[1]),
    medium: Float64Array.from(cases, (one) => one.medium?.[1] ?? 1),
  }
  return {
    ...table,
    outcomes: table.outcomes.map((outcome) => ({ ...outcome, score: scores[outcome.model] })),
  }
}

const CASCADE: PolicyFileInput['selector'] = {
  kind: 'cascade',
  rungs: [{ model: 'small', accept: 0.5 }, { model: 'medium', accept: 0.5 }, { model: 'large' }],
  scorer: { kind: 'external' },
}
const run = (
  table: LogTable,
  parts: Partial<PolicyFileInput> = {},
  options: ReplayOptions = {},
): ReplayResult => replay(table, aPolicy({ selector: CASCADE, ...parts }), options)
const rowsOf = ({ steps }: ReplayResult): unknown[] =>
  Array.from(steps.end, (_, row) => [
    steps.models[steps.model[row]!]?.id,
    steps.costNanoUsd[row],
    steps.quality[row],
    steps.latencyMs[row],
    steps.reasons[steps.reason[row]!],
  ])

const THREE: readonly Case[] = [
  { small: [1, 0.9] },
  { small: [0, 0.2], medium: [1, 0.7] },
  { small: [0, 0.2], medium: [0, 0.1] },
]

describe('a cascade in replay', () => {
  it('pays for every rung that it climbs, takes its time, and is worth its answer', () => {
    const result = run(aCascadeLog(THREE))
    expect(rowsOf(result)).toEqual([
      ['small', 100, 1, 1000, 'asPlanned'],
      ['medium', 1100, 1, 2000, 'escalated'],
      ['large', 11_100, 1, 3000, 'escalated'],
    ])
    expect(result.scores).toMatchObject({ scorer: 'external', recorded: 5, simulated: 0, missing: 0 })
  })

  it('charges samples and scoring with the rung, and reserves them', () => {
    const rungs = [{ model: 'small', accept: 0.5, samples: 3 }, { model: 'large' }]
    const scorer = { kind: 'external' as const, costUsd: 0.000_000_05, latencyMs: 200 }
    const budgets = [aBudget('b', 1)]
    const result = run(aCascadeLog(THREE), { selector: { kind: 'cascade', rungs, scorer }, budgets })
    expect(rowsOf(result)).toEqual([
      ['small', 350, 1, 1200, 'asPlanned'],
      ['large', 10_350, 1, 2200, 'escalated'],
      ['large', 10_350, 1, 2200, 'escalated'],
    ])
    expect(result.poolWindows[0]).toMatchObject({
      spentNanoUsd: 350 + 2 * 10_350,
      overspendNanoUsd: 0,
      reservations: 5,
    })
    expect(result.capGuarantee).toBe('proved')
  })

  it('serves the answer at hand where the next rung is refused, and never passes its cap', () => {
    // Small reserves 2,100,000 nano-dollars, medium 10,300,000: only the small one fits.
    const result = run(aCascadeLog(THREE), {
      budgets: [aBudget('b', 0.005)],
      reservation: { defaultMaxOutputTokens: 1000, minOutputTokens: 1000 },
      onExceed: { normal: 'reject' },
    })
    expect(rowsOf(result)).toEqual([
      ['small', 100, 1, 1000, 'asPlanned'],
      ['small', 100, 0, 1000, 'escalationRefused'],
      ['small', 100, 0, 1000, 'escalationRefused'],
    ])
    expect(result.poolWindows[0]).toMatchObject({ spentNanoUsd: 300, violated: false })
  })

  it('asks the next rung where no score is known, and says of how many', () => {
    const result = run(aCascadeLog([{ small: [1, NaN] }, { small: [1, 0.9] }]))
    expect(rowsOf(result).map((row) => (row as unknown[])[0])).toEqual(['medium', 'small'])
    expect(result.scores).toMatchObject({ recorded: 2, missing: 1 })
  })

  it('refuses a log without scores, unless a scorer is simulated, which its name says', () => {
    const table = aCascadeLog(THREE)
    const mute = { ...table, outcomes: table.outcomes.map(({ score: _, ...outcome }) => outcome) }
    expect(() => run(mute)).toThrow(InputError)
    expect(() => run(mute)).toThrow(/--scorer-error/)
    const simulated = run(mute, {}, { simulatedScorer: { errorRate: 0, seed: 1 } })
    expect(rowsOf(simulated)).toEqual(rowsOf(run(table)))
    expect(simulated.policyId).toBe('test (simulated scorer)')
    expect(simulated.scores).toMatchObject({ recorded: 0, simulated: 5, errorRate: 0 })
  })

  it('errs on as many answers as it was told to', () => {
    const cases = Array.from({ length: 4000 }, (_, row): Case => ({ small: [row % 2, NaN] }))
    const result = run(aCascadeLog(cases), {}, { simulatedScorer: { errorRate: 0.1, seed: 3 } })
    const judged = Array.from(result.steps.model, (model, row) => (model === 0) === (row % 2 === 1))
    const errors = judged.filter((right) => !right).length / judged.length
    // Within four standard deviations (0.0047) of 0.1.
    expect(Math.abs(errors - 0.1)).toBeLessThan(0.019)
  })

  it('under faults, fails over to the next rung and keeps an answer that it has', () => {
    const cases = Array.from({ length: 2000 }, (): Case => ({ small: [0.4, 0.1], medium: [0.7, 0.9] }))
    const faults = { spec: parseFaults('fail=0.3,abort=0.1'), seed: 5 }
    const result = run(aCascadeLog(cases), { budgets: [aBudget('b', 1000)] }, { faults })
    const { steps } = result
    const served = Array.from(steps.end, (end, row) => (end === 0 ? row : -1)).filter((row) => row >= 0)
    const small = served.filter((row) => steps.model[row] === 0)
    expect(small.length).toBeGreaterThan(50)
    for (const row of small)
      expect([steps.quality[row], steps.reasons[steps.reason[row]!]]).toEqual([0.4, 'escalationRefused'])
    for (const row of served.filter((one) => steps.model[one] === 1)) expect(steps.quality[row]).toBe(0.7)
    const charged = steps.chargedNanoUsd!.reduce((sum, value) => sum + value, 0)
    expect(result.poolWindows.reduce((sum, { spentNanoUsd }) => sum + spentNanoUsd, 0)).toBe(charged)
  })

  it('charges a reservation once where nobody knows what a rung with samples cost', () => {
    const rungs = [{ model: 'small', accept: 0.5, samples: 3 }, { model: 'large' }]
    const table = aCascadeLog([{ small: [1, 0.9] }])
    const unknown = {
      ...table,
      inputTokensEstimate: Int32Array.of(-1),
      outcomes: table.outcomes.map((outcome) => ({
        ...outcome,
        costNanoUsd: outcome.costNanoUsd.map(() => NaN),
        inputTokens: outcome.inputTokens.map(() => -1),
      })),
    }
    const selector = { kind: 'cascade', rungs, scorer: { kind: 'external', costUsd: 0.000_001 } } as const
    const { poolWindows } = run(unknown, { selector, budgets: [aBudget('b', 1)] })
    expect(poolWindows[0]).toMatchObject({ overspendNanoUsd: 0, spentNanoUsd: 3 * 2_100_000 + 1000 })
  })

  it('takes the first answer that is late, and serves the one at hand where a later rung is', () => {
    const table = aCascadeLog([{ small: [0, 0.1] }, { small: [0, 0.1], medium: [1, 0.1] }])
    const slow = (model: string, row: number): LogTable => ({
      ...table,
      outcomes: table.outcomes.map((outcome) =>
        outcome.model === model
          ? { ...outcome, latencyMs: outcome.latencyMs.map((ms, at) => (at === row ? 6000 : ms)) }
          : outcome,
      ),
    })
    const scorer = { kind: 'external', timeoutMs: 1000 } as const
    const parts = {
      selector: { ...CASCADE, scorer } as PolicyFileInput['selector'],
      reservation: { ttlMs: 5000 },
      budgets: [aBudget('b', 1)],
    }
    const served = (log: LogTable): unknown[] =>
      rowsOf(run(log, parts)).map((row) => [(row as unknown[])[0], (row as unknown[])[4]])
    expect(served(slow('small', 0))[0]).toEqual(['small', 'asPlanned'])
    expect(served(slow('medium', 1))[1]).toEqual(['small', 'escalationRefused'])
  })

  it('simulates nothing for an acceptance model, which reads what the log shows', () => {
    const weights = { intercept: 2, success: 0, meanSuccess: 0.5, typicalOutputTokens: 100, length: 0 }
    const more = { lengthSquared: 0, cut: 0, filtered: 0, refused: 0, agreement: 0 }
    const rungs = [{ model: 'small', accept: 0.5 }, { model: 'large' }]
    const scorer = { kind: 'acceptance' as const, models: [{ id: 'small', ...weights, ...more }] }
    const { scores, policyId } = run(
      aCascadeLog(THREE),
      { selector: { kind: 'cascade', rungs, scorer } },
      { simulatedScorer: { errorRate: 0.05, seed: 1 } },
    )
    expect(scores).toMatchObject({ scorer: 'acceptance', recorded: 3, simulated: 0, errorRate: null })
    expect(policyId).not.toMatch(/simulated/)
  })
})
