import { nearMiss } from '../../core/errors.js'
import { MAX_POOL_NANO_USD, NANO_PER_USD } from '../../core/money.js'
import { PRIORITIES, type Priority } from '../../core/request.js'
import { Rejection } from './format.js'

/** The checks of single values, shared by all formats. Each throws a Rejection that names the field and the value. */

/** A CSV cell as a number; blank is unknown. `NaN`, `inf` and text are refused. */
export function cellNumber(cell: string | undefined, field: string): number | undefined {
  if (cell === undefined || cell === '') return undefined
  const value = Number(cell)
  if (!Number.isFinite(value)) throw notANumber(field, cell)
  if (value === 0 && cell.trim() === '') return undefined
  return value
}

/** A JSON value as a number; null and absent are unknown. */
export function jsonNumber(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw wrongType(field, 'a number', value)
  if (!Number.isFinite(value)) throw notANumber(field, String(value))
  return value
}

/** Text; blank and null are unknown. */
export function text(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw wrongType(field, 'text', value)
  return value
}

/** True or false; null and absent are unknown. */
export function flag(value: unknown, field: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw wrongType(field, 'true or false', value)
  return value
}

export function quality(value: number | undefined, field = 'quality'): number | undefined {
  if (value !== undefined && (value < 0 || value > 1)) {
    throw new Rejection('quality-out-of-range', `${field} must be in [0, 1], got ${value}`)
  }
  return value
}

export function costUsd(value: number | undefined, field = 'costUsd'): number | undefined {
  if (value === undefined) return undefined
  if (value < 0) throw new Rejection('negative-cost', `${field} must not be negative, got ${value}`)
  if (value > MAX_POOL_NANO_USD / NANO_PER_USD) {
    throw new Rejection('cost-too-large', `${field} must be below 9,007,199 USD, got ${value}`)
  }
  return value
}

export function tokens(value: number | undefined, field: string): number | undefined {
  if (value !== undefined && !(Number.isInteger(value) && value >= 0 && value <= 0x7fffffff)) {
    throw new Rejection('bad-token-count', `${field} must be a whole number of tokens, got ${value}`)
  }
  return value
}

export function latencyMs(value: number | undefined, field = 'latencyMs'): number | undefined {
  if (value !== undefined && value < 0) {
    throw new Rejection('negative-latency', `${field} must not be negative, got ${value}`)
  }
  return value
}

export function share(value: number | undefined, field: string): number | undefined {
  if (value !== undefined && (value < 0 || value > 1)) {
    throw new Rejection('out-of-range', `${field} must be in [0, 1], got ${value}`)
  }
  return value
}

export function priority(value: string | undefined): Priority | undefined {
  if (value === undefined) return undefined
  const known = PRIORITIES.find((name) => name === value)
  if (known !== undefined) return known
  throw new Rejection('bad-priority', `priority must be one of ${PRIORITIES.join(', ')}, got ${value}`)
}

const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/
/** Below this a number is more likely seconds than milliseconds (1973 in milliseconds, 5138 in seconds). */
const SMALLEST_MS = 1e11
const LARGEST_MS = 8.64e15

/** ISO 8601 (without a zone: UTC) or epoch milliseconds. */
export function time(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const at = typeof value === 'number' ? value : typeof value === 'string' ? timeOfText(value) : NaN
  if (Math.abs(at) >= SMALLEST_MS && Math.abs(at) <= LARGEST_MS) return at
  throw new Rejection(
    'bad-time',
    `${field} must be an ISO 8601 time such as 2026-11-02T09:00:00Z or epoch milliseconds, got ${JSON.stringify(value)}`,
  )
}

function timeOfText(value: string): number {
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value)
  const match = ISO.exec(value)
  if (match === null) return NaN
  const hasTime = value.length > 10
  return Date.parse(hasTime && match[1] === undefined ? `${value.replace(' ', 'T')}Z` : value)
}

/** The row's id: the one field that every row must have. */
export function requiredId(value: unknown, field: string): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  const id = text(value, field)
  if (id === undefined) throw new Rejection('missing-id', `${field} is missing`)
  return id
}

export function requiredModel(value: unknown): string {
  const model = text(value, 'model')
  if (model === undefined) throw new Rejection('missing-model', 'model is missing')
  return model
}

/** `did you mean costUsd?`, or the list of names when none is near. */
export function unknownField(field: string, known: readonly string[]): Rejection {
  return new Rejection('unknown-field', unknownFieldMessage('field', field, known))
}

export function unknownFieldMessage(what: string, field: string, known: readonly string[]): string {
  const near = nearMiss(field, known)
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean "${near}"?`
  return `unknown ${what} "${field}"; ${hint}`
}

export function wrongType(field: string, wanted: string, value: unknown): Rejection {
  const got = JSON.stringify(value) ?? String(value)
  return new Rejection('wrong-type', `${field} must be ${wanted}, got ${got.slice(0, 80)}`)
}

function notANumber(field: string, value: string): Rejection {
  return new Rejection('not-a-number', `${field} must be a finite number, got ${value.slice(0, 80)}`)
}
