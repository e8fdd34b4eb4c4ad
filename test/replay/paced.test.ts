import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import type { PolicyFileInput, SelectorSpec } from '../../src/core/policy-schema.js'
import { createRandom } from '../../src/core/random.js'
import { replay } from '../../src/replay/replay.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { aModel, aPolicyFile } from '../builders/a-policy.js'
import { aTable } from '../builders/a-table.js'

/**
 * Known truth: one day of requests of which each model's chance of success is planted and known to the policy. Traffic swings
 * with the hour, and in the evening most requests are hard: who has spent the day's money by then has nothing for them.
 */
const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 2)
const MODELS = [
  aModel('small', 0, { inputUsd: 1, outputUsd: 1 }),
  aModel('medium', 1, { inputUsd: 5, outputUsd: 5 }),
  aModel('large', 2, { inputUsd: 25, outputUsd: 25 }),
]
/** 200 tokens at these prices. */
const COSTS = [200_000, 1_000_000, 5_000_000]
const IDS = MODELS.map(({ id }) => id)
const TRAFFIC = Array.from({ length: 24 }, (_, hour) => 60 + 50 * Math.sin(((hour - 8) / 24) * 2 * Math.PI))
const classifier = { kind: 'learned' as const, learned: aLearnedSpec(IDS, 60) }

interface Day {
  readonly table: LogTable
  readonly hours: readonly number[]
}

function aDay(): Day {
  const random = createRandom(20261126)
  const planted = TRAFFIC.flatMap((count, hour) =>
    Array.from({ length: Math.round(count) }, (_, index) => {
      const difficulty = random.next() ** (hour >= 20 ? 0.5 : 2)
      const chances = [1 - difficulty, 1 - 0.6 * difficulty ** 2, 0.98]
      return { hour, at: START + hour * HOUR + Math.floor((index / count) * HOUR), chances }
    }),
  )
  const outcome = (chance: number, model: number) => ({
    costNanoUsd: COSTS[model]!,
    quality: chance,
    inputTokens: 100,
    outputTokens: 100,
    latencyMs: 2000,
  })
  const rows = planted.map(({ at, chances }) => ({
    at,
    scope: { org: 'acme' },
    maxOutputTokens: 120,
    outcomes: Object.fromEntries(chances.map((chance, model) => [IDS[model]!, outcome(chance, model)])),
  }))
  const columns = [...IDS.keys()].map((model) => Float64Array.from(planted, ({ chances }) => chances[model]!))
  const amounts = IDS.map(() => new Float64Array(planted.length).fill(100))
  return {
    table: { ...aTable(rows), features: [...columns, ...amounts] },
    hours: planted.map(({ hour }) => hour),
  }
}

const day = aDay()
const window = { kind: 'fixed', budgetDuration: '1d' } as const
type Budgets = NonNullable<PolicyFileInput['budgets']>
const capped = (maxBudget: number): Budgets => [{ id: 'day', scope: 'org', maxBudget, window }]

function aPolicyOf(selector: SelectorSpec, budgets: Budgets): Policy {
  return parsePolicy(aPolicyFile({ models: MODELS, classifier, selector, budgets }))
}

interface Got {
  readonly quality: number
  readonly costUsd: number
  readonly lateServed: number
  readonly lateQuality: number
}

/** A request that is not served is worth nothing. */
function got(selector: SelectorSpec, budgets: Budgets): Got {
  const { steps } = replay(day.table, aPolicyOf(selector, budgets))
  const worth = Array.from(steps.quality, (quality) => (Number.isNaN(quality) ? 0 : quality))
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
  const late = worth.filter((_, row) => day.hours[row]! >= 21)
  return {
    quality: mean(worth),
    costUsd: steps.costNanoUsd.reduce((sum, cost) => sum + cost, 0) / 1e9,
    lateServed: mean(late.map((value) => (value > 0 ? 1 : 0))),
    lateQuality: mean(late),
  }
}

const COST_WEIGHT = 20
const utility = (costWeight: number): SelectorSpec => ({ kind: 'utility', costWeight })
const paced = (parts: object = {}): SelectorSpec => ({
  kind: 'paced',
  budget: 'day',
  costWeight: COST_WEIGHT,
  ...parts,
})

describe('a day whose budget is half of what would be spent', () => {
  const free = got(utility(COST_WEIGHT), [])
  const cap = free.costUsd / 2
  const budgets = capped(cap)
  const unpaced = got(utility(COST_WEIGHT), budgets)
  const withPace = got(paced(), budgets)

  it('is used up before the evening without pacing, and lasts with it', () => {
    expect(unpaced.lateServed).toBeLessThan(0.2)
    expect(withPace.lateServed).toBe(1)
    expect(withPace.lateQuality).toBeGreaterThan(unpaced.lateQuality + 0.4)
    expect(withPace.quality).toBeGreaterThan(unpaced.quality + 0.05)
  })

  it('is spent, and never passed', () => {
    for (const { costUsd } of [unpaced, withPace]) {
      expect(costUsd).toBeLessThanOrEqual(cap)
      expect(costUsd).toBeGreaterThan(0.95 * cap)
    }
  })

  it('buys nearly what the best single weight buys, which nobody knows before the day is over', () => {
    const hindsight = Array.from({ length: 40 }, (_, i) => got(utility(COST_WEIGHT * 1.12 ** i), budgets))
    const best = Math.max(...hindsight.map(({ quality }) => quality))
    expect(withPace.quality).toBeGreaterThan(best - 0.03)
    const byTraffic = got(paced({ profile: TRAFFIC }), budgets)
    expect(byTraffic.quality).toBeGreaterThan(best - 0.01)
    // A weight that is nearer to the right one leaves less to make up for, and then hindsight is beaten: what it leaves is spent.
    const nearer = got(paced({ profile: TRAFFIC, costWeight: 4 * COST_WEIGHT }), budgets)
    expect(nearer.quality).toBeGreaterThan(best)
  })

  it('makes up for a weight that is far off', () => {
    for (const costWeight of [COST_WEIGHT / 4, COST_WEIGHT * 4])
      expect(got(paced({ costWeight }), budgets).quality).toBeGreaterThan(unpaced.quality + 0.25)
  })

  it('spends more where there is more: behind the plan the weight falls', () => {
    const rich = got(paced(), capped(2 * free.costUsd))
    expect(rich.costUsd).toBeGreaterThan(free.costUsd)
    expect(rich.quality).toBeGreaterThan(free.quality)
  })
})

describe('windows without an end', () => {
  const rate = got(utility(COST_WEIGHT), []).costUsd / 2

  it.each([
    ['sliding', { maxBudget: rate / 4, window: { kind: 'sliding', budgetDuration: '6h' } }],
    [
      'tokenBucket',
      { window: { kind: 'tokenBucket', capacity: rate / 4, refillRate: { usd: rate, per: '24h' } } },
    ],
  ] as const)('%s: the evening is served, and better than without pacing', (_, parts) => {
    const budgets: Budgets = [{ id: 'day', scope: 'org', ...parts }]
    const [plain, following] = [got(utility(COST_WEIGHT), budgets), got(paced(), budgets)]
    expect(following.lateServed).toBe(1)
    expect(following.quality).toBeGreaterThan(plain.quality)
  })
})

describe('a request without a pool of the budget', () => {
  it('is decided at the weight as given', () => {
    const budgets: Budgets = [{ id: 'day', scope: 'tenant', maxBudget: 1e-6, window, onMissingLabel: 'skip' }]
    expect(got(paced(), budgets)).toEqual(got(utility(COST_WEIGHT), []))
  })
})
