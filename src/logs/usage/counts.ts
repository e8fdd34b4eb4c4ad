import { jsonNumber, tokens } from '../formats/fields.js'
import { Rejection } from '../formats/format.js'
import type { ParsedUsage, UsageObject } from './usage-family.js'

/** The count under the first of these names that has one; null and absent are unknown. */
export function count(object: UsageObject | undefined, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = tokens(jsonNumber(object?.[name], name), name)
    if (value !== undefined) return value
  }
  return undefined
}

export function part(object: UsageObject, ...names: readonly string[]): UsageObject | undefined {
  return names.map((name) => asObject(object[name])).find((value) => value !== undefined)
}

export function asObject(value: unknown): UsageObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as UsageObject)
    : undefined
}

export function asObjects(value: unknown): readonly UsageObject[] {
  return Array.isArray(value) ? value.map(asObject).filter((one) => one !== undefined) : []
}

type Counts = { readonly [Name in keyof ParsedUsage]: number | undefined }

/**
 * The usage of these counts, without those that are unknown.
 * @throws Rejection when cached and cache-written tokens are more than the input that includes them.
 */
export function usageOf(counts: Counts): ParsedUsage {
  const { inputTokens = 0, outputTokens = 0, ...parts } = counts
  const inside = (parts.cachedInputTokens ?? 0) + (parts.cacheWriteTokens ?? 0)
  if (inside > inputTokens) {
    throw new Rejection(
      'bad-token-count',
      `usage has ${inside} cached and cache-written tokens in an input of ${inputTokens}: the parts must fit the whole`,
    )
  }
  const known = Object.entries(parts).filter(([, value]) => value !== undefined)
  return { inputTokens, outputTokens, ...(Object.fromEntries(known) as Partial<ParsedUsage>) }
}
