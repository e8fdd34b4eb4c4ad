import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { createRandom, type Random } from '../../src/core/random.js'
import { clairvoyantBound, type ClairvoyantBound } from '../../src/metrics/bound/clairvoyant.js'
import { contributions, knownMean } from '../../src/metrics/contributions.js'
import { inRowOrder } from '../../src/metrics/row-order.js'
import { replay } from '../../src/replay/replay.js'
import { headroom } from '../../src/tune/headroom.js'
import { aBudget, aPolicyFile, LARGE, MEDIUM, SMALL } from '../builders/a-policy.js'
import { aTable } from '../builders/a-table.js'
import { seed } from '../properties/seed.js'

const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 2)
type Window = NonNullable<PolicyFileInput['budgets']>[number]['window']

/** Three days of a few users; of each request what every model's answer cost and was worth. */
function aLog(random: Random, size: number): LogTable {
  const outcome = (rate: number, chance: number): object => {
    const outputTokens = 20 + random.below(400)
    return {
      costNanoUsd: Math.round(rate * (1000 + 1000 * outputTokens * random.next())),
      quality: random.next() < 0.5 ? Number(random.next() < chance) : random.next() * chance,
      inputTokens: 100,
      outputTokens,
      latencyMs: 200 + random.below(60_000),
    }
  }
  let at = START
  return aTable(
    Array.from({ length: size }, () => {
      at += random.below((72 * HOUR * 2) / size)
      const difficulty = random.next()
      return {
        at,
        scope: { org: 'acme', user: `u${random.below(3)}` },
        priority: (['low', 'normal', 'high'] as const)[random.below(3)]!,
        difficulty,
        maxOutputTokens: 500,
        outcomes: {
          small: outcome(1, 1 - difficulty),
          medium: outcome(5, 1 - 0.6 * difficulty),
          large: outcome(25, 1 - 0.2 * difficulty),
        },
      }
    }),
  )
}

const WINDOWS: Readonly<Record<string, Window>> = {
  fixed: { kind: 'fixed', budgetDuration: '1d' },
  rollover: { kind: 'fixed', budgetDuration: '6h', rollover: { maxUsd: 0.5 } },
  sliding: { kind: 'sliding', budgetDuration: '8h', buckets: 8 },
  lifetime: { kind: 'lifetime' },
  forgetful: { kind: 'lifetime', forgetAfter: '3h' },
}
const SELECTORS: readonly PolicyFileInput['selector'][] = [
  { kind: 'cheapestCapable' },
  { kind: 'fixed', model: 'large' },
  { kind: 'mix', shares: { small: 0.5, medium: 0.2, large: 0.3 } },
  {
    kind: 'cascade',
    rungs: [{ model: 'small', accept: 0.5 }, { model: 'large' }],
    scorer: { kind: 'external', costUsd: 0, latencyMs: 100 },
  },
]
const MODES = ['worstCase', 'estimateWithMargin'] as const

function policies(random: Random, spentAlone: number): Policy[] {
  const kinds = Object.keys(WINDOWS)
  const [org, user] = [0, 1].map(() => WINDOWS[kinds[random.below(kinds.length)]!]!)
  const share = (): number => Math.max(0.001, Number((spentAlone * (0.02 + 0.6 * random.next())).toFixed(6)))
  const budgets = [
    aBudget('org', share(), { window: org! }),
    aBudget('user', share() / 2, { scope: ['org', 'user'], window: user! }),
    aBudget('request', 0.02, { scope: 'request' }),
  ].slice(0, 1 + random.below(3))
  const onExceed = random.next() < 0.3 ? 'defer' : random.next() < 0.5 ? 'downgrade' : 'reject'
  const mode = MODES[random.below(2)]!
  const unservedQuality = random.next() < 0.3 ? 0.2 : 0
  return SELECTORS.map((selector) =>
    parsePolicy(
      aPolicyFile({
        models: [SMALL, MEDIUM, LARGE],
        selector: selector!,
        budgets,
        unservedQuality,
        seed: random.below(1000),
        reservation: { mode, defaultMaxOutputTokens: 500, minOutputTokens: 50 },
        onExceed: { low: onExceed, normal: onExceed, high: 'downgrade' },
      }),
    ),
  )
}

interface Run {
  readonly quality: number
  readonly bound: Extract<ClairvoyantBound, { kind: 'bound' }>
}

function runOf(table: LogTable, policy: Policy): Run {
  const steps = inRowOrder(
    replay(table, policy, { simulatedScorer: { errorRate: 0.1, seed: 3 } }).steps,
    table.size,
  )
  const quality = knownMean(contributions(steps, policy.file.unservedQuality).quality)
  const bound = clairvoyantBound(table, policy, steps)
  if (quality === null || bound.kind === 'none') throw new Error('all outcomes are known')
  return { quality, bound }
}

