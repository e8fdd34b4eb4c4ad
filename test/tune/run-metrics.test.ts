import { describe, expect, it } from 'vitest'
import { parsePolicy } from '../../src/core/policy.js'
import { replay } from '../../src/replay/replay.js'
import { measure, type Metric } from '../../src/tune/metrics.js'
import { splitLog } from '../../src/tune/split.js'
import type { TuneResult } from '../../src/tune/tune.js'
import { aText } from '../metrics/builders.js'
import { aPlantedLog, aPolicyFile, aTune, parsed } from './builders.js'

const planted = aPlantedLog(4000, 21)
/** The dear model takes five seconds, ten of two in a hundred; the cheap one half a second. */
const outcomes = planted.table.outcomes.map((outcome) => ({
  ...outcome,
  latencyMs: outcome.latencyMs.map((_, row) =>
    outcome.model === 'dear' ? (row % 50 === 0 ? 10_000 : 5000) : 500 + (row % 97),
  ),
}))
const task = aText(Array.from({ length: planted.table.size }, (_, row) => (row % 3 === 0 ? 'chat' : 'batch')))
const TABLE = { ...planted.table, outcomes, task }

/** On the test part. */
function heldOut(result: TuneResult, metric: Metric, of?: string): number {
  const { test } = splitLog(TABLE, 1).rows
  const rows = new Set(test.filter((row) => of === undefined || task.values[task.codes[row]!] === of))
  const segment = Uint8Array.from(TABLE.ids, (_, row) => (rows.has(row) ? 1 : 0))
  const run = { table: TABLE, result: replay(TABLE, parsed(result)), unservedQuality: 0 }
  return measure(run, { metric, segment }).value
}

describe('a constraint on a 95th percentile', () => {
  it('is kept on unseen requests, with room for luck, where quality alone lets it go', async () => {
    const objective = 'max quality'
    const free = await aTune(TABLE, { objective, constraints: [] })
    const bound = await aTune(TABLE, { objective, constraints: ['latencyP95Ms <= 2000'] })
    expect(heldOut(free, 'latencyP95Ms')).toBeGreaterThanOrEqual(5000)
    expect(heldOut(bound, 'latencyP95Ms')).toBeLessThan(600)
    expect(heldOut(bound, 'quality')).toBeGreaterThan(0.6)
    expect(bound.notes).toContain('The constraints hold on the held-out requests too.')
  })

  it('may be of some requests, and of the baseline', async () => {
    const constraints = ['latencyP95Ms[task=chat] <= 0.5 * baseline', 'quality >= 0.5']
    const result = await aTune(TABLE, { constraints })
    expect(heldOut(result, 'latencyP95Ms', 'chat')).toBeLessThan(2500)
  })

  it('can be what is optimised', async () => {
    const result = await aTune(TABLE, { objective: 'min latencyP95Ms', constraints: ['quality >= 0.6'] })
    expect(heldOut(result, 'latencyP95Ms')).toBeLessThan(600)
    expect(heldOut(result, 'quality')).toBeGreaterThan(0.58)
  })
})

describe('an objective of several metrics', () => {
  it('weighs them', async () => {
    const constraints = ['servedShare >= 0.9']
    const worth = (dollars: number): Promise<TuneResult> =>
      aTune(TABLE, { objective: `min cost + ${dollars} * (1 - quality)`, constraints })
    const [low, high] = [await worth(0.001), await worth(0.1)]
    expect(heldOut(low, 'costUsd')).toBeLessThan(0.0015)
    expect(heldOut(high, 'quality')).toBeGreaterThan(0.9)
    if (high.kind === 'none') throw new Error(high.because)
    expect(high.tuning.objective).toBe('min cost + 0.1 * (1 - quality)')
  })

  it('may name some requests, and says which are too few', async () => {
    const result = await aTune(TABLE, { objective: 'max quality[task=chat] - 40 * cost', constraints: [] })
    expect(result.kind).toBe('tuned')
    await expect(aTune(TABLE, { objective: 'max quality[task=none]', constraints: [] })).rejects.toThrow(
      /“max quality\[task=none\]” would be judged on 0 requests/,
    )
  })
})

describe('a deferral’s delay', () => {
  /** So tight that calls of an hour wait for the next one. */
  const waiting = (maxBudget: number) => ({
    policyJson: aPolicyFile({
      budgets: [{ id: 'hour', scope: 'org', maxBudget, window: { kind: 'fixed', budgetDuration: '5m' } }],
      onExceed: { low: 'defer', normal: 'defer', high: 'defer' },
      defer: { maxWaitMs: 600_000, then: 'downgrade' },
    }),
    candidates: 20,
  })

  it('is a constraint like others, kept where nobody waits', async () => {
    const constraints = ['deferDelayP95Ms <= 1000', 'quality >= 0.3']
    const result = await aTune(TABLE, { ...waiting(1000), constraints })
    expect(result.kind).toBe('tuned')
    const late = await aTune(TABLE, { ...waiting(0.4), constraints: [...constraints, 'servedShare >= 0.5'] })
    if (late.kind === 'tuned') expect(heldOut(late, 'deferDelayP95Ms')).toBeLessThan(1000)
    else expect(late.because).toMatch(/deferDelayP95Ms/)
  })
})

describe('overspend', () => {
  it('by request sums to what the pools say, as many times as it is charged', () => {
    const policy = parsePolicy(
      aPolicyFile({
        reservation: { mode: 'estimateWithMargin', margin: 0 },
        budgets: ['org', 'team'].map((scope) => ({
          id: scope,
          scope,
          maxBudget: 1000,
          window: { kind: 'fixed', budgetDuration: '1h' },
        })),
      }),
    )
    const result = replay(TABLE, policy)
    const pools = result.poolWindows.reduce((sum, pool) => sum + pool.overspendNanoUsd, 0)
    const run = { table: TABLE, result, unservedQuality: 0 }
    const { value } = measure(run, { metric: 'overspendUsd', segment: undefined })
    expect(pools).toBeGreaterThan(0)
    expect(value * TABLE.size).toBeCloseTo(pools / 1e9, 6)
  })
})
