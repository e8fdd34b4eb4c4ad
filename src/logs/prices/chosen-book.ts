import { InputError } from '../../core/errors.js'
import { policyPricing } from '../../core/list-price.js'
import type {
  BookEntry,
  ListedModel,
  ListedModels,
  Lookup,
  PriceBook,
  Service,
} from '../../core/price-book.js'

/** A price book of the command line: `FILE` is priced at the time of each call, `FILE@2026-08-06` as of that day. */
export interface ChosenBook {
  readonly book: PriceBook
  /** The file's name, as policies and stores name their book. */
  readonly name: string
  /** Midnight UTC of the day after the `@`; undefined without one. */
  readonly date: number | undefined
  readonly service: Service
  /** Which entry stands for a model, where the names do not tell (`--price-as MODEL=ENTRY`). */
  readonly aliases: ReadonlyMap<string, string>
}

/** The book's entry for a model of the log. */
export function lookUp({ book, aliases }: ChosenBook, model: string): Lookup {
  const entry = aliases.get(model)
  if (entry === undefined) return book.find(model)
  const found = book.find(entry)
  return found.kind === 'found' ? { ...found, rule: `${model} -> ${found.entry.id}: --price-as` } : found
}

/** What to tell of a name for which there is no single price, and the way out. */
export function lookUpProblem(
  model: string,
  lookup: Exclude<Lookup, { kind: 'found' }>,
  name: string,
): string {
  if (lookup.kind === 'unknown') {
    const hint = lookup.near === undefined ? '' : `; did you mean ${lookup.near}?`
    return `${name} has no price of ${model}${hint}`
  }
  const shown = lookup.candidates.slice(0, 8)
  const more = lookup.candidates.length - shown.length
  const list = `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `${name} has several prices of ${model}: ${list}; say which, such as --price-as ${model}=${shown[0]}`
}

/** The day of a policy's prices: the one that was named, else that of the log's last call, where the log knows its times. */
function policyDay({ date }: ChosenBook, lastCallAt: number | undefined): number | undefined {
  return date ?? (lastCallAt === undefined ? undefined : Math.floor(lastCallAt / DAY_MS) * DAY_MS)
}

/** `2026-08-06`, in UTC. */
export function dayText(day: number): string {
  return new Date(day).toISOString().slice(0, 10)
}

interface ListedFound {
  readonly listed: ListedModel | undefined
  /** By which rule the entry was found, or why there is none. */
  readonly note: string
}

/**
 * A model's price and limits for a policy, as of a day. Where the price changes within the day it is the dearest of it: a
 * policy holds one price, and its caps rest on it.
 * @throws InputError when several prices bear the name, and when a price depends on a day that is not known.
 */
export function listedModel(chosen: ChosenBook, model: string, day: number | undefined): ListedFound {
  const lookup = lookUp(chosen, model)
  if (lookup.kind === 'ambiguous') throw new InputError(lookUpProblem(model, lookup, chosen.name))
  if (lookup.kind === 'unknown') return { listed: undefined, note: lookUpProblem(model, lookup, chosen.name) }
  const { entry, rule } = lookup
  if (entry.isDated && day === undefined) {
    throw new InputError(
      `${chosen.name} has several prices of ${model} by date, and the log has no times: say which day, such as --prices ${chosen.name}@2026-08-06`,
    )
  }
  const pricing = dearestOfDay(entry, chosen.service, day ?? 0)
  return pricing === undefined
    ? { listed: undefined, note: `${chosen.name} has no ${chosen.service} price of ${model}` }
    : { listed: { ...entry.limits, pricing }, note: `${rule}${freeOutput(pricing)}` }
}

/** What a policy takes of a book: its models' prices, by which rules they were found, and the book's name and day. */
export interface BookForPolicy {
  readonly priceBook: ListedModels | undefined
  readonly prices: { readonly book: string; readonly date: string } | undefined
  readonly notes: readonly string[]
}

/** @throws InputError like `listedModel`. */
export function listedModels(
  chosen: ChosenBook | undefined,
  models: readonly string[],
  lastCallAt: number | undefined,
): BookForPolicy {
  if (chosen === undefined) return { priceBook: undefined, prices: undefined, notes: [] }
  const day = policyDay(chosen, lastCallAt)
  const found = new Map(models.map((model) => [model, listedModel(chosen, model, day)]))
  return {
    priceBook: (id) => found.get(id)?.listed,
    prices: day === undefined ? undefined : { book: chosen.name, date: dayText(day) },
    notes: [
      ...chosen.book.notes.map((note) => `${chosen.name}: ${note}`),
      ...[...found.values()].map(({ note }) => note),
      day === undefined
        ? `the log has no times, so the policy does not say of when its prices are: --prices ${chosen.name}@2026-08-06 does`
        : `prices of ${dayText(day)}`,
    ],
  }
}

/** Books have models whose output costs nothing though their input does: free, or not filled in. */
function freeOutput({ promptPer1m, completionPer1m }: ListedModel['pricing']): string {
  return promptPer1m > 0 && completionPer1m === 0
    ? '; the book asks nothing for its output: check whether that is so'
    : ''
}

const DAY_MS = 86_400_000
const HALF_HOUR_MS = 1_800_000

function dearestOfDay(entry: BookEntry, service: Service, day: number): ListedModel['pricing'] | undefined {
  const times = entry.isDated ? Array.from({ length: 48 }, (_, i) => day + i * HALF_HOUR_MS) : [day]
  let dearest: ListedModel['pricing'] | undefined
  for (const at of times) {
    const price = entry.priceAt(at, service)
    const pricing = price === undefined ? undefined : policyPricing(price)
    if (pricing === undefined) continue
    if (dearest === undefined || pricing.completionPer1m > dearest.completionPer1m) dearest = pricing
  }
  return dearest
}
