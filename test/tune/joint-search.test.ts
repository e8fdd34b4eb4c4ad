import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { createRandom } from '../../src/core/random.js'
import type { Searchable } from '../../src/tune/shapes/shapes.js'
import { trialsHere, type OpenTrials } from '../../src/tune/trial.js'
import type { TuneOptions, TuneResult } from '../../src/tune/tune.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { anOutcome, aTable } from '../metrics/builders.js'
import { aPlantedLog, aPolicyFile, aTune, parsed } from './builders.js'

const SIZE = 4000

function costOf(result: TuneResult): number {
  return result.kind === 'none' ? Infinity : (result.tuning.heldOut.costUsd ?? Infinity)
}

/**
 * Of three models the one of the middle tier is no better than the cheap one, and cheaper than all: tiers ask it where they should
 * not, whatever their boundaries.
 */
function withDecoy(): LogTable {
  const { table } = aPlantedLog(SIZE, 31)
  const random = createRandom(8)
  const decoy = anOutcome(
    'decoy',
    Array.from({ length: SIZE }, () => (random.next() < 0.15 ? 1 : 0)),
    0.0009,
  )
  return { ...table, outcomes: [...table.outcomes, decoy] }
}

const priced = (id: string, tier: number, price: number) => ({
  id,
  tier,
  pricing: { promptPer1m: price, completionPer1m: price },
})

describe('a joint search', () => {
  const table = withDecoy()
  const policyJson = aPolicyFile({
    models: [priced('cheap', 1, 1), priced('dear', 1, 10), priced('decoy', 0, 0.9)],
    tierBoundaries: [0.5],
  })
  const find = (search: readonly Searchable[], parts: Partial<TuneOptions> = {}): Promise<TuneResult> =>
    aTune(table, { policyJson, search, candidates: 120, ...parts })

  it('finds another selector where no number of the given one will do', async () => {
    // At or above the required tier the cheapest is asked: the dear model never is.
    const numbers = await find([])
    expect(numbers.kind).toBe('none')
    const joint = await find(['selector'])
    if (joint.kind === 'none') throw new Error(joint.because)
    expect(parsed(joint).file.selector).toMatchObject({ kind: 'threshold', strong: 'dear', weak: 'cheap' })
    expect(joint.notes.join()).toContain('of another kind than the one given: threshold dear over cheap')
    expect(joint.notes).toContain('The constraints hold on the held-out requests too.')
    expect(costOf(joint)).toBeLessThan(0.0095)
  })

  it('tries the same whoever is done first, and writes the same', async () => {
    const late = createRandom(3)
    const openTrials: OpenTrials = (input) => {
      const { attempt, line, judge, close } = trialsHere(input)
      const later = (): Promise<void> => new Promise((done) => setTimeout(done, 20 * late.next()))
      return {
        attempt: (one) => later().then(() => attempt(one)),
        line: (at) => later().then(() => line(at)),
        judge: (contender) => later().then(() => judge(contender)),
        close,
      }
    }
    const [inTurn, mixedUp] = [await find(['selector']), await find(['selector'], { openTrials })]
    expect(JSON.stringify(mixedUp)).toBe(JSON.stringify(inTurn))
  })

  it('spends what it may, whatever it races', async () => {
    const seen: number[] = []
    const result = await find(['selector'], { candidates: 40, onProgress: (done) => seen.push(done) })
    expect(Math.max(...seen)).toBeLessThanOrEqual(60)
    expect(result.kind === 'none' ? result.candidates : result.tuning.candidates).toBeLessThan(100)
  })
})

/** What the learned classifier knows exactly, and the heuristic not at all. */
function foreseen(): {
  readonly table: LogTable
  readonly learned: LogTable
  readonly spec: ReturnType<typeof aLearnedSpec>
} {
  const random = createRandom(12)
  const hard = Array.from({ length: SIZE }, () => random.next() < 0.35)
  const answers = (chance: (isHard: boolean) => number): number[] =>
    hard.map((is) => (random.next() < chance(is) ? 1 : 0))
  const outcomes = [
    anOutcome(
      'cheap',
      answers((is) => (is ? 0.1 : 0.95)),
      0.001,
    ),
    anOutcome(
      'dear',
      answers(() => 0.95),
      0.01,
    ),
  ]
  const column = (of: (isHard: boolean) => number): Float64Array => Float64Array.from(hard, of)
  const features = Array.from({ length: 8 }, () => Float64Array.from(hard, () => random.next()))
  const table = aTable({ outcomes, features, arrivals: 'logged' })
  const none = new Float64Array(SIZE).fill(NaN)
  return {
    table,
    learned: { ...table, features: [column((is) => (is ? 0.1 : 0.95)), column(() => 0.95), none, none] },
    spec: aLearnedSpec(['cheap', 'dear'], 60),
  }
}

