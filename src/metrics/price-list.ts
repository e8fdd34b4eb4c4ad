import type { Policy } from '../core/policy.js'

/** What the policies pay for one model, in US dollars per million tokens; two rows where policies disagree. */
export interface ListedPrice {
  readonly model: string
  /** Null where no price is named: then the log's own costs count alone. */
  readonly promptPer1m: number | null
  readonly completionPer1m: number | null
  readonly cachedInputPer1m: number | null
  readonly cacheWritePer1m: number | null
  readonly policyIds: readonly string[]
  /** Where the policy files say that their prices are from; `date` as 2026-08-06. */
  readonly books: readonly { readonly book: string; readonly date: string }[]
  /** Of the files that do not say: when they were made, ISO texts. */
  readonly madeAt: readonly string[]
}

/** The prices of the policies' models, in the order of first use. */
export function priceList(policies: readonly Policy[]): readonly ListedPrice[] {
  const found = new Map<string, ListedPrice>()
  for (const { policyId, file } of policies) {
    for (const { id, pricing } of file.models) {
      const price = {
        model: id,
        promptPer1m: pricing?.promptPer1m ?? null,
        completionPer1m: pricing?.completionPer1m ?? null,
        cachedInputPer1m: pricing?.cachedInputPer1m ?? null,
        cacheWritePer1m: pricing?.cacheWritePer1m ?? null,
      }
      const key = JSON.stringify(price)
      const known = found.get(key) ?? { ...price, policyIds: [], books: [], madeAt: [] }
      found.set(key, { ...known, policyIds: [...known.policyIds, policyId], ...datesWith(known, file) })
    }
  }
  return [...found.values()]
}

function datesWith(
  { books, madeAt }: Pick<ListedPrice, 'books' | 'madeAt'>,
  { prices, createdAt }: Policy['file'],
): Pick<ListedPrice, 'books' | 'madeAt'> {
  if (prices !== undefined) {
    const isKnown = books.some(({ book, date }) => book === prices.book && date === prices.date)
    return { madeAt, books: isKnown ? books : [...books, prices] }
  }
  return { books, madeAt: createdAt === undefined ? madeAt : [...new Set([...madeAt, createdAt])].sort() }
}
