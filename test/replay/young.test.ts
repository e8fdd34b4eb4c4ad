import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { sessionsOf } from '../../src/metrics/sessions.js'
import { withoutYoung, withYoungUnlabelled } from '../../src/replay/young.js'
import { aTable } from '../builders/a-table.js'

const HOUR = 3_600_000
const SIX_HOURS = { text: '6h', ms: 6 * HOUR, bySession: false }

/** A request an hour for twelve hours, in three sessions that take turns; all are labelled. */
const table = aTable(
  Array.from({ length: 12 }, (_, hour) => ({
    at: hour * HOUR,
    scope: { session: `s${hour % 3}` },
    chosen: 'm',
    outcomes: { m: { quality: 1, costNanoUsd: 5 } },
  })),
)

describe('a label delay', () => {
  it('leaves out what arrived less than that before the last arrival, labelled or not', () => {
    const old = withoutYoung(table, SIX_HOURS)
    expect(old.ids).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5'])
    expect(old.leftOutYoung).toEqual({ delay: '6h', requests: 6 })
    expect(table.size).toBe(12)
  })

  it('by session leaves out the same, and counts no session that went on within it', () => {
    const old = withoutYoung(table, { ...SIX_HOURS, ms: 2 * HOUR, bySession: true })
    expect(old.size).toBe(10)
    // Of s0, s1, s2 in turn the last two were asked in the last two hours.
    expect([...old.sessionsOpen!]).toEqual([0, 1, 1, 0, 1, 1, 0, 1, 1, 0])
    expect(sessionsOf(old)).toMatchObject({ count: 1, first: Int32Array.of(0) })
    expect(sessionsOf(withoutYoung(table, { ...SIX_HOURS, bySession: true }))).toBeUndefined()
    expect(withoutYoung(table, SIX_HOURS).sessionsOpen).toBeUndefined()
  })

  it('or leaves out their quality alone', () => {
    const masked = withYoungUnlabelled(table, SIX_HOURS)
    expect([...masked.outcomes[0]!.quality].map(Number.isNaN)).toEqual(
      Array.from({ length: 12 }, (_, hour) => hour > 5),
    )
    expect(masked).toMatchObject({ size: 12, leftOutYoung: { requests: 6 } })
    expect(masked.outcomes[0]!.costNanoUsd).toEqual(table.outcomes[0]!.costNanoUsd)
  })

  it('needs times', () => {
    const untimed = { ...table, arrivals: 'synthetic' as const }
    expect(() => withoutYoung(untimed, SIX_HOURS)).toThrow(InputError)
    expect(() => withoutYoung(untimed, SIX_HOURS)).toThrow(/import it with "at", or leave --label-delay out/)
  })
})
