import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { createCalendar } from '../../src/core/budget/calendar.js'
import { createPools } from '../../src/core/budget/pools.js'
import type { WindowSpec } from '../../src/core/policy-schema.js'
import { histories, seed } from './seed.js'

type FixedWindow = Extract<WindowSpec, { kind: 'fixed' }>

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Apia',
  'America/Sao_Paulo',
]
const HOUR = 3_600_000
/** 2015 to 2035, in whole seconds and around them. */
const time = fc
  .tuple(fc.integer({ min: 1_420_070_400, max: 2_051_222_400 }), fc.integer({ min: -1, max: 1 }))
  .map(([second, off]) => second * 1000 + off)
const zone = fc.constantFrom(...ZONES)

/** The wall clock of a zone as milliseconds, by Intl: nothing that the calendar itself uses. */
function wallClock(at: number, timeZone: string): { year: number; month: number; day: number; ms: number } {
  const format = (wallClocks[timeZone] ??= new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }))
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const { year, month, day, hour, minute, second } = parts
  return {
    year: year!,
    month: month!,
    day: day!,
    ms: Date.UTC(year!, month! - 1, day!, hour, minute, second),
  }
}
const wallClocks: Record<string, Intl.DateTimeFormat> = {}

/** Number of the local day. */
const dayOf = (at: number, timeZone: string): number => Math.floor(wallClock(at, timeZone).ms / 86_400_000)

/** Number of the window, by the wall clock: days since 1970-01-01, weeks since Monday 1970-01-05, months since 1970. */
function windowNumber(at: number, { budgetDuration, timeZone }: FixedWindow): number {
  const count = Number.parseInt(budgetDuration)
  if (budgetDuration.endsWith('mo')) {
    const { year, month } = wallClock(at, timeZone)
    return Math.floor(((year - 1970) * 12 + month - 1) / count)
  }
  if (budgetDuration.endsWith('w')) return Math.floor((dayOf(at, timeZone) - 4) / (7 * count))
  return Math.floor(dayOf(at, timeZone) / count)
}

