import { describe, expect, it } from 'vitest'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { replay } from '../../src/replay/replay.js'
import { ENDS, FLAG_COST_ESTIMATED } from '../../src/replay/steps.js'
import { aBudget, aModel, aPolicy, SMALL } from '../builders/a-policy.js'
import { aTable, type RowOutcome, type TableRow } from '../builders/a-table.js'

const UNKNOWN = { inputTokens: -1, inputTokensBound: -1 }
const row = (parts: Partial<TableRow> = {}): TableRow => ({
  at: 0,
  scope: { org: 'acme' },
  ...UNKNOWN,
  outcomes: { small: { quality: 1 } },
  ...parts,
})
const run = (rows: readonly TableRow[], parts: Partial<PolicyFileInput> = {}) =>
  replay(aTable(rows), aPolicy({ models: [SMALL], tierBoundaries: [], ...parts }))
const budgets = [aBudget('b', 1)]

describe('an input of unknown length', () => {
  it('without usage or a recorded cost costs nobody knows what', () => {
    const { steps } = run([row(), row({ outcomes: {} }), row({ outcomes: { small: { costNanoUsd: 7 } } })])
    expect([...steps.costNanoUsd]).toEqual([NaN, NaN, 7])
    expect(Array.from(steps.end, (end) => ENDS[end])).toEqual(['served', 'served', 'served'])
  })

  it('costs what its usage says, where that is recorded', () => {
    const { steps } = run([row({ outcomes: { small: { inputTokens: 100, outputTokens: 200 } } })])
    expect(steps.costNanoUsd[0]).toBe(500_000)
  })

  it('costs what a model without a price for input expects', () => {
    const models = [aModel('small', 0, { inputUsd: 0, outputUsd: 2 })]
    expect(run([row()], { models }).steps.costNanoUsd[0]).toBe(200_000)
  })

  it.each(['worstCase', 'estimateWithMargin'] as const)(
    'has no reservation under a budget without a bound (%s)',
    (mode) => {
      const { steps, poolWindows } = run([row()], { budgets, reservation: { mode } })
      expect(ENDS[steps.end[0]!]).toBe('rejected')
      expect(steps.reasons[steps.reason[0]!]).toBe('inputUnbounded')
      expect(poolWindows.every(({ spentNanoUsd }) => spentNanoUsd === 0)).toBe(true)
    },
  )

  it('is charged its reservation where a bound covers it', () => {
    const { steps } = run([row({ inputTokensBound: 100 })], { budgets })
    // 100 x 1000 + 1000 x 2000 nano-dollars.
    expect(steps.costNanoUsd[0]).toBe(2_100_000)
    expect(steps.flags[0]! & FLAG_COST_ESTIMATED).not.toBe(0)
    const margin = run([row({ inputTokensBound: 100 })], {
      budgets,
      reservation: { mode: 'estimateWithMargin', margin: 0.5 },
    })
    expect(margin.steps.costNanoUsd[0]).toBe((100 * 1000 + 100 * 2000) * 1.5)
  })
})

describe('a clamped call whose recorded length is unknown', () => {
  const short = (outcome: RowOutcome) =>
    row({ inputTokens: 100, inputTokensBound: 100, outcomes: { small: outcome } })

  it.each<[string, RowOutcome]>([
    ['nothing recorded but a cost', { costNanoUsd: 2_000_000, quality: 1 }],
    ['a length and a cost, but no input', { costNanoUsd: 2_000_000, quality: 1, outputTokens: 900 }],
  ])('is charged no more than its reservation: %s', (_, outcome) => {
    const { steps, poolWindows, capGuarantee } = run([short(outcome)], { budgets: [aBudget('b', 0.001)] })
    expect(steps.costNanoUsd[0]).toBe(1_000_000)
    expect(steps.flags[0]! & FLAG_COST_ESTIMATED).not.toBe(0)
    expect(poolWindows[0]).toMatchObject({ violated: false, overspendNanoUsd: 0 })
    expect(capGuarantee).toBe('proved')
  })

  it('is charged what it cost where that is less', () => {
    const { steps } = run([short({ costNanoUsd: 300_000 })], { budgets: [aBudget('b', 0.001)] })
    expect(steps.costNanoUsd[0]).toBe(300_000)
  })
})
