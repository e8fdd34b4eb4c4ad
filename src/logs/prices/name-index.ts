import { nearMiss } from '../../core/errors.js'
import type { BookEntry, Lookup } from '../../core/price-book.js'

export interface IndexedEntry {
  readonly entry: BookEntry
  /** Whose price it is, where the book says so. */
  readonly provider: string | undefined
}

/**
 * How much of a name may differ, from least to most, and the word for it. The first step at which the book has an entry
 * decides; if it has several at different prices, the name is ambiguous. Where a provider is named, its own entries are
 * looked through first.
 */
const STEPS: readonly { readonly rule: string; readonly key: (id: string) => string }[] = [
  { rule: 'exact', key: (id) => id },
  { rule: 'spelling', key: spelling },
  { rule: 'provider prefix', key: (id) => bare(spelling(id)) },
  { rule: 'date suffix', key: (id) => undated(spelling(id)) },
  { rule: 'provider prefix, date suffix', key: (id) => undated(bare(spelling(id))) },
]

/** Finds entries by name where the book itself has no rules for that. */
export function nameIndex(entries: readonly IndexedEntry[]): {
  find(model: string, provider?: string): Lookup
} {
  const maps = STEPS.map(({ key }) => groupBy(entries, ({ entry }) => key(entry.id)))
  const candidatesAt = (step: number, model: string): readonly IndexedEntry[] =>
    maps[step]?.get(STEPS[step]?.key(model) ?? model) ?? []
  return {
    find(model, given) {
      const provider = given ?? prefixOf(model)
      const own = (one: IndexedEntry): boolean => provider !== undefined && isOf(one, provider)
      for (const only of [own, () => true]) {
        for (const [step, { rule }] of STEPS.entries()) {
          const candidates = candidatesAt(step, model).filter(only)
          if (candidates.length > 0) return choose(model, candidates, rule)
        }
      }
      const ids = entries.map(({ entry }) => entry.id)
      return { kind: 'unknown', near: nearMiss(model, ids) }
    },
  }
}

function choose(model: string, candidates: readonly IndexedEntry[], rule: string): Lookup {
  const sameDate = candidates.filter(({ entry }) => datesAgree(model, entry.id))
  const unprefixed = sameDate.filter(({ entry }) => prefixOf(entry.id) === undefined)
  const few = unprefixed.length > 0 ? unprefixed : sameDate
  const [first] = few
  if (first === undefined || few.some((one) => priceText(one) !== priceText(first))) {
    return { kind: 'ambiguous', candidates: candidates.map(({ entry }) => entry.id) }
  }
  const { entry } = first
  return {
    kind: 'found',
    entry,
    rule: entry.id === model ? `${model}: exact` : `${model} -> ${entry.id}: ${rule}`,
  }
}

/** A dated name may stand for an undated one, and the other way round; two dates are two models. */
function datesAgree(model: string, id: string): boolean {
  const [ours, theirs] = [dateOf(model), dateOf(id)]
  return ours === '' || theirs === '' || ours === theirs
}

function isOf({ entry, provider }: IndexedEntry, wanted: string): boolean {
  const names = [provider, prefixOf(entry.id)].filter((name) => name !== undefined)
  return names.some((name) => providerKey(name) === providerKey(wanted))
}

/** `x-ai` and `xai`, `together_ai` and `together` are one provider each. */
function providerKey(name: string): string {
  const key = name.toLowerCase().replaceAll(/[^a-z]/g, '')
  return key.length > 4 ? key.replace(/ai$/, '') : key
}

function priceText({ entry }: IndexedEntry): string {
  return JSON.stringify(entry.priceAt(0, 'standard'))
}

/** Vendors and dots differ between books: `claude-opus-4.1` and `claude-opus-4-1` are one model. */
function spelling(id: string): string {
  return id.toLowerCase().replaceAll('.', '-')
}

function bare(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

function prefixOf(id: string): string | undefined {
  const slash = id.indexOf('/')
  return slash < 0 ? undefined : id.slice(0, slash)
}

const DATE = /[-@](20\d\d-?[01]\d-?[0-3]\d)$/

function dateOf(id: string): string {
  return (DATE.exec(id)?.[1] ?? '').replaceAll('-', '')
}

function undated(id: string): string {
  return id.replace(DATE, '')
}

function groupBy(
  entries: readonly IndexedEntry[],
  keyOf: (entry: IndexedEntry) => string,
): Map<string, IndexedEntry[]> {
  const groups = new Map<string, IndexedEntry[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entry])
    else group.push(entry)
  }
  return groups
}
