import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { taskHull, taskHullGain, type TaskPoints } from '../../../src/metrics/frontier/task-hull-gain.js'
import { convexHull, qualityOnHull } from '../../../src/metrics/hull.js'
import { seed } from '../../properties/seed.js'
import { aPoint, shares } from './curves.js'

/** The large model is much better at code, hardly at chat. */
const code: TaskPoints = {
  task: 'code',
  requests: 10,
  points: [aPoint(1, 0.25, 'small'), aPoint(5, 0.75, 'large')],
}
const chat: TaskPoints = {
  task: 'chat',
  requests: 30,
  points: [aPoint(1, 0.75, 'small'), aPoint(5, 0.8125, 'large')],
}

describe('taskHull', () => {
  it('takes the steps of all tasks by falling slope', () => {
    expect(taskHull([chat, code])).toEqual([
      aPoint(1, 0.625, 'the cheapest model of each task'),
      aPoint(2, 0.75, 'code: large'),
      aPoint(5, 0.796875, 'chat: large'),
    ])
  })

  it('leaves tasks without requests out', () => {
    expect(taskHull([code, { task: 'none', requests: 0, points: [] }])).toEqual(taskHull([code]))
  })

  it('is empty without requests or points', () => {
    expect(taskHull([])).toEqual([])
    expect(taskHull([{ ...code, requests: 0 }])).toEqual([])
    expect(taskHull([code, { ...chat, points: [] }])).toEqual([])
  })

  it('refuses counts that are none', () => {
    expect(() => taskHull([{ ...code, requests: -1 }])).toThrow(
      'requests must be a whole number of at least 0, got -1 for code',
    )
    expect(() => taskHull([{ ...code, requests: 1.5 }])).toThrow(RangeError)
  })
})

describe('taskHullGain', () => {
  it('is what a policy knows beyond the task', () => {
    // $60 for 40 requests: half of the code on the large model, 0.6875.
    expect(taskHullGain([code, chat], { costUsd: 60, quality: 0.7 })).toBeCloseTo(0.0125, 12)
    // The best table of tasks gains nothing over itself.
    expect(taskHullGain([code, chat], { costUsd: 80, quality: 0.75 })).toBeCloseTo(0, 12)
  })

  it('is null where no mix is as cheap, and without requests', () => {
    expect(taskHullGain([code, chat], { costUsd: 39, quality: 0.7 })).toBeNull()
    expect(taskHullGain([], { costUsd: 1, quality: 0.7 })).toBeNull()
  })

  const models = ['small', 'middle', 'large']
  const someTasks = fc.array(
    fc.record({
      requests: fc.integer({ min: 1, max: 50 }),
      results: fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), shares), { minLength: 3, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  const tasksOf = (rows: readonly { requests: number; results: readonly (readonly [number, number])[] }[]) =>
    rows.map(({ requests, results }, task) => ({
      task: String(task),
      requests,
      points: results.map(([cents, quality], model) => aPoint(cents / 100, quality, models[model])),
    }))

  it(`no table of tasks beats it, and it is no lower than the hull of all (properties, FC_SEED=${seed})`, () => {
    const choices = fc.array(fc.nat({ max: 2 }), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(someTasks, choices, (rows, choice) => {
        const tasks = tasksOf(rows)
        const total = (choose: (task: number) => number) => {
          const sums = { costUsd: 0, quality: 0, requests: 0 }
          tasks.forEach(({ requests, points }, task) => {
            const point = points[choose(task)]!
            sums.costUsd += requests * point.costUsd
            sums.quality += requests * point.quality
            sums.requests += requests
          })
          return { costUsd: sums.costUsd, quality: sums.quality / sums.requests, requests: sums.requests }
        }
        const table = total((task) => choice[task]!)
        expect(taskHullGain(tasks, table)!).toBeLessThanOrEqual(1e-9)
        const pooled = models.map((_, model) => total(() => model))
        const hull = convexHull(
          pooled.map(({ costUsd, quality, requests }) => aPoint(costUsd / requests, quality)),
        )
        for (const { costUsd, quality } of hull) {
          expect(qualityOnHull(taskHull(tasks), costUsd)!).toBeGreaterThanOrEqual(quality - 1e-9)
        }
      }),
      { seed },
    )
  })
})
