import type { Comparison, Interval, LogSummary } from '../metrics/result.js'
import { count, plural } from './format.js'

const DAYS_PER_MONTH = 365 / 12
const DAY_MS = 86_400_000

/** How means per request become the money a finance team knows. */
export interface MoneyScale {
  /** `a month`, or `per 1,000 requests` where the log says nothing of traffic. */
  readonly unit: string
  /** Short form for a column head. */
  readonly head: string
  readonly requests: number
  /** One sentence that says where the factor comes from. */
  readonly because: string
  /** Why there is no month; null when there is one. */
  readonly noMonth: string | null
}

/** What tells how many requests a month brings. */
export type Traffic = Pick<Comparison, 'log' | 'scaleToRequestsPerDay'>

/** Requests a month: as told, else as the log's own rate; without either, money per 1,000 requests. */
export function moneyScale(comparison: Traffic): MoneyScale {
  const { scaleToRequestsPerDay: told, log } = comparison
  if (told !== null && told > 0) {
    return month(told, `${count(told)} requests a day, the full traffic that this log stands for`)
  }
  const span = spanOf(log)
  const perDay = ratePerDay(log)
  if (log.arrivals === 'synthetic' || perDay === null) return perThousand(comparison)
  const days = span / DAY_MS
  const short = days < 6 ? '; a log this short may not hold a typical week' : ''
  const length = days < 2 ? `${(days * 24).toFixed(1)} hours` : `${days.toFixed(1)} days`
  return month(
    perDay,
    `the log’s own rate: ${plural(log.requests, 'request')} in ${length}, ${count(perDay)} a day${short}`,
  )
}

/** Requests a day over the log's time, generated or not; null under an hour. */
export function ratePerDay(log: Pick<LogSummary, 'requests' | 'from' | 'to'>): number | null {
  const span = spanOf(log)
  return span < DAY_MS / 24 ? null : (log.requests / span) * DAY_MS
}

function spanOf({ from, to }: Pick<LogSummary, 'from' | 'to'>): number {
  return from === null || to === null ? 0 : to - from
}

export function scaled(mean: number | null, scale: MoneyScale): number | null {
  return mean === null ? null : mean * scale.requests
}

export function scaledInterval(mean: Interval | null, scale: MoneyScale): Interval | null {
  return mean === null ? null : [mean[0] * scale.requests, mean[1] * scale.requests]
}

function month(perDay: number, because: string): MoneyScale {
  return {
    unit: 'a month',
    head: 'a month',
    requests: perDay * DAYS_PER_MONTH,
    because: `A month is 30.4 days at ${because}.`,
    noMonth: null,
  }
}

function perThousand(comparison: Traffic): MoneyScale {
  const why =
    comparison.log.arrivals === 'synthetic'
      ? 'the log’s arrival times are synthetic'
      : 'the log does not tell how many requests a month brings: it is too short or has no times'
  return {
    unit: 'per 1,000 requests',
    head: 'per 1,000',
    requests: 1000,
    because: `Money is per 1,000 requests, since ${why}.`,
    noMonth: why,
  }
}
