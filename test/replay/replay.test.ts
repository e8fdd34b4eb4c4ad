import { describe, expect, it } from 'vitest'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { PRIORITIES } from '../../src/core/request.js'
import { createRandom } from '../../src/core/random.js'
import { createEventHeap } from '../../src/replay/heap.js'
import { replay } from '../../src/replay/replay.js'
import {
  ENDS,
  FLAG_BOUND,
  FLAG_COST_ESTIMATED,
  FLAG_DEFERRED,
  FLAG_DOWNGRADED,
  FLAG_LATENCY_ESTIMATED,
  FLAG_NO_OUTCOME,
  FLAG_QUALITY_ESTIMATED,
  FLAG_TRUNCATED,
  type ReplayResult,
} from '../../src/replay/steps.js'
import { aBudget, aPolicy, SMALL } from '../builders/a-policy.js'
import { aTable, type RowOutcome, type TableRow } from '../builders/a-table.js'

/** Small reserves 100 x 1000 + 1000 x 2000 nano-dollars for 100 tokens in and 1000 out. */
const RESERVED = 2_100_000
const outcome = (parts: RowOutcome = {}): RowOutcome => ({
  costNanoUsd: 500_000,
  quality: 0.8,
  inputTokens: 100,
  outputTokens: 200,
  latencyMs: 1000,
  ...parts,
})
const row = (at: number, parts: Partial<TableRow> = {}): TableRow => ({
  at,
  scope: { org: 'acme' },
  outcomes: { small: outcome() },
  ...parts,
})
const run = (rows: readonly TableRow[], parts: Partial<PolicyFileInput> = {}): ReplayResult =>
  replay(aTable(rows), aPolicy({ models: [SMALL], tierBoundaries: [], ...parts }))
const ends = ({ steps }: ReplayResult): string[] => Array.from(steps.end, (end) => ENDS[end]!)
const reasons = ({ steps }: ReplayResult): string[] =>
  Array.from(steps.reason, (code) => steps.reasons[code]!)
const has = ({ steps }: ReplayResult, index: number, flag: number): boolean =>
  (steps.flags[index]! & flag) !== 0
const one = (nanoUsd: number, parts: Parameters<typeof aBudget>[2] = {}) => [
  aBudget('b', nanoUsd / 1e9, parts),
]
const HOURLY = { kind: 'fixed' as const, budgetDuration: '1h' }

describe('calls in flight', () => {
  it('hold their reservation until their end, then what they cost', () => {
    const result = run([row(0), row(999), row(1999)], { budgets: one(RESERVED + 1_000_000) })
    expect(ends(result)).toEqual(['served', 'served', 'served'])
    expect(reasons(result)).toEqual(['asPlanned', 'clamped', 'asPlanned'])
    expect(has(result, 1, FLAG_BOUND)).toBe(true)
  })

  it('an end at the time of an arrival comes before it', () => {
    const result = run([row(0), row(1000)], { budgets: one(RESERVED + 500_000) })
    expect(reasons(result)).toEqual(['asPlanned', 'asPlanned'])
  })

  it('that outlive their reservation are charged it, and their end lowers the charge', () => {
    const long = row(0, { outcomes: { small: outcome({ latencyMs: 700_000 }) } })
    const result = run([long, row(650_000), row(700_001)], { budgets: one(2 * RESERVED - 1) })
    expect(reasons(result)).toEqual(['asPlanned', 'clamped', 'asPlanned'])
    expect(result.poolWindows[0]).toMatchObject({ spentNanoUsd: 1_500_000, peakNanoUsd: RESERVED + 500_000 })
  })

  it('fractions of a millisecond break no bucket', () => {
    const window = {
      kind: 'tokenBucket' as const,
      capacity: 0.01,
      refillRate: { usd: 4.123456789, per: '1h' },
    }
    const rows = [0, 10_000_000_000].map((at) =>
      row(at, { outcomes: { small: outcome({ latencyMs: 1000.5 }) } }),
    )
    expect(ends(run(rows, { budgets: [{ id: 'b', scope: 'org', window }] }))).toEqual(['served', 'served'])
  })
})

