import { InputError } from '../../core/errors.js'
import { columnKey } from './columns.js'

/** US dollars for one unit of each currency, by its ISO code. */
export type Rates = ReadonlyMap<string, number>

export interface CostColumn {
  /** -1 where the file has none. */
  readonly index: number
  /** As the header names it, for messages. */
  readonly name: string
  /** Dollars for one unit of what the cells are in. */
  readonly rate: number
}

/**
 * The column of costs: `cost_usd`, else one of another currency such as `cost_cny`.
 * @throws InputError when that currency has no rate: costs without a currency would be taken for dollars.
 */
export function costColumn(header: readonly string[], rates: Rates = new Map()): CostColumn {
  const keys = header.map(columnKey)
  const usd = keys.indexOf('costusd')
  const other = keys.findIndex((key) => /^cost[a-z]{3}$/.test(key))
  if (usd >= 0 || other < 0) return { index: usd, name: 'cost_usd', rate: 1 }
  const name = header[other] ?? ''
  const currency = (keys[other] ?? '').slice(4).toUpperCase()
  const rate = rates.get(currency)
  if (rate === undefined) {
    throw new InputError(`the column ${name} is in ${currency}: ${wayOut(currency)}`)
  }
  return { index: other, name, rate }
}

/** Without the noise of the multiplication. */
export function converted(amount: number, rate: number): number {
  return rate === 1 ? amount : Number((amount * rate).toPrecision(15))
}

function wayOut(currency: string): string {
  return `say what one ${currency} is worth in US dollars, such as --rate ${currency}=0.14`
}
