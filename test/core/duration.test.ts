import { describe, expect, it } from 'vitest'
import { durationMs, parseDuration } from '../../src/core/duration.js'

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['1d', 86_400_000],
    ['2w', 1_209_600_000],
  ])('%s is %i ms', (text, ms) => expect(durationMs(text)).toBe(ms))

  it('a month has no one length', () => {
    expect(parseDuration('3mo')).toEqual({ count: 3, unit: 'mo' })
    expect(() => durationMs('1mo')).toThrow(/no fixed length/)
  })

  it.each(['', '0d', '1', 'd', '1.5h', '-1h', '1 h', '1y', '1D', '1000000s', '1mo2'])(
    'refuses %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow(RangeError)
    },
  )
})