describe('soft budgets', () => {
  it('are counted by the windows that pass them, and refuse nothing', () => {
    const budgets = one(1e9, { window: HOURLY, softBudget: 3_000_000 / 1e9 })
    // Two calls in flight pass it in the first hour, twice; one in the second hour does not.
    const result = run([row(0), row(10), row(5000), row(5010), row(3_600_000)], { budgets })
    expect(ends(result)).toEqual(Array<string>(5).fill('served'))
    expect(result.softPassed).toBe(1)
    expect(run([row(0)], { budgets: one(1e9) }).softPassed).toBeUndefined()
  })
})

describe('deferral', () => {
  const waiting = { onExceed: { normal: 'defer' as const }, defer: { maxWaitMs: 10_000_000 } }
  const dear = { small: outcome({ costNanoUsd: RESERVED }) }

  it('comes back in the next window, with its delay', () => {
    const rows = [row(0, { outcomes: dear }), row(10), row(4_000_000, { scope: { org: 'other' } })]
    const result = run(rows, { ...waiting, budgets: one(RESERVED, { window: HOURLY }) })
    expect(ends(result)).toEqual(['served', 'served', 'served'])
    expect([...result.steps.delayMs]).toEqual([0, 3_599_990, 0])
    expect([0, 1, 2].map((index) => has(result, index, FLAG_DEFERRED))).toEqual([false, true, false])
  })

  it('comes back as soon as money does, the most important and the oldest first', () => {
    const rows = [
      row(0),
      row(10, { outcomes: dear }),
      row(20, { priority: 'high', outcomes: dear }),
      row(5000, { scope: { org: 'other' } }),
    ]
    const short = { maxOutputTokens: 750 }
    const result = run(
      rows.map((given, index) => (index === 0 ? given : { ...given, ...short })),
      {
        ...waiting,
        onExceed: { normal: 'defer', high: 'defer' },
        reservation: { defaultMaxOutputTokens: 1000, minOutputTokens: 1000 },
        budgets: one(RESERVED, { window: HOURLY }),
      },
    )
    expect(ends(result)).toEqual(['served', 'unresolved', 'served', 'served'])
    expect(result.steps.delayMs[2]).toBe(980)
  })

  it('is unresolved when the log ends first, and costs nothing', () => {
    const result = run([row(0, { outcomes: dear }), row(10)], {
      ...waiting,
      budgets: one(RESERVED, { window: HOURLY }),
    })
    expect(ends(result)).toEqual(['served', 'unresolved'])
    expect(result.steps.costNanoUsd[1]).toBe(0)
    expect(result.steps.delayMs[1]).toBeNaN()
    expect(result.steps.quality[1]).toBeNaN()
  })

  it('is refused at once where it would never fit', () => {
    const result = run([row(0)], { ...waiting, budgets: one(1000) })
    expect([ends(result), reasons(result)]).toEqual([['rejected'], ['neverFits']])
  })
})

describe('what a call is worth', () => {
  it('a clamp below the recorded length truncates: priced at the grant, worth what the policy says', () => {
    const long = row(0, { outcomes: { small: outcome({ outputTokens: 900, costNanoUsd: 1_900_000 }) } })
    const result = run([long], {
      budgets: one(1_100_000),
      reservation: { defaultMaxOutputTokens: 1000, truncatedQuality: 0.25 },
    })
    expect(has(result, 0, FLAG_TRUNCATED) && has(result, 0, FLAG_QUALITY_ESTIMATED)).toBe(true)
    expect(result.steps.quality[0]).toBe(0.25)
    expect(result.steps.costNanoUsd[0]).toBe(100 * 1000 + 500 * 2000)
  })

  it('a clamp above the recorded length costs nothing; under a clamp an unknown length makes quality unknown', () => {
    const fits = run([row(0)], { budgets: one(1_100_000) })
    expect([fits.steps.quality[0], fits.steps.costNanoUsd[0], has(fits, 0, FLAG_TRUNCATED)]).toEqual([
      0.8,
      500_000,
      false,
    ])
    const { outputTokens: _length, ...unknown } = outcome()
    expect(
      run([row(0, { outcomes: { small: unknown } })], { budgets: one(1_100_000) }).steps.quality[0],
    ).toBeNaN()
    expect(run([row(0, { outcomes: { small: unknown } })]).steps.quality[0]).toBe(0.8)
  })

  it('without an outcome the step says so: expected cost and latency, unknown quality', () => {
    const result = run([row(0, { outcomes: { other: outcome() } })])
    for (const flag of [FLAG_NO_OUTCOME, FLAG_COST_ESTIMATED, FLAG_LATENCY_ESTIMATED])
      expect(has(result, 0, flag)).toBe(true)
    expect([result.steps.costNanoUsd[0], result.steps.latencyMs[0]]).toEqual([100 * 1000 + 100 * 2000, 1000])
    expect(result.steps.quality[0]).toBeNaN()
  })

  it('unknown quality stays unknown, unknown cost is priced from usage, unknown latency is expected', () => {
    const { costNanoUsd: _cost, quality: _quality, latencyMs: _latency, ...bare } = outcome()
    const result = run([row(0, { outcomes: { small: bare } })])
    expect(result.steps.quality[0]).toBeNaN()
    expect(result.steps.costNanoUsd[0]).toBe(100 * 1000 + 200 * 2000)
    expect([has(result, 0, FLAG_COST_ESTIMATED), has(result, 0, FLAG_LATENCY_ESTIMATED)]).toEqual([
      false,
      true,
    ])
  })

  it('a downgrade is marked', () => {
    const result = replay(
      aTable([row(0, { difficulty: 0.9, outcomes: { small: outcome(), large: outcome({ quality: 1 }) } })]),
      aPolicy({ budgets: one(790_000) }),
    )
    expect([has(result, 0, FLAG_DOWNGRADED), has(result, 0, FLAG_BOUND)]).toEqual([true, true])
    expect([result.steps.model[0], result.steps.wanted[0], result.steps.quality[0]]).toEqual([0, 2, 0.8])
  })
})

