import { describe, expect, it } from 'vitest'
import { asLogged } from '../../src/simulate/as-logged.js'
import { requiredTier, successProbability } from '../../src/simulate/difficulty.js'
import { FRONTIER, MODELS } from '../../src/simulate/models.js'
import { OWN_LUCK } from '../../src/simulate/outcomes.js'
import { aWeek, mean } from './a-week.js'

const week = aWeek()
const quality = (id: string): number[] =>
  week.map(({ record }) => record.outcomes?.find(({ model }) => model === id)?.quality ?? NaN)
const byAbility = [...MODELS].sort((a, b) => b.ability - a.ability)

describe('the outcomes', () => {
  it('are known for every model: the call of the frontier as logged, the others as the matrix', () => {
    for (const { record } of week) {
      expect(record.outcomes?.map(({ model }) => model)).toEqual(MODELS.map(({ id }) => id))
      expect(record.chosen).toBe(FRONTIER)
      for (const { model, basis } of record.outcomes ?? [])
        expect(basis).toBe(model === FRONTIER ? 'logged' : 'matrix')
    }
  })

  it('never pass the length that was asked for', () => {
    for (const { record } of week) {
      for (const { outputTokens, reasoningTokens = 0 } of record.outcomes ?? []) {
        expect(outputTokens).toBeLessThanOrEqual(record.maxOutputTokens ?? 0)
        expect(reasoningTokens).toBeLessThanOrEqual(outputTokens ?? 0)
      }
    }
  })

  it('rank the models by ability', () => {
    const means = byAbility.map(({ id }) => mean(quality(id)))
    expect(means).toEqual([...means].sort((a, b) => b - a))
    for (const difficulty of [0, 0.3, 0.6, 0.9]) {
      const chances = byAbility.map(({ ability }) => successProbability(ability, difficulty))
      expect(chances).toEqual([...chances].sort((a, b) => b - a))
    }
  })

  it('are nested but for the calls with luck of their own', () => {
    const strong = quality(byAbility[0]!.id)
    const weak = quality(byAbility.at(-1)!.id)
    const upset = mean(weak.map((value, i) => (value > (strong[i] ?? 0) ? 1 : 0)))
    expect(upset).toBeGreaterThan(0)
    expect(upset).toBeLessThan(OWN_LUCK)
  })

  it('hang on the difficulty: each tier is likely to succeed where it is required, and no lower one', () => {
    for (const tier of [0, 1, 2]) {
      const rows = week.flatMap(({ truth }, i) => (truth.requiredTier === tier ? [i] : []))
      const rate = (id: string): number => mean(rows.map((i) => quality(id)[i] ?? NaN))
      for (const model of MODELS) {
        if (model.tier >= tier) expect(rate(model.id)).toBeGreaterThan(0.75)
        else expect(rate(model.id)).toBeLessThan(0.6)
      }
    }
  })
})

describe('the required tier', () => {
  it('rises at the boundaries', () => {
    expect([0, 0.349, 0.35, 0.699, 0.7, 1].map(requiredTier)).toEqual([0, 0, 1, 1, 2, 2])
  })

  it('is not in the log, nor is the difficulty', () => {
    const allowed =
      'id at scope priority prompt messages maxOutputTokens needs task chosen propensity outcomes'.split(' ')
    for (const { record } of week) for (const field of Object.keys(record)) expect(allowed).toContain(field)
    expect(JSON.stringify(week.map(({ record }) => record))).not.toMatch(
      /difficulty|requiredTier|required_tier/i,
    )
  })

  it('cannot be read off the task, the limit or the number of turns', () => {
    const groups = new Map<string, number[]>()
    for (const { record, truth } of week) {
      const key = `${record.task}/${record.maxOutputTokens}/${record.messages?.length ?? 1}`
      groups.set(key, [...(groups.get(key) ?? []), truth.requiredTier])
    }
    const hits = [...groups.values()].map((tiers) =>
      Math.max(...[0, 1, 2].map((tier) => tiers.filter((t) => t === tier).length)),
    )
    expect(hits.reduce((sum, count) => sum + count, 0) / week.length).toBeLessThan(0.86)
  })
})

describe('asLogged', () => {
  it('keeps the one outcome that a team really has', () => {
    const { record } = week[0]!
    expect(asLogged(record).outcomes?.map(({ model }) => model)).toEqual([FRONTIER])
    expect(record.outcomes).toHaveLength(MODELS.length)
  })
})
