import { describe, expect, it } from 'vitest'
import { WEEK_LENGTH, WEEK_START } from '../../src/simulate/calendar.js'
import { recordLine } from '../../src/simulate/sample-files.js'
import { aWeek, textOf } from './a-week.js'

const week = aWeek()
const records = week.map(({ record }) => record)

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

describe('simulateWeek', () => {
  it('is the same for the same seed and another for another', () => {
    const lines = (seed: number): string[] => aWeek(300, seed).map(({ record }) => recordLine(record))
    expect(lines(3)).toEqual(lines(3))
    expect(lines(4)).not.toEqual(lines(3))
  })

  it('makes as many requests as asked, in order of time, within the week, each with its own id', () => {
    expect(records).toHaveLength(4000)
    expect(new Set(records.map(({ id }) => id)).size).toBe(4000)
    const times = records.map(({ at }) => at ?? NaN)
    expect(times.every((at, i) => i === 0 || at >= (times[i - 1] ?? 0))).toBe(true)
    expect(times[0]).toBeGreaterThanOrEqual(WEEK_START)
    expect(times.at(-1)).toBeLessThan(WEEK_START + WEEK_LENGTH)
  })

  it('tells a conversation in the order in which it was held', () => {
    const seen = new Map<string, number>()
    const later = records.filter(({ messages }) => messages !== undefined)
    expect(later.length).toBeGreaterThan(200)
    for (const { scope, messages, prompt } of records) {
      const session = scope?.session ?? ''
      const opening = prompt ?? String(messages?.[0]?.content)
      const turns = messages?.length ?? 1
      if (turns > 1) expect(seen.get(`${session}\n${opening}`)).toBeGreaterThanOrEqual(turns - 2)
      seen.set(`${session}\n${opening}`, turns)
    }
  })

  it('follows the working day: a dip at lunch, quiet nights, an emptier weekend', () => {
    const berlin = records.filter(({ scope }) => scope?.org === 'northwind' && scope.user !== 'docs-bot')
    const hours = countBy(berlin, ({ at }) => String((new Date(at ?? 0).getUTCHours() + 1) % 24))
    const around = (...wanted: number[]): number =>
      wanted.reduce((sum, hour) => sum + (hours.get(String(hour)) ?? 0), 0) / wanted.length
    expect(around(12)).toBeLessThan(0.8 * around(9, 10, 14, 15))
    expect(around(1, 2, 3, 4)).toBeLessThan(0.1 * around(9, 10, 14, 15))
    const days = countBy(records, ({ at }) => String(new Date(at ?? 0).getUTCDay()))
    expect((days.get('6') ?? 0) + (days.get('0') ?? 0)).toBeLessThan(0.25 * 2 * (days.get('3') ?? 0))
  })

  it('has a few people who ask for much and many who ask for little', () => {
    const users = [...countBy(records, ({ scope }) => `${scope?.org}/${scope?.user}`).values()].sort(
      (a, b) => b - a,
    )
    const total = users.reduce((sum, count) => sum + count, 0)
    const topTenth = users.slice(0, Math.ceil(users.length / 10)).reduce((sum, count) => sum + count, 0)
    expect(users.length).toBeGreaterThan(120)
    expect(topTenth / total).toBeGreaterThan(0.35)
  })

  it('rarely asks the same twice', () => {
    expect(new Set(week.map(textOf)).size / week.length).toBeGreaterThan(0.98)
  })

  it('fills every choice that its texts leave open', () => {
    for (const request of week) expect(textOf(request)).not.toMatch(/%[a-zA-Z]\w*%|\[\[\w*\||undefined%/)
  })

  it('names every priority and both needs', () => {
    expect([...countBy(records, ({ priority }) => priority ?? '').keys()].sort()).toEqual([
      'critical',
      'high',
      'low',
      'normal',
    ])
    expect([...new Set(records.flatMap(({ needs }) => needs ?? []))].sort()).toEqual(['jsonSchema', 'tools'])
  })
})
