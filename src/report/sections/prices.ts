import type { ListedPrice } from '../../metrics/price-list.js'
import type { PriceBookNote } from '../../metrics/provenance.js'
import type { Comparison } from '../../metrics/result.js'
import { name, table, type Column } from '../elements.js'
import { count, listed, plainName, tidyMoney } from '../format.js'
import { html, type Markup } from '../markup.js'

/** What the policies pay, and of which day. Null in older results. */
export function pricesBlock({ prices, provenance }: Comparison): Markup | null {
  if (prices === undefined || prices.length === 0) return null
  const book = provenance?.priceBook ?? null
  return html`<h3>Prices</h3>
    <p>
      A cost that the log has is taken as it is; prices fill its gaps and say what is held for a call.
      ${book === null ? null : bookSentence(book)}
    </p>
    ${isPriced(prices) ? priceTable(prices) : html`<p>No policy names a price.</p>`}`
}

function isPriced(prices: readonly ListedPrice[]): boolean {
  return prices.some(({ promptPer1m }) => promptPer1m !== null)
}

function priceTable(prices: readonly ListedPrice[]): Markup {
  const columns: Column<ListedPrice>[] = [
    { head: 'Model', kind: 'words', cell: ({ model }) => name(model) },
    rate('Input', ({ promptPer1m }) => promptPer1m),
    rate('Output', ({ completionPer1m }) => completionPer1m),
    rate('Cached input', ({ cachedInputPer1m }) => cachedInputPer1m),
    rate('Cache write', ({ cacheWritePer1m }) => cacheWritePer1m),
    { head: 'Prices as of', kind: 'words', cell: asOf },
  ]
  return table({
    caption: 'US dollars per million tokens, as the policies name them',
    rows: prices,
    columns,
  })
}

function rate(head: string, of: (price: ListedPrice) => number | null): Column<ListedPrice> {
  return { head, kind: 'number', cell: (price) => (of(price) === null ? '–' : tidyMoney(of(price))) }
}

function asOf({ books, madeAt, promptPer1m }: ListedPrice): string {
  if (promptPer1m === null) return 'no price named'
  const days = books.map(({ book, date }) => `${plainName(date)} (${plainName(book)})`)
  const made = [...new Set(madeAt.map((at) => plainName(at).slice(0, 10)))]
  const unsaid = made.length === 0 ? 'not said' : `not said; policies made ${listed(made)}`
  return days.length === 0 ? unsaid : listed(days)
}

function bookSentence({ book, date, computed, filled }: PriceBookNote): string {
  const when = date === null ? 'each call at its own time' : `as of ${plainName(date)}`
  return `The log’s costs were checked against the price book ${plainName(book)}, ${when}: computed for ${count(computed)} outcomes, and counted for the ${count(filled)} of them that had no recorded cost.`
}
