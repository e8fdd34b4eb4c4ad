import { describe, expect, it } from 'vitest'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { InputError } from '../../src/core/errors.js'
import { createRandom } from '../../src/core/random.js'
import { createFaults } from '../../src/replay/faults.js'
import { NO_FAULTS, parseFaults, type FaultSpec } from '../../src/replay/fault-spec.js'
import { createOutcomeSource } from '../../src/replay/outcomes.js'
import { replay } from '../../src/replay/replay.js'
import { ENDS, FLAG_COST_ESTIMATED, type ReplayResult } from '../../src/replay/steps.js'
import { aBudget, aPolicy, MEDIUM, SMALL } from '../builders/a-policy.js'
import { aTable, type RowOutcome, type TableRow } from '../builders/a-table.js'

/** Small reserves 100 x 1000 + 1000 x 2000 nano-dollars for 100 tokens in and 1000 out. */
const RESERVED = 2_100_000
const TTL = 600_000
const outcome = (parts: RowOutcome = {}): RowOutcome => ({
  quality: 0.8,
  inputTokens: 100,
  outputTokens: 200,
  latencyMs: 1000,
  ...parts,
})
const row = (at: number, parts: RowOutcome = {}): TableRow => ({
  at,
  scope: { org: 'acme' },
  outcomes: { small: outcome(parts), medium: outcome(parts) },
})
const run = (
  rows: readonly TableRow[],
  faults: Partial<FaultSpec>,
  parts: Partial<PolicyFileInput> = {},
): ReplayResult =>
  replay(
    aTable(rows),
    aPolicy({ models: [SMALL], tierBoundaries: [], budgets: [aBudget('b', 1)], ...parts }),
    {
      faults: { spec: { ...NO_FAULTS, ...faults }, seed: 1 },
    },
  )
const ends = ({ steps }: ReplayResult): string[] => Array.from(steps.end, (end) => ENDS[end]!)
const reasons = ({ steps }: ReplayResult): string[] =>
  Array.from(steps.reason, (code) => steps.reasons[code]!)
const spent = ({ poolWindows }: ReplayResult): number =>
  poolWindows.reduce((sum, { spentNanoUsd }) => sum + spentNanoUsd, 0)

