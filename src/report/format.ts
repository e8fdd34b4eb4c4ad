/**
 * Numbers, times and names as people read them: one place, so that the page and the terminal never disagree.
 * `null` is what nobody knows and is written `unknown`, never 0.
 */

import type { Interval } from '../metrics/result.js'

export const UNKNOWN = 'unknown'

/** With a space that does not break, so that no line begins with the sign. */
const PER_CENT = '\u00a0%'

type Maybe = number | null | undefined

/** Dollars with the digits that matter: whole dollars from 100 up, cents from 1 up, two significant digits below. */
export function money(usd: Maybe): string {
  if (!isKnown(usd)) return UNKNOWN
  const size = Math.abs(usd)
  const sign = usd < 0 ? '−' : ''
  if (size === 0) return '$0'
  if (size >= 100) return `${sign}$${grouped(size, 0)}`
  if (size >= 0.995) return `${sign}$${grouped(size, 2)}`
  return `${sign}$${Number(size.toPrecision(2)).toFixed(smallDecimals(size))}`
}

/** For axes and caps: `$20` rather than `$20.00`. */
export function tidyMoney(usd: Maybe): string {
  return money(usd)
    .replace(/\.00$/, '')
    .replace(/(\.\d\d\d*?)0+$/, '$1')
}

/** For sentences: three significant digits, so that nobody reads precision that is not there. */
export function roundMoney(usd: Maybe): string {
  if (!isKnown(usd)) return UNKNOWN
  return Math.abs(usd) < 100 ? money(usd) : money(Number(usd.toPrecision(3)))
}

/** A share as a percentage. What is not quite none or all never reads as exactly 0 % or 100 %. */
export function percent(share: Maybe, decimals = 1): string {
  if (!isKnown(share)) return UNKNOWN
  if (share === 0 || share === 1) return `${share * 100}${PER_CENT}`
  const smallest = 10 ** -decimals
  const value = share * 100
  const text = grouped(value, decimals)
  if (share > 0 && Number(value.toFixed(decimals)) === 0) return `< ${grouped(smallest, decimals)}${PER_CENT}`
  if (share < 1 && value.toFixed(decimals) === (100).toFixed(decimals)) {
    return `> ${grouped(100 - smallest, decimals)}${PER_CENT}`
  }
  return `${text.replace('-', '−')}${PER_CENT}`
}

/** A difference of shares in percentage points, with its sign. */
export function points(difference: Maybe): string {
  if (!isKnown(difference)) return UNKNOWN
  const text = Math.abs(difference * 100).toFixed(1)
  const sign = text === '0.0' ? '±' : difference < 0 ? '−' : '+'
  return `${sign}${text} points`
}

export function count(value: Maybe): string {
  return isKnown(value) ? grouped(value, 0) : UNKNOWN
}

export function moneyInterval(interval: Interval | null): string {
  return interval === null ? UNKNOWN : `${money(interval[0])} to ${money(interval[1])}`
}

export function roundMoneyInterval(interval: Interval | null): string {
  return interval === null ? UNKNOWN : `${roundMoney(interval[0])} to ${roundMoney(interval[1])}`
}

export function percentInterval(interval: Interval | null): string {
  if (interval === null) return UNKNOWN
  return `${percent(interval[0]).replace(PER_CENT, '')} to ${percent(interval[1])}`
}

export function pointsInterval(interval: Interval | null): string {
  if (interval === null) return UNKNOWN
  return `${points(interval[0]).replace(' points', '')} to ${points(interval[1])}`
}

export function duration(ms: Maybe): string {
  if (!isKnown(ms)) return UNKNOWN
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 2 * 86_400_000) return `${(ms / 3_600_000).toFixed(1)} h`
  return `${(ms / 86_400_000).toFixed(1)} days`
}

/** A time in UTC to the minute: logs of several zones are compared on one clock. */
export function time(at: Maybe): string {
  if (!isKnown(at) || Math.abs(at) > 8.64e15) return UNKNOWN
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

// C0 and C1 controls, zero-width and bidirectional controls: they move or hide text and carry no meaning in a name.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** A name out of a log, safe to set in a line of text: control characters become visible. */
export function plainName(name: string): string {
  const text = name.replace(CONTROLS, '\u00b7').replace(LONE_SURROGATES, '\ufffd')
  return text.trim() === '' ? '(no name)' : text
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** At most `length` characters as people count them. Both ends are kept, since model names differ at the end. */
export function shortName(name: string, length: number): string {
  const text = plainName(name)
  if (text.length <= length) return text
  const letters = Array.from(graphemes.segment(text.slice(0, 4000)), (part) => part.segment)
  if (letters.length <= length) return letters.join('')
  const tail = Math.floor((length - 1) / 3)
  return `${letters.slice(0, length - 1 - tail).join('')}…${letters.slice(letters.length - tail).join('')}`
}

/** A name inside a sentence: long enough to know it by, short enough to read on. */
export function sentenceName(name: string): string {
  return shortName(name, 60)
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`
}

/** For what begins a line or heads a column. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`
}

function isKnown(value: Maybe): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function grouped(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
}

function smallDecimals(size: number): number {
  return Math.max(2, 1 - Math.floor(Math.log10(size)))
}
