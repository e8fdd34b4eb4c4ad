import { InputError } from '../../core/errors.js'
import type { PriceBook } from '../../core/price-book.js'
import type { BookContext, BookFormat } from './book-format.js'
import { genaiBook } from './genai-prices.js'
import { litellmBook } from './litellm.js'

const FORMATS: readonly BookFormat[] = [genaiBook, litellmBook]

/**
 * A price book from its JSON text, of whichever kind it is.
 * @throws InputError when it is no JSON or no book that we know, and when a currency has no rate.
 */
export function parsePriceBook(text: string, context: BookContext): PriceBook {
  const value = json(text, context.file)
  const format = FORMATS.find((one) => one.recognises(value))
  if (format !== undefined) return format.read(value, context)
  throw new InputError(
    `${context.file} is no price book that Tollgate knows`,
    FORMATS.map(({ name, describe }) => ({ path: name, message: describe })),
  )
}

function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputError(`${file} is not JSON: ${(error as Error).message}`)
  }
}
