import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import type { LogTable } from '../../src/core/log-table.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { replay } from '../../src/replay/replay.js'
import type { ReplayResult } from '../../src/replay/steps.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'
import { aTable } from '../builders/a-table.js'

const SERVICE = { kind: 'service', maxCostUsd: 0.001, expectedLatencyMs: 300, timeoutMs: 1000 } as const
const OUTCOMES = {
  small: { costNanoUsd: 500_000, quality: 0, inputTokens: 100, outputTokens: 200, latencyMs: 1000 },
  large: { costNanoUsd: 9_000_000, quality: 1, inputTokens: 100, outputTokens: 200, latencyMs: 2000 },
}

/** Difficulty, cost in nano-dollars and milliseconds of the recorded assessments. */
function anAssessedLog(rows: readonly (readonly [number, number, number])[]): LogTable {
  const table = aTable(
    rows.map(([difficulty], row) => ({
      at: row * 10_000,
      scope: { org: 'acme' },
      difficulty,
      outcomes: OUTCOMES,
    })),
  )
  return {
    ...table,
    features: table.features.map((column) => column.map(() => 0)),
    assessmentNanoUsd: Float64Array.from(rows, ([, cost]) => cost),
    assessmentMs: Float64Array.from(rows, ([, , ms]) => ms),
  }
}

const run = (table: LogTable, parts: Partial<PolicyFileInput> = {}): ReplayResult =>
  replay(table, aPolicy({ classifier: SERVICE, budgets: [aBudget('b', 1)], ...parts }))
const rowsOf = ({ steps }: ReplayResult): unknown[] =>
  Array.from(steps.end, (_, row) => [
    steps.models[steps.model[row]!]?.id,
    steps.costNanoUsd[row],
    steps.latencyMs[row],
  ])

describe('a service in replay', () => {
  it('answers what the log recorded, costs that, and takes that long', () => {
    const result = run(
      anAssessedLog([
        [0, 200_000, 150],
        [0.9, 300_000, 250],
      ]),
    )
    expect(rowsOf(result)).toEqual([
      ['small', 700_000, 1150],
      ['large', 9_300_000, 2250],
    ])
    expect(result.assessments).toEqual({ service: 'service', recorded: 2, failed: 0 })
    expect(result.poolWindows[0]).toMatchObject({
      spentNanoUsd: 10_000_000,
      reservations: 4,
      overspendNanoUsd: 0,
    })
  })

  it('takes what the policy expects where the log says neither cost nor time', () => {
    const result = run(anAssessedLog([[0.9, NaN, NaN]]), {
      classifier: { ...SERVICE, expectedCostUsd: 0.0005 },
    })
    expect(rowsOf(result)).toEqual([['large', 9_500_000, 2300]])
  })

  it('leaves it to the rules where it is missing or late, and charges its reservation', () => {
    const result = run(
      anAssessedLog([
        [NaN, NaN, NaN],
        [0.9, 100_000, 1001],
        [0.9, 100_000, 1000],
      ]),
    )
    expect(rowsOf(result)).toEqual([
      ['small', 1_500_000, 2000],
      ['small', 1_500_000, 2000],
      ['large', 9_100_000, 3000],
    ])
    expect(result.assessments).toMatchObject({ recorded: 1, failed: 2 })
  })

  it('is not asked where it cannot be paid for', () => {
    const result = run(anAssessedLog([[0.9, 100_000, 10]]), { budgets: [aBudget('b', 0.0009)] })
    expect(rowsOf(result)).toEqual([['small', 500_000, 1000]])
    expect(result.assessments).toMatchObject({ recorded: 0, failed: 0 })
  })

  it('refuses a log without assessments', () => {
    const table = { ...anAssessedLog([[NaN, NaN, NaN]]) }
    expect(() => run(table)).toThrow(InputError)
    expect(() => run(table)).toThrow(/assessment\.difficulty/)
  })

  it('answers for the service that the log names, and for no other policy', () => {
    const told = anAssessedLog([
      [0.9, 100_000, 100],
      [0.9, 100_000, 100],
    ])
    const by = { values: ['service', 'other'], codes: Int32Array.of(0, 1) }
    const unknown = told.assessedDifficulty.map(() => NaN)
    const serviceAssessments = { by, difficulty: told.assessedDifficulty }
    const log = { ...told, assessedDifficulty: unknown, serviceAssessments }
    expect(rowsOf(run(log)).map((row) => (row as unknown[])[0])).toEqual(['large', 'small'])
    expect(run(log).assessments).toEqual({ service: 'service', recorded: 1, failed: 1 })
    expect(() => run(log, { classifier: { ...SERVICE, name: 'third' } })).toThrow(/asks the service third/)
    // Rules take what the caller told, and pay for nobody's answers.
    const rules = run(log, { classifier: { kind: 'heuristic' } })
    expect(rowsOf(rules).map((row) => (row as unknown[])[0])).toEqual(['small', 'small'])
  })

  it('gives selectors the success that an assessment told of each model', () => {
    const told = anAssessedLog([
      [0, 0, 100],
      [0, 0, 100],
    ])
    const assessedSuccess = { small: Float64Array.of(0.9, 0.1) }
    const rungs = [{ model: 'small', accept: 0.5, skipBelow: 0.5 }, { model: 'large' }]
    const selector: PolicyFileInput['selector'] = { kind: 'cascade', rungs, scorer: { kind: 'external' } }
    const scored = told.outcomes.map((outcome) => ({ ...outcome, score: Float64Array.of(0, 0) }))
    for (const classifier of [SERVICE, { kind: 'heuristic' } as const]) {
      const result = run({ ...told, outcomes: scored, assessedSuccess }, { classifier, selector })
      expect(Array.from(result.steps.costNanoUsd)).toEqual([9_500_000, 9_000_000])
    }
  })
})
