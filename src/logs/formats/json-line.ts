import { Rejection } from './format.js'

export type JsonObject = Readonly<Record<string, unknown>>

/** A line as a JSON object. Python writes NaN and Infinity into JSON: that is told apart from broken JSON. */
export function jsonObject(line: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    if (/[:,[]\s*-?(NaN|Infinity)\b/.test(line)) {
      throw new Rejection(
        'not-a-number',
        'NaN and Infinity are not JSON; leave the field out when it is unknown',
      )
    }
    throw new Rejection('bad-json', error instanceof Error ? error.message.slice(0, 200) : 'not JSON')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new Rejection('bad-json', 'a line must be one JSON object')
}