describe(`fixed windows (FC_SEED=${seed})`, () => {
  it('of days, weeks and months begin and end where the number of the window changes on the wall clock', () => {
    const duration = fc.constantFrom('1d', '2d', '7d', '1w', '2w', '1mo', '3mo', '12mo')
    fc.assert(
      fc.property(duration, zone, time, (budgetDuration, timeZone, at) => {
        const window: FixedWindow = { kind: 'fixed', budgetDuration, timeZone }
        const { start, end } = createCalendar(window)(at)
        expect(start).toBeLessThanOrEqual(at)
        expect(at).toBeLessThan(end)
        const number = windowNumber(at, window)
        expect(windowNumber(start, window)).toBe(number)
        expect(windowNumber(end - 1, window)).toBe(number)
        expect(windowNumber(start - 1, window)).toBe(number - 1)
        expect(windowNumber(end, window)).toBe(number + 1)
      }),
      { seed, numRuns: histories(600) },
    )
  })

  it('of seconds, minutes and hours have one exact length, counted from the anchor', () => {
    const lengths = { '90s': 90_000, '7m': 420_000, '1h': HOUR, '5h': 5 * HOUR }
    const duration = fc.constantFrom(...(Object.keys(lengths) as (keyof typeof lengths)[]))
    const anchor = fc.constantFrom('2026-03-01T00:30:00Z', '2026-01-01T00:00+05:30', undefined)
    fc.assert(
      fc.property(duration, zone, time, anchor, (budgetDuration, timeZone, at, from) => {
        const window: FixedWindow = { kind: 'fixed', budgetDuration, timeZone, ...(from && { anchor: from }) }
        const { start, end } = createCalendar(window)(at)
        expect(end - start).toBe(lengths[budgetDuration])
        expect(start <= at && at < end).toBe(true)
        const origin = from === undefined ? 0 : Date.parse(from)
        expect(Math.abs((start - origin) % lengths[budgetDuration])).toBe(0)
      }),
      { seed, numRuns: histories(300) },
    )
  })

  it('are the same whatever was asked before, and leave no time out', () => {
    const specs = fc.record({
      budgetDuration: fc.constantFrom('1d', '3d', '1w', '1mo', '11h'),
      timeZone: zone,
      anchor: fc.constantFrom('2026-01-31', '2026-02-15T06:00', '2026-03-29T02:30', undefined),
    })
    fc.assert(
      fc.property(specs, fc.array(time, { minLength: 1, maxLength: 6 }), ({ anchor, ...spec }, times) => {
        const window: FixedWindow = { kind: 'fixed', ...spec, ...(anchor && { anchor }) }
        const kept = createCalendar(window)
        for (const at of times) {
          const bounds = kept(at)
          expect(bounds).toEqual(createCalendar(window)(at))
          expect(createCalendar(window)(bounds.end).start).toBe(bounds.end)
          expect(createCalendar(window)(bounds.start - 1).end).toBe(bounds.start)
        }
      }),
      // Each case makes up to 18 calendars.
      { seed, numRuns: Math.ceil(histories(150) / 4) },
    )
  })

  it.each([
    ['Europe/Berlin', '2026-03-29T12:00:00Z', 23],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', 25],
    ['America/New_York', '2026-03-08T17:00:00Z', 23],
    ['America/New_York', '2026-11-01T17:00:00Z', 25],
    ['Asia/Kolkata', '2026-03-29T12:00:00Z', 24],
  ])('a day of %s around %s has %i hours', (timeZone, at, hours) => {
    const { start, end } = createCalendar({ kind: 'fixed', budgetDuration: '1d', timeZone })(Date.parse(at))
    expect((end - start) / HOUR).toBe(hours)
  })

  it('months from the 31st begin on the last day of shorter months', () => {
    const calendar = createCalendar({
      kind: 'fixed',
      budgetDuration: '1mo',
      timeZone: 'Europe/Berlin',
      anchor: '2026-01-31',
    })
    const starts = ['2026-02-15', '2026-03-05', '2026-04-10', '2026-05-15'].map((day) =>
      Temporal.Instant.fromEpochMilliseconds(calendar(Date.parse(day)).start)
        .toZonedDateTimeISO('Europe/Berlin')
        .toPlainDate()
        .toString(),
    )
    expect(starts).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'])
  })

  it('pools count what was admitted in their window and nothing else', () => {
    const window: FixedWindow = { kind: 'fixed', budgetDuration: '1d', timeZone: 'Europe/Berlin' }
    const steps = fc.array(
      fc.record({
        after: fc.integer({ min: 0, max: 20 * HOUR }),
        amount: fc.integer({ min: 0, max: 100 }),
        endsAfter: fc.integer({ min: 0, max: 40 * HOUR }),
        charge: fc.integer({ min: 0, max: 120 }),
      }),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(time, steps, (from, list) => {
        const pools = createPools(window)
        const open: {
          day: number
          amount: number
          charged: number | undefined
          due: number
          row: number
          at: number
          charge: number
        }[] = []
        let now = from
        for (const { after, amount, endsAfter, charge } of list) {
          now += after
          for (const one of open.filter(({ due, charged }) => due <= now && charged === undefined)) {
            pools.end(one.row, { admittedAt: one.at, held: one.amount, charged: one.charge, at: now })
            one.charged = one.charge
          }
          const day = dayOf(now, window.timeZone)
          const used = open
            .filter((one) => one.day === day)
            .reduce((sum, one) => sum + (one.charged ?? one.amount), 0)
          expect(pools.free(0, 1000, now)).toBe(1000 - used)
          const row = pools.hold(0, 1000, amount, now)
          open.push({ day, amount, charged: undefined, due: now + endsAfter, row, at: now, charge })
        }
      }),
      { seed, numRuns: histories(150) },
    )
  })

  it('carry over what is left at the boundary, with held money counted in full, and never what comes back later', () => {
    const CAP = 1000
    const steps = fc.array(
      fc.record({
        after: fc.oneof(fc.integer({ min: 0, max: HOUR }), fc.integer({ min: 0, max: 6 * HOUR })),
        amount: fc.integer({ min: 0, max: 900 }),
        endsAfter: fc.integer({ min: 0, max: 4 * HOUR }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 30 },
    )
    fc.assert(
      fc.property(time, fc.constantFrom(0, 300, 2500), steps, (from, most, list) => {
        const pools = createPools({
          kind: 'fixed',
          budgetDuration: '1h',
          timeZone: 'UTC',
          rollover: { maxUsd: most * 1e-9 },
        })
        const made: {
          at: number
          amount: number
          charge: number
          due: number
          row: number
          ended: number
        }[] = []
        const hourOf = (at: number): number => Math.floor(at / HOUR)
        const usedBy = (hour: number, at: number): number =>
          made
            .filter((one) => hourOf(one.at) === hour)
            .reduce((sum, one) => sum + (one.ended < at ? one.charge : one.amount), 0)
        /** Hour by hour from the first one in which anything was admitted. */
        const freeAt = (at: number): number => {
          const first = made[0]
          let carried = 0
          for (let hour = hourOf(first?.at ?? at); hour < hourOf(at); hour++)
            carried = Math.min(most, Math.max(0, CAP + carried - usedBy(hour, (hour + 1) * HOUR)))
          return CAP + carried - usedBy(hourOf(at), Infinity)
        }
        let now = from
        for (const { after, amount, endsAfter, share } of list) {
          const before = now
          now += after
          const due = made.filter((one) => one.due > before && one.due <= now && one.ended === Infinity)
          for (const one of due.sort((a, b) => a.due - b.due)) {
            pools.end(one.row, { admittedAt: one.at, held: one.amount, charged: one.charge, at: one.due })
            one.ended = one.due
          }
          const free = pools.free(0, CAP, now)
          expect(free).toBe(freeAt(now))
          const fits = pools.earliest(0, { capNanoUsd: CAP, amount, at: now })
          expect(fits === now).toBe(amount <= free)
          if (amount > free) continue
          const charge = Math.floor(amount * share)
          const row = pools.hold(0, CAP, amount, now)
          made.push({ at: now, amount, charge, due: now + endsAfter + 1, row, ended: Infinity })
          const { peak, cap } = pools.row(row)
          expect(peak).toBeLessThanOrEqual(cap)
          expect(cap).toBeLessThanOrEqual(CAP + most)
        }
      }),
      { seed, numRuns: histories(300) },
    )
  })

  it('say when enough is saved up for more than the cap, or that it never will be', () => {
    const pools = createPools({
      kind: 'fixed',
      budgetDuration: '1h',
      timeZone: 'UTC',
      rollover: { maxUsd: 2.5e-6 },
    })
    const wanted = (amount: number): number | null =>
      pools.earliest(0, { capNanoUsd: 1000, amount, at: HOUR + 1 })
    pools.hold(0, 1000, 1000, HOUR)
    expect(wanted(1000)).toBe(2 * HOUR)
    expect(wanted(1001)).toBe(3 * HOUR)
    expect(wanted(3500)).toBe(5 * HOUR)
    expect(wanted(3501)).toBeNull()
    expect(pools.free(0, 1000, 5 * HOUR)).toBe(3500)
  })
})
