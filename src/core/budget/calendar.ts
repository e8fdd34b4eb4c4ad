import { Temporal } from 'temporal-polyfill'
import { parseDuration, type Duration } from '../duration.js'
import type { WindowSpec } from '../policy-schema.js'

/** A calendar window, epoch milliseconds: `start <= t < end`. */
export interface WindowBounds {
  readonly start: number
  readonly end: number
  /** Windows follow one another without a gap: the next one's index is one more. */
  readonly index: number
}

/** The window that holds a time. Calls with times inside the last answer cost nothing: bounds are kept until crossed. */
export type Calendar = (at: number) => WindowBounds

type FixedWindow = Extract<WindowSpec, { kind: 'fixed' }>

const EXACT_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const

export function createCalendar(window: FixedWindow): Calendar {
  const duration = parseDuration(window.budgetDuration)
  const { unit } = duration
  const boundsAt =
    unit === 's' || unit === 'm' || unit === 'h'
      ? exactWindows(duration.count * EXACT_MS[unit], anchorInstant(window))
      : calendarWindows(duration, window)
  let last: WindowBounds = { start: 0, end: -1, index: 0 }
  return (at) => {
    if (at < last.start || at >= last.end) last = boundsAt(at)
    return last
  }
}

export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

/** Whether windows can be counted from the window's anchor; without one they can. */
export function isAnchor(window: FixedWindow): boolean {
  try {
    anchorDateTime(window, 'd')
    return true
  } catch {
    return false
  }
}

function exactWindows(length: number, anchor: number): Calendar {
  return (at) => {
    const index = Math.floor((at - anchor) / length)
    const start = anchor + index * length
    return { start, end: start + length, index }
  }
}

/** Windows of days, weeks or months on the wall clock of a time zone: a day with daylight saving has 23 or 25 hours. */
function calendarWindows(duration: Duration, window: FixedWindow): Calendar {
  const anchor = anchorDateTime(window, duration.unit)
  const startOf = (index: number): number => {
    const steps = index * duration.count
    const moved =
      duration.unit === 'mo'
        ? anchor.add({ months: steps })
        : anchor.add({ days: duration.unit === 'w' ? steps * 7 : steps })
    return moved.toZonedDateTime(window.timeZone).epochMilliseconds
  }
  return (at) => {
    const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(at))
      .toZonedDateTimeISO(window.timeZone)
      .toPlainDateTime()
    const largestUnit = duration.unit === 'mo' ? 'months' : 'days'
    const apart = anchor.until(local, { largestUnit })
    const units = duration.unit === 'mo' ? apart.months : duration.unit === 'w' ? apart.days / 7 : apart.days
    let index = Math.floor(units / duration.count) - 1
    while (startOf(index + 1) <= at) index++
    while (startOf(index) > at) index--
    return { start: startOf(index), end: startOf(index + 1), index }
  }
}

/** Without an anchor: days from midnight, weeks from a Monday, months from the first, in the window's time zone. */
function anchorDateTime(window: FixedWindow, unit: Duration['unit']): Temporal.PlainDateTime {
  if (window.anchor === undefined)
    return Temporal.PlainDateTime.from(unit === 'w' ? '1970-01-05' : '1970-01-01')
  if (/(Z|[+-]\d\d:?\d\d)$/.test(window.anchor) && window.anchor.includes('T')) {
    return Temporal.Instant.from(window.anchor).toZonedDateTimeISO(window.timeZone).toPlainDateTime()
  }
  return Temporal.PlainDateTime.from(window.anchor)
}

function anchorInstant(window: FixedWindow): number {
  if (window.anchor === undefined) return 0
  return anchorDateTime(window, 'h').toZonedDateTime(window.timeZone).epochMilliseconds
}
