import { describe, expect, it } from 'vitest'
import type { Message } from '../../../src/core/request.js'
import { nearDuplicates } from '../../../src/tune/near-duplicates/near-duplicates.js'
import { purgeDuplicates } from '../../../src/tune/near-duplicates/purge-duplicates.js'
import { splitLog } from '../../../src/tune/split.js'
import { aPlantedLog, aTune } from '../builders.js'

const SIZE = 2000
const { table } = aPlantedLog(SIZE, 17)
const words = (name: string): string => Array.from({ length: 12 }, (_, i) => `${name}${i}`).join(' ')
const messagesBy = (text: (row: number) => string): (readonly Message[])[] =>
  Array.from({ length: SIZE }, (_, row) => [{ role: 'user', content: text(row) }])
const novel = (row: number): string => words(`r${row}x`)
const purged = (messages: readonly (readonly Message[] | undefined)[]) =>
  purgeDuplicates(splitLog(table, 1), nearDuplicates(messages, 1))

describe('purgeDuplicates', () => {
  const whole = splitLog(table, 1)

  it('leaves a log without near duplicates as it was', () => {
    const { split, warnings } = purged(messagesBy(novel))
    expect(split.rows).toEqual(whole.rows)
    expect(split.rule).toContain('0 near duplicates of earlier ones left out')
    expect(warnings).toEqual([])
  })

  it('leaves out of each part what was asked in an earlier one, and keeps repetitions within a part', () => {
    const [inValidate, inTest] = [whole.rows.validate.slice(0, 40), whole.rows.test.slice(0, 60)]
    const copies = new Map([...inValidate, ...inTest].map((row, i) => [row, i % 50]))
    const { split } = purged(messagesBy((row) => novel(copies.get(row) ?? (row === 60 ? 59 : row))))
    expect(split.rows.tune).toEqual(whole.rows.tune)
    expect(split.rows.validate).toEqual(whole.rows.validate.slice(40))
    expect(split.rows.test).toEqual(whole.rows.test.slice(60))
    expect(split.purged - whole.purged).toBe(100)
    expect(split.rule).toContain('100 near duplicates')
  })

  it('warns of what makes up more than 5 % of the log, and splits it by time', () => {
    const { split, warnings } = purged(
      messagesBy((row) => (row % 10 === 0 ? 'retry the failed step' : novel(row))),
    )
    expect(split.rows).toEqual(whole.rows)
    expect(warnings.join()).toMatch(
      /^200 requests \(10\.0 % of the log\) ask nearly the same: .* split by time/,
    )
  })

  it('says of how many requests it knows the text', () => {
    const some = messagesBy(novel).map((own, row) => (row < 500 ? own : undefined))
    expect(purged(some).split.rule).toContain('those of the 500 with a text')
  })
})

describe('tune on a log that repeats itself', () => {
  it('refuses to pass what was searched on for unseen', async () => {
    const test = new Set(splitLog(table, 1).rows.test)
    const messages = messagesBy((row) => novel(test.has(row) ? row - 1600 : row))
    await expect(aTune(table, { messages })).rejects.toThrow(
      /the test part would hold 0 requests .*400 near duplicates of earlier ones left out/,
    )
  })

  it('judges on what is left, and says how much that is', async () => {
    const messages = messagesBy((row) => novel(row % 4 === 0 ? row % 400 : row))
    const result = await aTune(table, { messages, candidates: 10, constraints: ['quality >= 0.5'] })
    if (result.kind === 'none') throw new Error(result.because)
    expect(result.tuning.split).toMatchObject({ tune: 1200, validate: 300, test: 300 })
    expect(result.notes.join()).not.toContain('No texts are known')
  })

  it('says so where no texts are known', async () => {
    const result = await aTune(table, { candidates: 2, constraints: ['quality >= 0.1'] })
    expect(result.notes.join()).toContain('No texts are known')
  })
})
