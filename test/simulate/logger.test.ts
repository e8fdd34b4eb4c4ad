import { describe, expect, it } from 'vitest'
import { loggedBy, type Logger } from '../../src/simulate/logger.js'
import { FRONTIER, MODELS } from '../../src/simulate/models.js'
import { withSignal } from '../../src/simulate/signal.js'
import { truthOf } from '../../src/simulate/truth.js'
import { aWeek, mean } from './a-week.js'

const SIZE = 6000
const SEED = 5
const WEEK = aWeek(SIZE)
const logged = (logger: Logger): ReturnType<typeof loggedBy>[] =>
  WEEK.map((request) => loggedBy(logger, SEED, request))
const calls = (logger: Logger, model: string): number =>
  logged(logger).filter(({ chosen }) => chosen === model).length

describe('a simulated logger', () => {
  it('holds every answer, or the one of the model that it called, and changes nothing of it', () => {
    expect(logged({ kind: 'all' })).toEqual(WEEK.map(({ record }) => record))
    for (const logger of [{ kind: 'tier' }, { kind: 'epsilon', epsilon: 0.5 }] as const)
      logged(logger).forEach(({ chosen, outcomes }, row) => {
        const own = WEEK[row]!.record.outcomes!.find(({ model }) => model === chosen)
        expect(outcomes).toEqual([{ ...own, basis: 'logged' }])
      })
  })

  it('calls each model as often as it says, within four standard errors', () => {
    for (const epsilon of [0.1, 0.5, 1])
      for (const { id } of MODELS) {
        const chance = (id === FRONTIER ? 1 - epsilon : 0) + epsilon / MODELS.length
        const error = Math.sqrt(SIZE * chance * (1 - chance))
        expect(Math.abs(calls({ kind: 'epsilon', epsilon }, id) - SIZE * chance)).toBeLessThan(4 * error)
      }
  })

  it('says with what chance it called: weighed by it, answers give what is true of every model', () => {
    const exploring = logged({ kind: 'epsilon', epsilon: 0.4 })
    for (const { id, quality } of truthOf(WEEK).models) {
      const terms = exploring.map(({ chosen, propensity, outcomes }) =>
        chosen === id ? outcomes![0]!.quality! / propensity! : 0,
      )
      const deviation = Math.sqrt(mean(terms.map((term) => (term - mean(terms)) ** 2)))
      expect(Math.abs(mean(terms) - quality)).toBeLessThan((4 * deviation) / Math.sqrt(SIZE))
    }
  })

  it('calls the cheapest model of the tier that a request requires, or always the same', () => {
    expect(new Set(logged({ kind: 'fixed', model: FRONTIER }).map(({ chosen }) => chosen))).toEqual(
      new Set([FRONTIER]),
    )
    logged({ kind: 'tier' }).forEach(({ chosen }, row) => {
      const { tier } = MODELS.find(({ id }) => id === chosen)!
      expect(tier).toBe(WEEK[row]!.truth.requiredTier)
    })
  })
})

describe('a weakened signal', () => {
  /** Chance that the smallest model is right where a request requires it alone, less where it requires more. */
  const told = (week: typeof WEEK, tierOf: (row: number) => number): number => {
    const right = (row: number): number => week[row]!.record.outcomes!.at(-1)!.quality!
    const rows = week.map((_, row) => row)
    return (
      mean(rows.filter((row) => tierOf(row) === 0).map(right)) -
      mean(rows.filter((row) => tierOf(row) > 0).map(right))
    )
  }
  const byPrompt = (row: number): number => WEEK[row]!.truth.requiredTier

  it('leaves all as it is at 1, nothing to tell at 0, and half of it between', () => {
    const whole = told(WEEK, byPrompt)
    expect(withSignal(WEEK, 1, SEED)).toEqual(WEEK)
    expect(whole).toBeGreaterThan(0.5)
    expect(Math.abs(told(withSignal(WEEK, 0, SEED), byPrompt))).toBeLessThan(0.06)
    expect(told(withSignal(WEEK, 0.5, SEED), byPrompt) / whole).toBeCloseTo(0.5, 1)
  })

  it('moves outcomes of all models together: what is true of them stays', () => {
    const none = withSignal(WEEK, 0, SEED)
    expect(truthOf(none).models).toEqual(
      truthOf(WEEK).models.map(({ id, quality, costUsd }) => ({
        id,
        quality: expect.closeTo(quality, 12) as number,
        costUsd: expect.closeTo(costUsd, 12) as number,
      })),
    )
    expect(told(none, (row) => none[row]!.truth.requiredTier)).toBeCloseTo(told(WEEK, byPrompt), 12)
  })
})