/** A busy random day with every kind of row. */
function aDay(seed: number, size = 400): TableRow[] {
  const random = createRandom(seed)
  let at = Date.parse('2026-03-28T20:00:00Z')
  return Array.from({ length: size }, () => {
    at += Math.floor(random.next() ** 3 * 600_000)
    const known = random.next()
    const outputTokens = random.below(1500)
    const made = (price: number): RowOutcome => ({
      inputTokens: 100,
      outputTokens,
      latencyMs: random.below(700_000),
      ...(known > 0.1 ? { quality: random.next() } : {}),
      ...(known > 0.3 ? { costNanoUsd: Math.floor((100 + outputTokens) * price) } : {}),
    })
    return {
      at,
      scope: { org: `o${random.below(2)}`, ...(random.next() > 0.2 ? { user: `u${random.below(4)}` } : {}) },
      priority: PRIORITIES[random.below(4)]!,
      difficulty: random.next(),
      ...(random.next() > 0.5 ? { maxOutputTokens: 1 + random.below(2000) } : {}),
      outcomes: { small: made(900), ...(known > 0.2 ? { medium: made(2900), large: made(9900) } : {}) },
    }
  })
}

const NESTED: Partial<PolicyFileInput> = {
  budgets: [
    aBudget('org', 0.1, {
      window: { kind: 'fixed', budgetDuration: '6h', timeZone: 'Europe/Berlin' },
      priorityReserve: { share: 0.2, minPriority: 'high', release: 'linear' },
    }),
    aBudget('user', 0.03, { scope: ['org', 'user'], window: { kind: 'sliding', budgetDuration: '2h' } }),
    {
      id: 'drip',
      scope: 'user',
      window: { kind: 'tokenBucket', capacity: 0.04, refillRate: { usd: 0.02, per: '1h' } },
    },
    aBudget('everything', 9000, {}),
  ],
  onExceed: { low: 'defer', normal: 'reject' },
  defer: { maxWaitMs: 1_800_000 },
}