describe(`the clairvoyant bound (FC_SEED=${seed})`, () => {
  it('is never below what any policy under the same budgets keeps, its own or another’s', () => {
    const random = createRandom(seed)
    let binding = 0
    for (let log = 0; log < 60; log++) {
      const table = aLog(random, 120)
      const large = table.outcomes[2]!.costNanoUsd.reduce((sum, cost) => sum + cost, 0) / 1e9
      const runs = policies(random, large).map((policy) => runOf(table, policy))
      const isHard = runs.every(({ bound }) => bound.quality === runs[0]!.bound.quality)
      for (const { quality, bound } of runs) {
        expect(quality).toBeLessThanOrEqual(bound.quality + 1e-9)
        if (isHard) for (const other of runs) expect(other.quality).toBeLessThanOrEqual(bound.quality + 1e-9)
        binding += bound.binding
      }
    }
    // Else nothing was bounded.
    expect(binding).toBeGreaterThan(20)
  })

  it('says why there is none', () => {
    const table = aLog(createRandom(1), 50)
    const [policy] = policies(createRandom(1), 1) as [Policy]
    const promptCache = { minTokens: 1, ttlMs: 1000, granularity: 1 }
    const cached = parsePolicy({
      ...policy.file,
      models: policy.file.models.map((model) => ({ ...model, promptCache })),
    })
    expect(headroom(table, cached, replay(table, cached))).toMatchObject({
      bound: null,
      because: expect.stringContaining('prompt caches'),
    })
    const [first, ...rest] = table.outcomes
    const unknown = { ...first!, quality: first!.quality.map((value, row) => (row % 2 === 0 ? NaN : value)) }
    const partly = { ...table, outcomes: [unknown, ...rest] }
    expect(headroom(partly, policy, replay(partly, policy))).toMatchObject({
      bound: null,
      share: null,
      because: expect.stringContaining('25 of 50 requests'),
    })
  })
})

describe('headroom', () => {
  const random = createRandom(7)
  /** What each model can do is plain from the difficulty: a router that reads it is as good as can be, if money lasts. */
  const table = aTable(
    Array.from({ length: 400 }, (_, index) => {
      const difficulty = random.next()
      const answer = (costNanoUsd: number, limit: number): object => ({
        costNanoUsd,
        quality: difficulty < limit ? 1 : 0,
        inputTokens: 100,
        outputTokens: 100,
        latencyMs: 1000,
      })
      const outcomes = { small: answer(3e5, 0.4), medium: answer(1.3e6, 0.7), large: answer(6e6, 1) }
      const scope = { org: 'acme' }
      return { at: START + (index * 72 * HOUR) / 400, scope, difficulty, maxOutputTokens: 200, outcomes }
    }),
  )
  const large = 400 * 0.006
  const policy = (selector: PolicyFileInput['selector'], maxUsd: number): Policy =>
    parsePolicy(
      aPolicyFile({
        models: [SMALL, MEDIUM, LARGE],
        selector,
        budgets: [aBudget('org', maxUsd, { window: { kind: 'fixed', budgetDuration: '1d' } })],
        reservation: { mode: 'worstCase', defaultMaxOutputTokens: 500, minOutputTokens: 50 },
        onExceed: { low: 'downgrade', normal: 'downgrade', high: 'downgrade' },
      }),
    )

  it('is the way from the best mix to the bound: a mix has none of it, a router with skill a part', () => {
    const tight = Number((large / 8).toFixed(6))
    const router = policy({ kind: 'cheapestCapable' }, tight)
    const won = headroom(table, router, replay(table, router))
    expect(won.bestMix!.quality).toBeLessThan(won.bound!)
    expect(won.share).toBeGreaterThan(0.3)
    expect(won.share).toBeLessThanOrEqual(1)
    const mixed = policy({ kind: 'mix', shares: won.bestMix!.shares }, tight)
    const nothing = headroom(table, mixed, replay(table, mixed))
    expect(nothing.share).toBeCloseTo(0, 9)
    expect(nothing.bound).toBeCloseTo(won.bound!, 9)
  })

  it('is all that the oracle has where money is no matter', () => {
    const rich = policy({ kind: 'fixed', model: 'large' }, 1000)
    const { bound, binding } = headroom(table, rich, replay(table, rich))
    const best = table.ids.reduce(
      (sum, _, row) => sum + Math.max(...table.outcomes.map(({ quality }) => quality[row]!)),
      0,
    )
    expect(bound).toBeCloseTo(best / table.size, 9)
    expect(binding).toBe(0)
  })
})
