import { describe, expect, it } from 'vitest'
import type { TextColumn } from '../../../src/core/log-table.js'
import { createRandom, type Random } from '../../../src/core/random.js'
import { driftOf, DRIFT_LIMITS, type Drift } from '../../../src/metrics/drift/drift.js'
import type { Observations } from '../../../src/metrics/drift/observations.js'
import { profileOf } from '../../../src/metrics/drift/profile.js'

interface Week {
  readonly users: number
  readonly calls: number
  /** Chance that the small model answers well, and of what share of the requests it is asked. */
  readonly smallQuality: number
  readonly smallShare: number
  readonly smallCost: number
  readonly rejected: number
  readonly harder: number
}

const QUIET: Week = {
  users: 120,
  calls: 2400,
  smallQuality: 0.8,
  smallShare: 0.7,
  smallCost: 1,
  rejected: 0.004,
  harder: 0,
}
const TASKS: TextColumn['values'] = ['debug', 'docs', 'tests', 'review']

/** Users have a habit of their own each: what they ask depends on who asks. */
function aWeek(random: Random, parts: Partial<Week> = {}): Observations {
  const { users, calls, smallQuality, smallShare, smallCost, rejected, harder } = { ...QUIET, ...parts }
  const habits = Array.from({ length: users }, () => random.next() - 0.5)
  const cluster = Int32Array.from({ length: calls }, () => random.below(users))
  const habit = (row: number): number => habits[cluster[row]!]!
  const refused = Uint8Array.from({ length: calls }, () => (random.next() < rejected ? 1 : 0))
  const model = Int32Array.from({ length: calls }, (_, row) =>
    refused[row] === 1 ? -1 : random.next() + habit(row) / 5 < smallShare ? 0 : 1,
  )
  const column = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: calls }, (_, row) => value(row))
  return {
    size: calls,
    cluster,
    model,
    models: ['small', 'large'],
    task: {
      values: TASKS,
      codes: Int32Array.from({ length: calls }, (_, row) =>
        Math.min(3, Math.floor(4 * Math.min(0.999, Math.max(0, random.next() + habit(row) / 4)))),
      ),
    },
    isChosen: true,
    rejected: refused,
    costUsd: column((row) => {
      if (model[row] === -1) return 0
      // Skewed, as costs are.
      const length = Math.exp(habit(row) + 1.2 * (random.next() + random.next() + random.next() - 1.5))
      return (model[row] === 0 ? 0.001 * smallCost : 0.03) * length
    }),
    quality: column((row) => {
      if (model[row] === -1) return NaN
      return random.next() < (model[row] === 0 ? smallQuality : 0.92) - habit(row) / 10 ? 1 : 0
    }),
    difficulty: column((row) =>
      Math.min(1, Math.max(0, 0.5 + habit(row) / 3 + harder + (random.next() - 0.5) / 2)),
    ),
    inputTokens: column((row) => Math.round(200 + 400 * (random.next() + habit(row) + 0.5))),
    outputTokens: column(() => Math.round(50 + 300 * random.next())),
  }
}

function between(before: Observations, now: Observations): Drift {
  const expected = profileOf(before)
  return driftOf(expected, profileOf(now, expected), DRIFT_LIMITS)
}

const alarmsOf = ({ checks }: Drift): string[] =>
  checks.filter(({ alarm }) => alarm).map(({ segment, measure }) => `${segment} ${measure}`)

describe('drift', () => {
  it('raises an alarm in at most 1 of 20 quiet weeks', () => {
    const random = createRandom(20261126)
    const weeks = 200
    let alarmed = 0
    for (let week = 0; week < weeks; week++) if (between(aWeek(random), aWeek(random)).alarms > 0) alarmed++
    // 5 % of 200 is 10; 18 is beyond the 99 % limit of a binomial.
    expect(alarmed).toBeLessThanOrEqual(17)
  })

  it.each<[what: string, parts: Partial<Week>, alarm: string]>([
    ['a model got worse under its name', { smallQuality: 0.6 }, 'model:small quality'],
    ['a model got better under its name', { smallQuality: 0.97 }, 'model:small quality'],
    ['a model got dearer', { smallCost: 2 }, 'model:small costUsd'],
    ['other models are asked', { smallShare: 0.4 }, 'model:large share'],
    ['requests are refused', { rejected: 0.06 }, 'all rejectShare'],
    ['requests look harder', { harder: 0.2 }, 'all difficulty'],
  ])('finds that %s', (_, parts, alarm) => {
    const random = createRandom(7)
    const found = between(aWeek(random), aWeek(random, parts))
    expect(alarmsOf(found)).toContain(alarm)
  })

  it('does not alarm at a sure trifle, nor at a large change of a few requests', () => {
    const random = createRandom(5)
    const trifle = between(
      aWeek(random, { calls: 60_000, users: 6000 }),
      aWeek(random, { calls: 60_000, users: 6000, smallQuality: 0.785 }),
    )
    const [quality] = trifle.checks.filter(
      (one) => one.segment === 'model:small' && one.measure === 'quality',
    )
    expect(quality!.pValue).toBeLessThan(0.05)
    expect(trifle.alarms).toBe(0)

    const few = between(aWeek(random), aWeek(random, { calls: 60, users: 12, smallQuality: 0.55 }))
    expect(few.alarms).toBe(0)
    expect(few.unchecked).toContainEqual({ segment: 'task:docs', measure: 'quality' })
  })

  it('tells of a model that nobody expected, and of one that is gone', () => {
    const random = createRandom(3)
    const before = aWeek(random)
    const renamed = { ...aWeek(random), models: ['tiny', 'large'] }
    const found = alarmsOf(between(before, renamed))
    expect(found).toEqual(expect.arrayContaining(['model:tiny share', 'model:small share']))
  })

  it('takes whole users as what varies: twice the same calls are no more evidence', () => {
    const random = createRandom(9)
    const once = aWeek(random)
    const twice = (column: Float64Array): Float64Array => Float64Array.from([...column, ...column])
    const doubled: Observations = {
      ...once,
      size: 2 * once.size,
      cluster: Int32Array.from([...once.cluster, ...once.cluster]),
      model: Int32Array.from([...once.model, ...once.model]),
      task: { ...once.task, codes: Int32Array.from([...once.task.codes, ...once.task.codes]) },
      rejected: Uint8Array.from([...once.rejected!, ...once.rejected!]),
      costUsd: twice(once.costUsd),
      quality: twice(once.quality),
      difficulty: twice(once.difficulty),
      inputTokens: twice(once.inputTokens),
      outputTokens: twice(once.outputTokens),
    }
    const [single, double] = [profileOf(once), profileOf(doubled)]
    expect(double.means['all']!.quality!.se).toBeCloseTo(single.means['all']!.quality!.se, 8)
    expect(double.means['all']!.costUsd!.se).toBeCloseTo(single.means['all']!.costUsd!.se, 8)
  })
})