describe('a joint search over classifiers', () => {
  it('takes the learned one of another policy where it tells more', { timeout: 60_000 }, async () => {
    const { table, learned, spec } = foreseen()
    const classifier = { kind: 'learned', learned: spec }
    const readBy = (policy: Policy): LogTable => (policy.file.classifier.kind === 'learned' ? learned : table)
    const find = (search: readonly Searchable[]): Promise<TuneResult> =>
      aTune(table, {
        search,
        candidates: 120,
        classifiers: [aPolicyFile({ classifier })],
        readBy,
        constraints: ['quality >= 0.94 * baseline'],
      })
    const [alone, joint] = [await find(['selector']), await find(['selector', 'classifier'])]
    expect(costOf(joint)).toBeLessThan(0.6 * costOf(alone))
    expect(parsed(joint).file.classifier.kind).toBe('learned')
  })
})

describe('a joint search over ladders', () => {
  it('finds the rungs and from which score on an answer is taken', { timeout: 60_000 }, async () => {
    const random = createRandom(14)
    const good = Array.from({ length: SIZE }, () => random.next() < 0.7)
    // Scores tell the cheap model's good answers from its bad ones; prompts tell nothing. The middle one is a waste.
    const score = Float64Array.from(good, (is) => (is ? 0.6 : 0.2) + 0.15 * random.next())
    const scored = (id: string, quality: readonly number[], costUsd: number, scores: Float64Array) => ({
      ...anOutcome(id, quality, costUsd),
      score: scores,
    })
    const at = (chance: number): number[] => good.map(() => (random.next() < chance ? 1 : 0))
    const outcomes = [
      scored('cheap', good.map(Number), 0.001, score),
      scored(
        'middle',
        at(0.75),
        0.006,
        score.map(() => 0.5),
      ),
      scored(
        'dear',
        at(0.96),
        0.01,
        score.map(() => 1),
      ),
    ]
    const features = Array.from({ length: 8 }, () => Float64Array.from(good, () => random.next()))
    const table = aTable({ outcomes, features, arrivals: 'logged' })
    const policyJson = aPolicyFile({
      models: [priced('cheap', 0, 1), priced('middle', 1, 6), priced('dear', 2, 10)],
      tierBoundaries: [0.3, 0.7],
      selector: {
        kind: 'cascade',
        scorer: { kind: 'external' },
        rungs: [{ model: 'middle', accept: 0.9 }, { model: 'dear' }],
      },
    })
    const find = (search: readonly Searchable[]): Promise<TuneResult> =>
      aTune(table, { policyJson, search, candidates: 120, constraints: ['quality >= 0.97 * baseline'] })
    const joint = await find(['cascade', 'selector'])
    const { selector } = parsed(joint).file
    if (selector.kind !== 'cascade') throw new Error(selector.kind)
    expect(selector.rungs.map(({ model }) => model)).toEqual(['cheap', 'dear'])
    expect(selector.rungs[0]?.accept).toBeGreaterThan(0.25)
    expect(selector.rungs[0]?.accept).toBeLessThan(0.61)
    expect(costOf(joint)).toBeLessThan(0.0046)
    expect(costOf(await find([]))).toBeGreaterThan(0.008)
  })
})

describe('a joint search over budgets', () => {
  const { table } = aPlantedLog(2000, 41)
  const policyJson = aPolicyFile({
    budgets: [{ id: 'hour', scope: 'org', maxBudget: 0.5, window: { kind: 'fixed', budgetDuration: '1h' } }],
  })
  const find = (search: readonly Searchable[]): Promise<TuneResult> =>
    aTune(table, {
      policyJson,
      search,
      candidates: 80,
      objective: 'max quality',
      constraints: ['servedShare >= 0.2'],
    })

  it('leaves caps alone unless it is told to', async () => {
    const { budgets } = parsed(await find(['selector', 'classifier', 'cascade'])).file
    expect(budgets).toEqual(parsePolicy(policyJson).file.budgets)
  })

  it('turns amounts where it is', async () => {
    const free = parsed(await find(['budgets'])).file.budgets
    expect(JSON.stringify(free)).not.toBe(JSON.stringify(parsePolicy(policyJson).file.budgets))
  })
})
