import type { PriceBook } from '../../core/price-book.js'

/** A kind of price book. A format is pure: it tells its own files from those of the others by their JSON, and reads them. */
export interface BookFormat {
  readonly name: string
  /** What a person should look for in the file, for the message that no format fits. */
  readonly describe: string
  recognises(value: unknown): boolean
  /** @throws InputError when nothing in the file can be read, or a price is in a currency without a rate. */
  read(value: unknown, context: BookContext): PriceBook
}

export interface BookContext {
  /** For messages. */
  readonly file: string
  /** US dollars for one unit of each currency, by its ISO code. */
  readonly rates: ReadonlyMap<string, number>
}
