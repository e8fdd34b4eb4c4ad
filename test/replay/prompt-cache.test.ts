import { describe, expect, it } from 'vitest'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { replay } from '../../src/replay/replay.js'
import { FLAG_COST_ESTIMATED, type ReplayResult } from '../../src/replay/steps.js'
import { aBudget, aCachedModel, aPolicy } from '../builders/a-policy.js'
import { aTable, type RowOutcome, type TableRow } from '../builders/a-table.js'

/**
 * A session of two turns, by hand. In nano-dollars a token: plain 10,000, read 1,000, written 12,500, output 50,000; `small`
 * costs half of that. Each answer has 100 tokens.
 */
const HALF = { promptPer1m: 5, completionPer1m: 25, cachedInputPer1m: 0.5, cacheWritePer1m: 6.25 }
const SMALL = aCachedModel('small', 0, {}, { pricing: HALF })
const LARGE = aCachedModel('large', 1)
const FIRST = 2000 * 12_500 + 100 * 50_000
const GOES_ON = 2000 * 1000 + 1000 * 12_500 + 100 * 50_000
const BEGINS_ANEW = 3000 * 12_500 + 100 * 50_000
const SMALL_ANEW = BEGINS_ANEW / 2

const answer = (inputTokens: number, parts: RowOutcome = {}): RowOutcome => ({
  inputTokens,
  outputTokens: 100,
  latencyMs: 1000,
  quality: 1,
  ...parts,
})
const turn = (
  at: number,
  inputTokens: number,
  difficulty: number,
  parts: Partial<TableRow> = {},
): TableRow => ({
  at,
  scope: { session: 's' },
  inputTokens,
  difficulty,
  maxOutputTokens: 100,
  outcomes: { small: answer(inputTokens), large: answer(inputTokens) },
  ...parts,
})
const run = (rows: readonly TableRow[], parts: Partial<PolicyFileInput> = {}): ReplayResult =>
  replay(
    aTable(rows),
    aPolicy({
      models: [SMALL, LARGE],
      selector: { kind: 'threshold', strong: 'large', weak: 'small', threshold: 0.5 },
      ...parts,
    }),
  )
const costs = ({ steps }: ReplayResult): number[] => [...steps.costNanoUsd]
const served = ({ steps }: ReplayResult): (string | undefined)[] =>
  Array.from(steps.model, (model) => steps.models[model]?.id)
const estimated = ({ steps }: ReplayResult): boolean[] =>
  Array.from(steps.flags, (flags) => (flags & FLAG_COST_ESTIMATED) !== 0)

describe('the bill of a session', () => {
  it('reads what the model still has, and writes the rest', () => {
    const result = run([turn(0, 2000, 1), turn(10_000, 3000, 1)])
    expect(costs(result)).toEqual([FIRST, GOES_ON])
    expect(estimated(result)).toEqual([true, true])
  })

  it('writes everything again at another model, and finds it at the first one afterwards', () => {
    const result = run([
      turn(0, 2000, 1),
      turn(10_000, 3000, 0),
      turn(20_000, 3000, 1, { sharedPrefixTokens: 2000 }),
    ])
    expect(costs(result)).toEqual([FIRST, SMALL_ANEW, GOES_ON])
  })

  it('writes everything again when the time is over', () => {
    const late = (at: number): number => costs(run([turn(0, 2000, 1), turn(at, 3000, 1)]))[1]!
    expect([late(1000 + 300_000), late(1000 + 300_001)]).toEqual([GOES_ON, BEGINS_ANEW])
  })

  it('does not know of a cache before the call that fills it has ended', () => {
    expect(costs(run([turn(0, 2000, 1), turn(999, 3000, 1)]))).toEqual([FIRST, BEGINS_ANEW])
  })

  it('of other sessions, and of none, is as without this one', () => {
    const other = turn(10_000, 3000, 1, { scope: { session: 't' } })
    expect(costs(run([turn(0, 2000, 1), other]))).toEqual([FIRST, BEGINS_ANEW])
    const none = turn(10_000, 3000, 1, { scope: {} })
    expect(costs(run([turn(0, 2000, 1), none]))).toEqual([FIRST, 3000 * 10_000 + 100 * 50_000])
  })

  it('moves a recorded cost by what the cache changes', () => {
    const outcomes = { small: answer(3000), large: answer(3000, { costNanoUsd: 36_000_000 }) }
    const result = run([turn(0, 2000, 1), turn(10_000, 3000, 1, { outcomes })])
    // 2,000 tokens for 1,000 instead of 10,000 each, and 1,000 for 12,500.
    expect(costs(result)[1]).toBe(36_000_000 - 2000 * 9000 + 1000 * 2500)
    expect(estimated(result)[1]).toBe(true)
  })

  it.each(['penalty', 'blind', 'pin'] as const)(
    'of a model without an outcome is the same by expectation: %s',
    (mode) => {
      const bare = { outcomes: {} }
      const result = run([turn(0, 2000, 1, bare), turn(10_000, 3000, 1, bare)], { sessionAffinity: { mode } })
      expect(costs(result)).toEqual([FIRST, GOES_ON])
    },
  )
})

