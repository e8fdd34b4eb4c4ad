import { InputError } from '../../core/errors.js'
import type { ListRates } from '../../core/list-price.js'
import { roundedPico } from '../../core/money.js'
import type { BookContext } from './book-format.js'

/** Reads a book's prices as integer pico-dollars per token, and counts those that had to be rounded or left out. */
export interface RatesReader {
  /** `tokensExponent`: 0 for prices per token, 6 per million; undefined where there is no price. */
  rate(value: unknown, entry: string, tokensExponent: number, currency?: string): number | undefined
  notes(): string[]
}

export function ratesReader({ file, rates }: BookContext): RatesReader {
  const rounded = new Set<string>()
  const refused = new Set<string>()
  return {
    rate(value, entry, tokensExponent, currency = 'USD') {
      if (typeof value !== 'number' && typeof value !== 'string') return undefined
      try {
        const price = roundedPico(inUsd(value, currency, rates, `${file}: ${entry}`), tokensExponent)
        if (price.rounded) rounded.add(entry)
        return price.pico
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        refused.add(entry)
        return undefined
      }
    },
    notes: () => [
      ...noteOf(rounded, 'have prices finer than a pico-dollar per token, which are rounded'),
      ...noteOf(refused, 'have a price that is no amount of money, which is left out'),
    ],
  }
}

/** An amount in dollars, at the rate of the command line. @throws InputError when the currency has none. */
function inUsd(
  value: number | string,
  currency: string,
  rates: ReadonlyMap<string, number>,
  place: string,
): number | string {
  if (currency === 'USD') return value
  const rate = rates.get(currency)
  if (rate === undefined) throw unknownCurrency(currency, place)
  return Number((Number(value) * rate).toPrecision(15))
}

export function unknownCurrency(currency: string, place: string): InputError {
  return new InputError(
    `${place} is in ${currency}, and no rate is known: give what one ${currency} is worth in US dollars, such as --rate ${currency}=0.14`,
  )
}

/** The rates without those that the book does not have. */
export function knownRates(rates: { readonly [Name in keyof ListRates]: number | undefined }): ListRates {
  const entries = Object.entries(rates).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as unknown as ListRates
}

function noteOf(entries: ReadonlySet<string>, what: string): string[] {
  if (entries.size === 0) return []
  const [first] = entries
  const names = entries.size === 1 ? `${first}` : `${entries.size} entries (${first}, …)`
  return [`${names} ${entries.size === 1 ? what.replace(/^have/, 'has') : what}`]
}
