import { describe, expect, it } from 'vitest'
import {
  duration,
  listed,
  money,
  moneyInterval,
  percent,
  percentInterval,
  plainName,
  points,
  roundMoney,
  shortName,
  tidyMoney,
  time,
} from '../../src/report/format.js'

/** As a reader types it: numbers carry a space that does not break before the sign. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('money', () => {
  it.each([
    [null, 'unknown'],
    [Number.NaN, 'unknown'],
    [0, '$0'],
    [47_146.2, '$47,146'],
    [99.999, '$100.00'],
    [12.5, '$12.50'],
    [0.996, '$1.00'],
    [0.0312, '$0.031'],
    [0.00002, '$0.000020'],
    [-3.1, '−$3.10'],
  ])('writes %s as %s', (usd, text) => expect(money(usd)).toBe(text))

  it('rounds to three digits for sentences only', () => {
    expect(roundMoney(47_146)).toBe('$47,100')
    expect(roundMoney(8.67)).toBe('$8.67')
    expect(tidyMoney(20)).toBe('$20')
    expect(tidyMoney(0.03)).toBe('$0.03')
    expect(moneyInterval([1, 2])).toBe('$1.00 to $2.00')
    expect(moneyInterval(null)).toBe('unknown')
  })
})

describe('shares', () => {
  it.each([
    [null, 'unknown'],
    [0, '0 %'],
    [1, '100 %'],
    [0.9824, '98.2 %'],
    [0.00001, '< 0.1 %'],
    [0.99999, '> 99.9 %'],
    [-0.02, '−2.0 %'],
  ])('writes %s as %s', (share, text) => expect(plain(percent(share))).toBe(text))

  it('writes intervals and differences', () => {
    expect(plain(percentInterval([0.94, 0.957]))).toBe('94.0 to 95.7 %')
    expect(points(-0.0113)).toBe('−1.1 points')
    expect(points(0.00001)).toBe('±0.0 points')
    expect(points(null)).toBe('unknown')
  })
})

describe('times', () => {
  it('are UTC, and unknown when they are', () => {
    expect(time(Date.UTC(2026, 10, 2, 9))).toBe('2026-11-02 09:00 UTC')
    expect(time(null)).toBe('unknown')
    expect(time(1e18)).toBe('unknown')
  })
  it.each([
    [null, 'unknown'],
    [340, '340 ms'],
    [4800, '4.8 s'],
    [840_000, '14 min'],
    [86_400_000, '24.0 h'],
    [7 * 86_400_000, '7.0 days'],
  ])('writes %s ms as %s', (ms, text) => expect(duration(ms)).toBe(text))
})

describe('names', () => {
  it('show control characters instead of obeying them', () => {
    expect(plainName('\u001b[31mred\u0000\u202e')).toBe('·[31mred··')
    expect(plainName('  ')).toBe('(no name)')
    expect(plainName('\ud800x')).toBe('\ufffdx')
  })
  it('are cut between letters as people see them, keeping both ends', () => {
    expect(shortName('provider/very-long-model-name-v2', 16)).toBe('provider/v…me-v2')
    expect(shortName('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3)).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦')
  })
  it('are listed', () => expect(listed(['a', 'b', 'c'])).toBe('a, b and c'))
})