describe('what the log recorded of caches', () => {
  const logged = (difficulty: number): TableRow[] => [
    turn(0, 2000, difficulty, {
      chosen: 'large',
      outcomes: { small: answer(2000), large: answer(2000, { cachedInputTokens: 0 }) },
    }),
    turn(10_000, 3000, 1, {
      chosen: 'large',
      outcomes: { small: answer(3000), large: answer(3000, { cachedInputTokens: 1500 }) },
    }),
  ]

  it('stands while the replayed session is the logged one', () => {
    const result = run(logged(1))
    expect(costs(result)).toEqual([25_000_000, 1500 * 1000 + 1500 * 10_000 + 5_000_000])
    expect(estimated(result)).toEqual([false, false])
  })

  it('does not once another model was called, even where the logged one is called again', () => {
    const result = run(logged(0))
    expect(served(result)).toEqual(['small', 'large'])
    expect(costs(result)).toEqual([FIRST / 2, BEGINS_ANEW])
    expect(estimated(result)).toEqual([true, true])
  })

  it('a bill on the logged path stands without counts, too', () => {
    const rows = logged(1).map((row) => ({
      ...row,
      outcomes: { large: answer(row.inputTokens!, { costNanoUsd: 7_000_000 }) },
    }))
    const result = run(rows)
    expect([costs(result), estimated(result)]).toEqual([
      [7_000_000, 7_000_000],
      [false, false],
    ])
  })

  it('a request that was refused is not on the logged path', () => {
    const refused = { ...logged(1)[0]!, needs: ['vision'] }
    expect(costs(run([refused, logged(1)[1]!]))).toEqual([0, BEGINS_ANEW])
  })
})

describe('a selector that goes by cost', () => {
  const rows = [turn(0, 2000, 1), turn(10_000, 3000, 0)]
  const by = (mode: 'penalty' | 'blind'): ReplayResult =>
    run(rows, { selector: { kind: 'cheapestCapable' }, tierBoundaries: [0.5], sessionAffinity: { mode } })

  it('stays where the list price is higher and the bill lower; a blind one pays the difference', () => {
    expect(served(by('penalty'))).toEqual(['large', 'large'])
    expect(served(by('blind'))).toEqual(['large', 'small'])
    expect([costs(by('penalty'))[1], costs(by('blind'))[1]]).toEqual([GOES_ON, SMALL_ANEW])
    expect(GOES_ON).toBeLessThan(SMALL_ANEW)
  })

  it('is told of caches without being asked where a model has one', () => {
    const result = run(rows, { selector: { kind: 'cheapestCapable' }, tierBoundaries: [0.5] })
    expect(served(result)).toEqual(['large', 'large'])
  })
})

describe('a pinned session', () => {
  const PIN = { mode: 'pin' } as const

  it('keeps its model whatever the selector says', () => {
    const rows = [turn(0, 2000, 1), turn(10_000, 3000, 0), turn(900_000, 4000, 0)]
    expect(served(run(rows))).toEqual(['large', 'small', 'small'])
    expect(served(run(rows, { sessionAffinity: PIN }))).toEqual(['large', 'large', 'large'])
    expect(served(run(rows, { sessionAffinity: { ...PIN, maxSwitches: 1 } }))).toEqual([
      'large',
      'small',
      'small',
    ])
  })

  it('goes below it where money is short, and comes back with the money', () => {
    const hour = { kind: 'fixed', budgetDuration: '1h' } as const
    // The first turn is charged 30 of 69 million: the second would hold 40 at least, `small` holds 21.25.
    const result = run([turn(0, 2000, 1), turn(10_000, 3000, 1), turn(3_600_000, 3000, 0)], {
      sessionAffinity: PIN,
      budgets: [aBudget('b', 0.069, { scope: 'session', window: hour })],
    })
    expect(served(result)).toEqual(['large', 'small', 'large'])
    expect(Array.from(result.steps.reason, (code) => result.steps.reasons[code])).toEqual([
      'asPlanned',
      'downgraded',
      'asPlanned',
    ])
    expect(result.poolWindows.every(({ violated }) => !violated)).toBe(true)
  })

  it('takes another model where its own cannot take the request, and keeps to that one', () => {
    const narrow = { ...LARGE, contextWindow: 2500 }
    const rows = [turn(0, 2000, 1), turn(10_000, 3000, 0), turn(20_000, 2100, 1)]
    const result = run(rows, { models: [SMALL, narrow], sessionAffinity: PIN })
    expect(served(result)).toEqual(['large', 'small', 'small'])
  })

  it('needs no prompt cache', () => {
    const models = [SMALL, LARGE].map(({ promptCache: _, ...model }) => model)
    const rows = [turn(0, 2000, 1), turn(10_000, 3000, 0)]
    expect(served(run(rows, { models, sessionAffinity: PIN }))).toEqual(['large', 'large'])
  })
})
