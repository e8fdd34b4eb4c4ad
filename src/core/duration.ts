/** A length of time as people write it: `90s`, `15m`, `24h` are exact; `1d`, `2w`, `1mo` follow the calendar. */
export interface Duration {
  readonly count: number
  readonly unit: 's' | 'm' | 'h' | 'd' | 'w' | 'mo'
}

export const DURATION_PATTERN: RegExp = /^([1-9]\d{0,5})(s|m|h|d|w|mo)$/

const MILLISECONDS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** @throws RangeError when the text is not a duration. */
export function parseDuration(text: string): Duration {
  const match = DURATION_PATTERN.exec(text)
  if (match === null)
    throw new RangeError(`duration must look like 90s, 15m, 24h, 1d, 1w or 1mo, got ${text}`)
  return { count: Number(match[1]), unit: match[2] as Duration['unit'] }
}

/**
 * A duration as milliseconds where no calendar is involved (sliding windows, refill rates, forgetting): a day is 24 hours.
 * @throws RangeError for months, which have no one length.
 */
export function durationMs(text: string): number {
  const { count, unit } = parseDuration(text)
  if (unit === 'mo') throw new RangeError(`a month has no fixed length, got ${text}; use days`)
  return count * MILLISECONDS[unit]
}
