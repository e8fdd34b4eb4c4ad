import type { ListPrice } from './list-price.js'
import type { PolicyFileInput } from './policy-schema.js'

/** Which of a provider's price lists a call is billed by. */
export const SERVICES = ['standard', 'batch', 'flex', 'priority'] as const
export type Service = (typeof SERVICES)[number]

/** A model's list price and limits, ready to stand in a policy. */
export type ListedModel = Pick<
  PolicyFileInput['models'][number],
  'contextWindow' | 'maxOutputTokens' | 'capabilities'
> & {
  readonly pricing: NonNullable<PolicyFileInput['models'][number]['pricing']>
}

/** What is listed of a model, by its name; undefined where nothing is. */
export type ListedModels = (id: string) => ListedModel | undefined

/** What a book has of one model. */
export interface BookEntry {
  /** The entry's name in the book, with its provider. */
  readonly id: string
  readonly limits: Omit<ListedModel, 'pricing'>
  /** Whether the price depends on the time of the call. */
  readonly isDated: boolean
  /** The price of a call at that time (epoch milliseconds); undefined where the book has none for that service. */
  priceAt(at: number, service: Service): ListPrice | undefined
}

/** The entry that a model's name means, with the rule by which it was found; or why there is none. */
export type Lookup =
  | { readonly kind: 'found'; readonly entry: BookEntry; readonly rule: string }
  /** Several entries at different prices bear the name: nothing is guessed. */
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly kind: 'unknown'; readonly near: string | undefined }

/** A provider's or a collector's list of prices, read once. */
export interface PriceBook {
  /** What kind of book it is, for people. */
  readonly format: string
  readonly size: number
  /** What the reader had to change or leave out, for people. */
  readonly notes: readonly string[]
  /** `provider` is the log's, where it has one; a prefix of the name says the same. */
  find(model: string, provider?: string): Lookup
}
