import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { pacedBudget } from '../../src/tune/learn/paced-budget.js'
import { windowProfile } from '../../src/tune/learn/window-profile.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'

const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 2)
const fixed = { kind: 'fixed', budgetDuration: '1d', timeZone: 'UTC' } as const
const sliding = { kind: 'sliding', budgetDuration: '1d', buckets: 60 } as const

/** One request an hour, and three at noon. */
function aLog(hours: number, arrivals: 'logged' | 'synthetic' = 'logged') {
  const at = Array.from({ length: hours }, (_, hour) => START + (hour + 0.5) * HOUR)
  const noons = at.filter((time) => new Date(time).getUTCHours() === 12)
  const times = [...at, ...noons, ...noons].sort((a, b) => a - b)
  return { table: { at: Float64Array.from(times), arrivals }, rows: [...times.keys()] }
}

describe('the profile that a log tells of a window', () => {
  const profileOf = (hours: number): number[] | undefined => {
    const { table, rows } = aLog(hours)
    return windowProfile(table, rows, fixed)
  }

  it('counts requests by its parts, one more each', () => {
    const flat = new Array<number>(24).fill(2)
    expect(profileOf(24)).toEqual(flat.with(12, 4))
    expect(profileOf(48)).toEqual(flat.map(() => 3).with(12, 7))
  })

  it('leaves out windows that the rows do not cover whole', () => {
    expect(profileOf(40)).toEqual(profileOf(24))
    expect(profileOf(20)).toBeUndefined()
  })

  it('reads no more than the rows it may learn from, in whatever order', () => {
    const { table, rows } = aLog(48)
    const firstDay = rows.filter((row) => (table.at[row] as number) < START + 24 * HOUR)
    expect(windowProfile(table, firstDay, fixed)).toEqual(profileOf(24))
    expect(windowProfile(table, rows.toReversed(), fixed)).toEqual(profileOf(48))
  })

  it('is none where windows have no end, or times are made up', () => {
    const { table, rows } = aLog(48)
    expect(windowProfile(table, rows, sliding)).toBeUndefined()
    expect(windowProfile({ ...table, arrivals: 'synthetic' }, rows, fixed)).toBeUndefined()
    expect(windowProfile(table, [], fixed)).toBeUndefined()
  })
})

describe('the budget to pace by', () => {
  const drip = aBudget('drip', 1, { window: sliding })
  const day = aBudget('day', 1, { window: fixed })
  const unfit = [aBudget('ever', 1), aBudget('one', 1, { scope: 'request' })]

  it('is the first with an end, else the first that refills', () => {
    expect(pacedBudget(aPolicy({ budgets: [...unfit, drip, day] })).id).toBe('day')
    expect(pacedBudget(aPolicy({ budgets: [...unfit, drip] })).id).toBe('drip')
  })

  it('or nobody can tell which, and why', () => {
    const refused = (budgets: typeof unfit): InputError => {
      try {
        return pacedBudget(aPolicy({ budgets })) as never
      } catch (error) {
        return error as InputError
      }
    }
    expect(refused(unfit)).toBeInstanceOf(InputError)
    expect(refused(unfit).issues.map(({ message }) => message)).toEqual([
      expect.stringContaining('never replenished'),
      expect.stringContaining('many requests share'),
    ])
    expect(refused([]).message).toContain('needs a budget')
  })
})
