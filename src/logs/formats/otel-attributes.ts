import { listOf, objectOf, textOf } from './values.js'

export type Attributes = Readonly<Record<string, unknown>>

/** OTLP's list of `{ key, value: { stringValue | intValue | … } }` as plain values by key. 64-bit integers come as text. */
export function otelAttributes(list: unknown): Attributes {
  const attributes: Record<string, unknown> = {}
  for (const item of listOf(list) ?? []) {
    const { key, value } = objectOf(item) ?? {}
    const name = textOf(key)
    if (name !== undefined) attributes[name] = plain(value)
  }
  return attributes
}

function plain(value: unknown): unknown {
  const wrapped = objectOf(value)
  if (wrapped === undefined) return undefined
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue } = wrapped
  const list = listOf(objectOf(arrayValue)?.['values'])
  if (list !== undefined) return list.map(plain)
  if (kvlistValue !== undefined) return otelAttributes(objectOf(kvlistValue)?.['values'])
  return stringValue ?? intValue ?? doubleValue ?? boolValue
}
