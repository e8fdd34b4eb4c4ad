import type { LateLabel, LogRecord } from '../../core/log-record.js'
import * as check from './fields.js'
import { Rejection } from './format.js'
import type { JsonObject } from './json-line.js'

const FIELDS: readonly string[] = ['quality', 'source', 'at']

/**
 * `feedback` or `sessionOutcome` of a line; undefined where it has none.
 * @throws Rejection when it is no object, has no quality in [0, 1], or holds a field that is not known.
 */
export function lateLabel(value: unknown, field: 'feedback' | 'sessionOutcome'): LateLabel | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value))
    throw check.wrongType(field, 'an object such as {"quality": 1, "source": "pr-merged"}', value)
  const fields = value as JsonObject
  for (const name in fields) if (!FIELDS.includes(name)) throw check.unknownField(`${field}.${name}`, FIELDS)
  const quality = check.quality(check.jsonNumber(fields['quality'], `${field}.quality`), `${field}.quality`)
  if (quality === undefined)
    throw new Rejection(
      'missing-quality',
      `${field}.quality is missing: give a number from 0 to 1, or leave ${field} out while it is unknown`,
    )
  const source = check.text(fields['source'], `${field}.source`)
  const at = check.time(fields['at'], `${field}.at`)
  return { quality, ...(source !== undefined && { source }), ...(at !== undefined && { at }) }
}

/** @throws Rejection when a line has the outcome of a session and does not say of which. */
export function requireSession({ scope, sessionOutcome }: Pick<LogRecord, 'scope' | 'sessionOutcome'>): void {
  if (sessionOutcome === undefined || scope?.['session'] !== undefined) return
  throw new Rejection(
    'no-session',
    'sessionOutcome needs scope.session, the session whose outcome it is; the quality of one answer goes into outcomes or feedback',
  )
}
