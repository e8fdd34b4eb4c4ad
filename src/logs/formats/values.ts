import type { Rates } from './currency.js'
import { Rejection } from './format.js'
import * as check from './fields.js'
import type { JsonObject } from './json-line.js'

/**
 * Values as exports of tools write them: numbers as text, JSON in a cell of a CSV, times in any usual unit. Blank, null
 * and absent are unknown; what is there and cannot be read is a Rejection that names the field.
 */

/** Text of a text or a number. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

export function numberOf(value: unknown, field: string): number | undefined {
  return typeof value === 'string' ? check.cellNumber(value, field) : check.jsonNumber(value, field)
}

/** A whole number of tokens; `12.0`, as data frames write it, is one. */
export function tokensOf(value: unknown, field: string): number | undefined {
  return check.tokens(numberOf(value, field), field)
}

/** An object, or a cell that holds one as JSON; anything else is none. */
export function objectOf(value: unknown): JsonObject | undefined {
  const parsed = parsedOf(value, '{')
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  return isObject ? (parsed as JsonObject) : undefined
}

/** A list, or a cell that holds one as JSON; anything else is none. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  const parsed = parsedOf(value, '[')
  return Array.isArray(parsed) ? parsed : undefined
}

function parsedOf(value: unknown, opening: string): unknown {
  if (typeof value !== 'string' || !value.trimStart().startsWith(opening)) return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** Decimal places by which a unit of money is smaller than a dollar. */
export const MONEY_UNITS = { usd: 0, cents: 2, microusd: 6, nanousd: 9 } as const
export type MoneyUnit = keyof typeof MONEY_UNITS

/** US dollars, moved to their unit in the decimal text, so that 0.00222 cents are 0.0000222 and not a bit beside it. */
export function usdOf(value: unknown, field: string, unit: MoneyUnit = 'usd'): number | undefined {
  const amount = numberOf(value, field)
  return check.costUsd(amount === undefined ? undefined : shifted(amount, MONEY_UNITS[unit]), field)
}

/** Seconds or parts of one, by the decimal places by which the unit is smaller than a millisecond. */
export const TIME_UNITS = { s: -3, ms: 0, us: 3, ns: 6 } as const
export type TimeUnit = keyof typeof TIME_UNITS

/** A length of time in milliseconds. */
export function durationOf(value: unknown, field: string, unit: TimeUnit): number | undefined {
  const length = numberOf(value, field)
  return check.latencyMs(length === undefined ? undefined : shifted(length, TIME_UNITS[unit]), field)
}

/** A point in time as epoch milliseconds: ISO 8601 in the ways databases write it, or a count since 1970 in `unit`. */
export function timeOf(value: unknown, field: string, unit: TimeUnit = 'ms'): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (unit !== 'ms' && /^\d+(\.\d+)?$/.test(String(value)))
    return check.time(shifted(value, TIME_UNITS[unit]), field)
  if (typeof value !== 'string') return check.time(value, field)
  return check.time(
    value
      .trim()
      .replace(/ ?UTC$/, 'Z')
      .replace(/([+-]\d\d)$/, zoneOrDay),
    field,
  )
}

/** `+00`, as PostgreSQL writes a zone; the same shape ends a plain date. */
function zoneOrDay(ending: string, _: string, at: number): string {
  return at > 10 ? `${ending}:00` : ending
}

/** A number divided by a power of ten in its decimal text, which rounds once. */
function shifted(value: unknown, places: number): number {
  const [digits = '', exponent = '0'] = String(value).toLowerCase().split('e')
  return Number(`${digits}e${Number(exponent) - places}`)
}

/** The first of these fields that is there. */
export function firstOf(row: JsonObject, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = row[name]
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

/** The value at a path of field names; undefined where one of them is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let inner = value
  for (const name of path) inner = objectOf(inner)?.[name]
  return inner
}

/**
 * US dollars for one unit of a currency; a log that names none counts dollars.
 * @throws Rejection for a currency without a rate, with the way out.
 */
export function rateOf(currency: unknown, rates: Rates = new Map()): number {
  const name = textOf(currency)?.toUpperCase() ?? 'USD'
  const rate = name === 'USD' ? 1 : rates.get(name)
  if (rate !== undefined) return rate
  throw new Rejection(
    'other-currency',
    `the cost is in ${name}: say what one ${name} is worth in US dollars, such as --rate ${name}=0.14`,
  )
}

/** The rows of a page as list endpoints answer it, `{"data": [ … ]}`; any other object is a row itself. */
export function rowsOfPage(page: JsonObject): readonly unknown[] {
  return listOf(page['data']) ?? [page]
}
