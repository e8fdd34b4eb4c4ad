import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { PRIORITIES } from '../../src/core/request.js'
import type { FaultSpec } from '../../src/replay/fault-spec.js'
import { replay } from '../../src/replay/replay.js'
import type { ReplayResult } from '../../src/replay/steps.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'
import { aTable, type TableRow } from '../builders/a-table.js'
import { seed } from './seed.js'

/** The cap theorem on bad days: every fault at 20 %, every kind of window. */

const HOUR = 3_600_000
const FAULTS: FaultSpec = {
  abort: 0.2,
  lost: 0.2,
  fail: 0.2,
  duplicate: 0.2,
  slow: { share: 0.2, factor: 50 },
  clock: { share: 0.2, stepMs: 3 * HOUR },
}
const STEADY_CLOCK: FaultSpec = { ...FAULTS, clock: { share: 0, stepMs: 0 } }

/** The most that a call of the small model reserves is $0.0021, of the large one $0.051. */
const CAP = 0.06
const RATE = 0.03
const WINDOWS: readonly NonNullable<PolicyFileInput['budgets']>[number][] = [
  aBudget('fixed', CAP, { window: { kind: 'fixed', budgetDuration: '1h' } }),
  aBudget('sliding', CAP, { window: { kind: 'sliding', budgetDuration: '1h', buckets: 6 } }),
  {
    id: 'bucket',
    scope: 'org',
    window: { kind: 'tokenBucket', capacity: CAP, refillRate: { usd: RATE, per: '1h' } },
  },
  aBudget('lifetime', CAP, { window: { kind: 'lifetime' } }),
  aBudget('forgetting', CAP, { window: { kind: 'lifetime', forgetAfter: '1h' } }),
]

const ask = fc.record({
  after: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 60_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 * HOUR }) },
  ),
  org: fc.constantFrom('acme', 'bolt'),
  priority: fc.constantFrom(...PRIORITIES),
  difficulty: fc.double({ min: 0, max: 1, noNaN: true }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  known: fc.boolean(),
  latencyMs: fc.integer({ min: 0, max: 40_000 }),
})
const asks = fc.array(ask, { minLength: 5, maxLength: 120 })

/** Answers use up to every token that is allowed, at the policy's own prices. */
function rowsOf(
  given: readonly (typeof ask extends fc.Arbitrary<infer Value> ? Value : never)[],
): TableRow[] {
  let at = Date.parse('2026-03-29T00:00:00Z')
  return given.map(({ after, org, share, known, latencyMs, ...parts }) => {
    at += after
    const outputTokens = Math.round(1000 * share)
    const made = {
      quality: 1,
      latencyMs,
      ...(known ? { inputTokens: 100, outputTokens } : { costNanoUsd: 100_000 }),
    }
    return { at, scope: { org }, ...parts, outcomes: { small: made, medium: made, large: made } }
  })
}

function run(rows: readonly TableRow[], spec: FaultSpec, faultSeed: number, parts: Partial<PolicyFileInput>) {
  const policy = aPolicy({
    onExceed: { low: 'defer', normal: 'downgrade', high: 'reject', critical: 'downgrade' },
    defer: { maxWaitMs: HOUR },
    ...parts,
  })
  return replay(aTable(rows), policy, { faults: { spec, seed: faultSeed } })
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

/** Every nano-dollar charged for the requests stands in every pool once, and none of the pools has more. */
function addsUp({ steps, poolWindows, capGuarantee }: ReplayResult): void {
  const total = sum(steps.chargedNanoUsd!)
  for (const { id } of WINDOWS) {
    const windows = poolWindows.filter(({ budgetId }) => budgetId === id)
    if (windows.length > 0) expect(sum(windows.map(({ spentNanoUsd }) => spentNanoUsd))).toBe(total)
  }
  for (const window of poolWindows) {
    expect(window.violated).toBe(false)
    expect(window.overspendNanoUsd).toBe(0)
  }
  expect(capGuarantee).not.toBe('estimated')
}

interface Charge {
  readonly at: number
  readonly org: string | undefined
  readonly nanoUsd: number
}

/** By the clock of the log and the columns alone: nothing of the ledger's own books. One attempt a request. */
function chargesOf(rows: readonly TableRow[], { steps }: ReplayResult): Charge[] {
  const charges = rows.flatMap(({ at, scope }, row) =>
    steps.chargedNanoUsd![row]! > 0
      ? [{ at: at + steps.delayMs[row]!, org: scope?.['org'], nanoUsd: steps.chargedNanoUsd![row]! }]
      : [],
  )
  return charges.sort((a, b) => a.at - b.at)
}

const byWindow: Readonly<Record<string, (charges: readonly Charge[]) => void>> = {
  fixed: (charges) => {
    for (const hour of new Set(charges.map(({ at }) => Math.floor(at / HOUR)))) {
      const inside = charges.filter(({ at }) => Math.floor(at / HOUR) === hour)
      expect(sum(inside.map(({ nanoUsd }) => nanoUsd))).toBeLessThanOrEqual(CAP * 1e9)
    }
  },
  sliding: (charges) => {
    for (const { at: last } of charges) {
      const inside = charges.filter(({ at }) => at > last - HOUR && at <= last)
      expect(sum(inside.map(({ nanoUsd }) => nanoUsd))).toBeLessThanOrEqual(CAP * 1e9)
    }
  },
  bucket: (charges) => {
    let above = 0
    let last = charges[0]?.at ?? 0
    for (const { at, nanoUsd } of charges) {
      above = Math.max(0, above - (RATE * 1e9 * (at - last)) / HOUR) + nanoUsd
      last = at
      expect(above).toBeLessThanOrEqual(CAP * 1e9 + 1e-3)
    }
  },
  lifetime: (charges) => expect(sum(charges.map(({ nanoUsd }) => nanoUsd))).toBeLessThanOrEqual(CAP * 1e9),
}

describe(`caps hold on bad days (FC_SEED=${seed})`, () => {
  it.each(WINDOWS.map(({ id }) => id))(
    '%s, each fault in a fifth of the calls, failover and a clock that steps',
    (id) => {
      fc.assert(
        fc.property(asks, fc.integer(), (given, faultSeed) =>
          addsUp(
            run(rowsOf(given), FAULTS, faultSeed, { budgets: WINDOWS.filter((budget) => budget.id === id) }),
          ),
        ),
        { seed, numRuns: 120 },
      )
    },
  )

  it('all windows nested, and a cap on each request', () => {
    const budgets = [...WINDOWS, { ...aBudget('request', 0.004), scope: 'request' }]
    fc.assert(
      fc.property(asks, fc.integer(), (given, faultSeed) =>
        addsUp(run(rowsOf(given), FAULTS, faultSeed, { budgets })),
      ),
      { seed, numRuns: 120 },
    )
  })

  it.each(Object.keys(byWindow))('%s, summed by hand', (id) => {
    const budgets = WINDOWS.filter((budget) => budget.id === id)
    fc.assert(
      fc.property(asks, fc.integer(), (given, faultSeed) => {
        const rows = rowsOf(given)
        const result = run(rows, STEADY_CLOCK, faultSeed, { budgets, failover: { maxAttempts: 1 } })
        const charges = chargesOf(rows, result)
        for (const org of ['acme', 'bolt']) byWindow[id]!(charges.filter((charge) => charge.org === org))
      }),
      { seed, numRuns: 120 },
    )
  })
})