describe('a whole log', () => {
  it('gives the same columns each time, and other columns for another log', () => {
    const [first, again] = [0, 1].map(() => replay(aTable(aDay(5)), aPolicy(NESTED)))
    expect(again).toEqual(first)
    expect(JSON.stringify(again)).toBe(JSON.stringify(first))
    expect(replay(aTable(aDay(6)), aPolicy(NESTED)).steps.costNanoUsd).not.toEqual(first!.steps.costNanoUsd)
  })

  it.each([1, 2, 3])('has every end, keeps every cap and adds up (seed %i)', (seed) => {
    const result = replay(aTable(aDay(seed)), aPolicy(NESTED))
    const { steps, poolWindows } = result
    expect(new Set(ends(result)).size).toBeGreaterThanOrEqual(2)
    for (const flag of [FLAG_DEFERRED, FLAG_DOWNGRADED, FLAG_BOUND])
      expect(Array.from(steps.flags).some((flags) => (flags & flag) !== 0)).toBe(true)
    for (const window of poolWindows) {
      expect(window.violated).toBe(false)
      if (window.budgetId !== 'drip') expect(window.peakNanoUsd).toBeLessThanOrEqual(window.capNanoUsd)
    }
    const spent = (id: string): number =>
      poolWindows
        .filter(({ budgetId }) => budgetId === id)
        .reduce((sum, { spentNanoUsd }) => sum + spentNanoUsd, 0)
    const total = steps.costNanoUsd.reduce((sum, cost) => sum + cost, 0)
    for (const id of ['org', 'user', 'drip', 'everything']) expect(spent(id)).toBe(total)
    const bindings = poolWindows.reduce((sum, window) => sum + window.bindings, 0)
    expect(bindings).toBeGreaterThanOrEqual(
      Array.from(steps.flags).filter((flags) => (flags & FLAG_BOUND) !== 0).length,
    )
    const reservations = poolWindows
      .filter(({ budgetId }) => budgetId === 'everything')
      .reduce((sum, window) => sum + window.reservations, 0)
    expect(reservations).toBe(ends(result).filter((end) => end === 'served').length)
    expect(result.capGuarantee).toBe('proved')
  })

  it('budgets that bind nobody change nothing', () => {
    const free = replay(aTable(aDay(9)), aPolicy())
    const capped = replay(aTable(aDay(9)), aPolicy({ budgets: [aBudget('b', 9000)] }))
    expect(capped.steps).toEqual(free.steps)
    expect([free.capGuarantee, capped.capGuarantee]).toEqual(['none', 'proved'])
  })

  it('an estimate is no guarantee, nor is a worst case that a recorded cost passes', () => {
    const estimating = { reservation: { mode: 'estimateWithMargin' as const } }
    expect(run([row(0)], { ...estimating, budgets: one(1e9) }).capGuarantee).toBe('estimated')
    const wrong = run([row(0, { outcomes: { small: outcome({ costNanoUsd: RESERVED + 1 }) } })], {
      budgets: one(1e9),
    })
    expect(wrong.capGuarantee).toBe('estimated')
    expect(wrong.poolWindows[0]).toMatchObject({ overspendNanoUsd: 1 })
  })

  it('a pool that only refuses is reported too, with nothing spent', () => {
    const result = run([row(0), row(1)], { budgets: one(100) })
    expect(ends(result)).toEqual(['rejected', 'rejected'])
    expect(result.poolWindows).toEqual([
      expect.objectContaining({
        budgetId: 'b',
        label: 'acme',
        bindings: 2,
        spentNanoUsd: 0,
        reservations: 0,
      }),
    ])
  })

  it('an empty log is an empty answer', () => {
    expect(run([]).steps.size).toBe(0)
    expect(run([], { budgets: one(1) }).poolWindows).toEqual([])
  })

  it('a table without the policy’s features is refused', () => {
    expect(() => replay({ ...aTable([row(0)]), features: [] }, aPolicy())).toThrow(/extractor/)
  })
})

describe('the heap', () => {
  it('pops by time, then kind, then the order of pushing', () => {
    const heap = createEventHeap()
    const random = createRandom(11)
    const events = Array.from({ length: 2000 }, (_, payload) => ({
      time: random.below(40),
      kind: random.below(3),
      payload,
    }))
    const popped: typeof events = []
    const pop = (): void => {
      const time = heap.peekTime()
      heap.pop()
      popped.push({ time, kind: heap.kind, payload: heap.payload })
    }
    for (const { time, kind, payload } of events) heap.push(time, kind, payload)
    while (heap.size > 0) pop()
    expect(popped).toEqual(
      [...events].sort((a, b) => a.time - b.time || a.kind - b.kind || a.payload - b.payload),
    )
    expect(heap.peekTime()).toBe(Infinity)
  })

  it('stays a heap while it is pushed and popped in turn', () => {
    const heap = createEventHeap()
    const random = createRandom(12)
    const times: number[] = []
    for (let i = 0; i < 3000; i++) {
      if (times.length > 0 && random.next() < 0.45) {
        times.sort((a, b) => a - b)
        expect(heap.peekTime()).toBe(times.shift())
        heap.pop()
      } else {
        const time = random.below(1000)
        times.push(time)
        heap.push(time, 0, i)
      }
      expect(heap.size).toBe(times.length)
    }
  })
})