describe('each fault', () => {
  it('an aborted call is charged what was streamed and is worth nothing', () => {
    const result = run([row(0)], { abort: 1 })
    const charged = result.steps.costNanoUsd[0]!
    // The input, and a part of the 200 tokens at 2,000 each.
    expect(charged).toBeGreaterThanOrEqual(100_000)
    expect(charged).toBeLessThan(500_000)
    expect((charged - 100_000) % 2000).toBe(0)
    expect([ends(result), reasons(result), spent(result)]).toEqual([['unanswered'], ['aborted'], charged])
    expect([result.steps.model[0], result.steps.quality[0], result.steps.latencyMs[0]]).toEqual([
      -1,
      NaN,
      NaN,
    ])
    expect(result.steps.flags[0]! & FLAG_COST_ESTIMATED).not.toBe(0)
    expect(result.faults).toMatchObject({ aborted: 1, lost: 0, failed: 0 })
  })

  it('an aborted call of unknown length is charged its reservation, and billed no more than the whole call', () => {
    const result = run([row(0, { outputTokens: -1, costNanoUsd: 7 })], { abort: 1 })
    expect([result.steps.costNanoUsd[0], spent(result)]).toEqual([7, RESERVED])
    expect(result.steps.flags[0]! & FLAG_COST_ESTIMATED).not.toBe(0)
  })

  it('a lost settlement is charged its whole reservation when that expires; the answer was given, and billed at its cost', () => {
    const rows = [row(0), row(TTL - 1), row(TTL)]
    const result = run(rows, { lost: 1 })
    expect(ends(result)).toEqual(['served', 'served', 'served'])
    expect([...result.steps.costNanoUsd]).toEqual([500_000, 500_000, 500_000])
    expect([...result.steps.flags]).toEqual([0, 0, 0])
    expect([...result.steps.chargedNanoUsd!]).toEqual([RESERVED, RESERVED, RESERVED])
    expect(spent(result)).toBe(3 * RESERVED)
    expect(result.steps.quality[0]).toBe(0.8)
    expect(result.faults).toMatchObject({ lost: 3 })
  })

  it('a settlement that comes twice is charged once, long after its window too', () => {
    const hourly = {
      budgets: [aBudget('b', 1, { window: { kind: 'fixed' as const, budgetDuration: '1m' } })],
    }
    const rows = [row(0), row(59_500), row(90_000), row(400_000)]
    const twice = run(rows, { duplicate: 1 }, hourly)
    const once = run(rows, {}, hourly)
    expect(twice.poolWindows).toEqual(once.poolWindows)
    expect(twice.steps).toEqual(once.steps)
    expect(twice.faults).toMatchObject({ duplicated: 4 })
  })

  it('a slow call takes longer, expires and is settled late at its cost', () => {
    const slow = run([row(0)], { slow: { share: 1, factor: 900 } })
    expect(slow.steps.latencyMs[0]).toBe(900_000)
    expect([spent(slow), slow.poolWindows[0]!.peakNanoUsd]).toEqual([500_000, RESERVED])
    expect(slow.faults).toMatchObject({ slow: 1 })
  })

  it('a failed call is charged its reservation and billed what it used, and the next model is asked and paid too', () => {
    const spec = { fail: 0.5 }
    const rows = Array.from({ length: 200 }, (_, index) => row(index * 10_000))
    const models = [SMALL, MEDIUM]
    const result = run(rows, spec, { models, tierBoundaries: [0.5] })
    const failover = reasons(result).filter((reason) => reason === 'failover')
    expect(failover.length).toBeGreaterThan(20)
    expect(new Set(ends(result))).toEqual(new Set(['served', 'unanswered']))
    const { costNanoUsd, chargedNanoUsd } = result.steps
    expect(spent(result)).toBe(chargedNanoUsd!.reduce((sum, charge) => sum + charge, 0))
    // Medium: 100 x 3,000 + 200 x 10,000 after a failed small one, of which at most 500,000 was used.
    const charges = new Set(chargedNanoUsd)
    expect(charges.has(500_000)).toBe(true)
    expect(charges.has(RESERVED + 2_300_000)).toBe(true)
    reasons(result).forEach((reason, row) => {
      if (reason !== 'failover') return
      expect(costNanoUsd[row]!).toBeGreaterThanOrEqual(100_000 + 2_300_000)
      expect(costNanoUsd[row]!).toBeLessThanOrEqual(500_000 + 2_300_000)
    })
  })

  it('a failed call whose budget has nothing left for another is refused, and its charge stays', () => {
    const parts = { models: [SMALL, MEDIUM], tierBoundaries: [0.5], budgets: [aBudget('b', RESERVED / 1e9)] }
    const result = run([row(0)], { fail: 1 }, parts)
    const { costNanoUsd, chargedNanoUsd } = result.steps
    expect([ends(result), spent(result), chargedNanoUsd![0]]).toEqual([['rejected'], RESERVED, RESERVED])
    expect(costNanoUsd[0]!).toBeGreaterThanOrEqual(100_000)
    expect(costNanoUsd[0]!).toBeLessThan(500_000)
  })

  it('the bill is the same with and without budgets, and that of lost settlements the one of a good day', () => {
    const bill = (spec: Partial<FaultSpec>, budgets: PolicyFileInput['budgets']): number =>
      run([row(0)], spec, { budgets: budgets ?? [] }).steps.costNanoUsd[0]!
    for (const spec of [{ lost: 1 }, { fail: 1 }, { abort: 1 }])
      expect(bill(spec, [])).toBe(bill(spec, [aBudget('b', 1)]))
    expect(bill({ lost: 1 }, [])).toBe(bill({}, []))
  })

  it('a clock that steps forward expires what is in flight, and its end lowers the charge', () => {
    const rows = Array.from({ length: 50 }, (_, index) => row(index * 500))
    const result = run(rows, { clock: { share: 0.5, stepMs: 86_400_000 } })
    expect(result.faults!.clockSteps).toBeGreaterThan(10)
    expect(spent(result)).toBe(50 * 500_000)
    expect(result.poolWindows[0]!.peakNanoUsd).toBeLessThanOrEqual(50 * 500_000 + 2 * RESERVED)
  })
})

describe('the clock of the ledger', () => {
  it('never goes back, and runs on from where it stepped to', () => {
    const policy = aPolicy({ models: [SMALL], tierBoundaries: [] })
    const spec = { ...NO_FAULTS, clock: { share: 0.3, stepMs: 60_000 } }
    const faults = createFaults({ spec, seed: 3 }, createOutcomeSource(aTable([row(0)]), policy))
    const shown = Array.from({ length: 3000 }, (_, index) => {
      faults.stepClock(`r${index}`)
      return faults.clockAt(index * 100)
    })
    for (let i = 1; i < shown.length; i++) expect(shown[i]).toBeGreaterThanOrEqual(shown[i - 1]!)
    const offsets = shown.map((time, index) => time - index * 100)
    expect(Math.max(...offsets)).toBeGreaterThan(50_000)
    expect(Math.abs(Math.max(...offsets))).toBeLessThanOrEqual(60_000)
    expect(faults.counts.clockSteps).toBeGreaterThan(800)
  })
})

