import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../../src/core/log-table.js'
import type { Policy } from '../../../src/core/policy.js'
import { packReplayable, unpackReplayable, type Replayable } from '../../../src/replay/packed/replayable.js'
import { replay } from '../../../src/replay/replay.js'
import { aBudget, aPolicy } from '../../builders/a-policy.js'
import { aTable, type TableRow } from '../../builders/a-table.js'

const LAX = aPolicy()
const CAPPED = aPolicy({
  budgets: [
    aBudget('org', 0.02, { window: { kind: 'fixed', budgetDuration: '1h' } }),
    aBudget('session', 0.01, { scope: ['org', 'session'], onMissingLabel: 'skip' }),
  ],
  onExceed: { low: 'defer', normal: 'downgrade', high: 'reject', critical: 'downgrade' },
})
const DRAWN = aPolicy({ selector: { kind: 'mix', shares: { small: 0.5, large: 0.5 } } })

const outcome = fc.record(
  {
    costNanoUsd: fc.integer({ min: 0, max: 9_000_000 }),
    quality: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    inputTokens: fc.integer({ min: 0, max: 90_000 }),
    outputTokens: fc.integer({ min: 0, max: 3000 }),
    latencyMs: fc.double({ min: 1, max: 50_000, noNaN: true }),
  },
  { requiredKeys: [] },
)
const row = fc.record(
  {
    scope: fc.record(
      { org: fc.constantFrom('a', 'b'), session: fc.constantFrom('s1', 's2', 's3') },
      { requiredKeys: [] },
    ),
    priority: fc.constantFrom('low' as const, 'normal' as const, 'high' as const),
    task: fc.constantFrom('debug', 'rename'),
    difficulty: fc.double({ min: 0, max: 1, noNaN: true }),
    inputTokens: fc.integer({ min: 1, max: 60_000 }),
    maxOutputTokens: fc.integer({ min: 1, max: 4000 }),
    chosen: fc.constantFrom('small', 'large'),
    outcomes: fc.record({ small: outcome, medium: outcome, large: outcome }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)
const log = fc
  .array(row, { minLength: 1, maxLength: 40 })
  .map((rows) =>
    aTable(
      rows.map((one, index): TableRow => ({ ...one, at: 1.76e12 + index * 61_007, id: `secret-${index}` })),
    ),
  )

function packed(table: LogTable, policies: readonly Policy[], mostRequests = 50_000): Uint8Array {
  return packReplayable({
    policies,
    tableOf: () => table,
    baseline: 0,
    settings: { seed: 3 },
    clusterLabels: ['session'],
    mostRequests,
  })
}

function readAs({ table, features }: Replayable, { classifier }: Policy): LogTable {
  return { ...table, features: features(classifier.extractor.key) }
}

describe('a packed comparison', () => {
  it('replays to the same columns as the log it was made of', () => {
    fc.assert(
      fc.property(log, (table) => {
        const replayable = unpackReplayable(packed(table, [LAX, CAPPED, DRAWN]))
        for (const policy of [LAX, CAPPED, DRAWN])
          expect(replay(readAs(replayable, policy), policy)).toEqual(replay(table, policy))
      }),
      { numRuns: 60 },
    )
  })

  it('is cut in time, and says of how many', () => {
    fc.assert(
      fc.property(log, fc.integer({ min: 1, max: 50 }), (table, most) => {
        const { table: cut, offered } = unpackReplayable(packed(table, [CAPPED], most))
        expect(offered).toBe(table.size)
        expect(cut.at).toEqual(table.at.slice(0, most))
      }),
      { numRuns: 30 },
    )
  })

  it('has ids only for those who draw by them, and names only of labels that a budget is grouped by', () => {
    const table = aTable([
      { at: 1, id: 'secret-1', scope: { org: 'acme', session: 'of-jane', user: 'jane' } },
      { at: 2, id: 'secret-2', scope: { org: 'acme', session: 'of-jack', user: 'jack' } },
    ])
    const orgOnly = aPolicy({ budgets: [aBudget('org', 1)] })
    const text = Buffer.from(packed(table, [orgOnly])).toString('latin1')
    expect(text).toContain('acme')
    expect(text).not.toMatch(/secret|jane|jack/)
    const { labels } = unpackReplayable(packed(table, [orgOnly])).table
    expect([...labels['session']!.codes]).toEqual([0, 1])
    expect(labels['user']).toBeUndefined()
    expect(unpackReplayable(packed(table, [DRAWN])).table.ids).toEqual(['secret-1', 'secret-2'])
  })
})