function aDay(size: number): TableRow[] {
  const random = createRandom(5)
  let at = 0
  return Array.from({ length: size }, (_, index) => {
    at += random.below(40_000)
    return {
      ...row(at, { outputTokens: random.below(900), latencyMs: random.below(30_000) }),
      id: `q${index}`,
    }
  })
}
const TIGHT: Partial<PolicyFileInput> = {
  budgets: [
    aBudget('b', 0.02, { window: { kind: 'fixed', budgetDuration: '1h' } }),
    aBudget('c', 0.015, { window: { kind: 'sliding', budgetDuration: '1h' } }),
  ],
  onExceed: { normal: 'defer' },
  defer: { maxWaitMs: 3_600_000 },
}
const ALL = parseFaults('abort=0.1,lost=0.1,fail=0.1,duplicate=0.1,slow=0.1x100,clock=0.1x1h')

describe('a whole log', () => {
  it('with no share above 0 is the log without the option', () => {
    const policy = aPolicy({ models: [SMALL], tierBoundaries: [], ...TIGHT })
    const { faults, ...without } = run(aDay(800), {}, TIGHT)
    expect(faults).toEqual({ aborted: 0, lost: 0, failed: 0, duplicated: 0, slow: 0, clockSteps: 0 })
    const { chargedNanoUsd, ...steps } = without.steps
    expect(chargedNanoUsd).toEqual(steps.costNanoUsd)
    expect(JSON.stringify({ ...without, steps })).toBe(JSON.stringify(replay(aTable(aDay(800)), policy)))
    expect(replay(aTable(aDay(8)), policy)).not.toHaveProperty('faults')
  })

  it('is the same each time, and another one with another seed', () => {
    const again = (seed: number): string =>
      JSON.stringify(replay(aTable(aDay(500)), aPolicy(TIGHT), { faults: { spec: ALL, seed } }))
    expect(again(1)).toBe(again(1))
    expect(again(2)).not.toBe(again(1))
  })

  it('one more request moves no other draw', () => {
    const free = (rows: readonly TableRow[]): ReplayResult =>
      run(rows, { ...ALL, clock: NO_FAULTS.clock }, { budgets: [] })
    const rows = aDay(300)
    const fewer = rows.filter((_, index) => index !== 100)
    const [all, rest] = [free(rows), free(fewer)]
    const without = Array.from(all.steps.costNanoUsd).filter((_, index) => index !== 100)
    expect([...rest.steps.costNanoUsd]).toEqual(without)
  })
})

describe('--faults', () => {
  it('reads shares, and by how much', () => {
    expect(parseFaults('abort=0.05, lost=.02,slow=0.05x20,clock=1x90s')).toEqual({
      ...NO_FAULTS,
      abort: 0.05,
      lost: 0.02,
      slow: { share: 0.05, factor: 20 },
      clock: { share: 1, stepMs: 90_000 },
    })
  })

  it.each([
    ['abrt=0.1', /unknown fault "abrt"; did you mean abort\?/],
    ['zzz=0.1', /the kinds are abort, lost, fail, duplicate, slow, clock/],
    ['abort', /expected NAME=SHARE such as abort=0.05, got "abort"/],
    ['', /expected NAME=SHARE/],
    ['abort=5', /the share of abort must be a number from 0 to 1, got "5"/],
    ['abort=', /must be a number from 0 to 1, got ""/],
    ['abort=0.1x3', /abort takes a share only, got x3/],
    ['slow=0.1x0.5', /slow takes how many times as long, from 1/],
    ['clock=0.1xsoon', /clock takes its largest step as 90s/],
    ['clock=0.1x1mo', /clock takes its largest step/],
    ['lost=0.1,lost=0.1', /lost is given more than once/],
    ['abort=0.5,lost=0.4,fail=0.2', /must add up to at most 1, got 1\.1/],
  ])('%j is bad input', (text, message) => {
    expect(() => parseFaults(text)).toThrow(InputError)
    expect(() => parseFaults(text)).toThrow(message)
  })

  it('tells all that is wrong at once', () => {
    const failure = (): unknown => parseFaults('abrt=0.1,slow=2x0,lost')
    expect(failure).toThrow(/did you mean abort\?[\s\S]*share of slow[\s\S]*how many times[\s\S]*got "lost"/)
  })
})
