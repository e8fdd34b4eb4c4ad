import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { PriceBook } from '../../../src/core/price-book.js'
import { parsePriceBook } from '../../../src/logs/prices/parse-price-book.js'

/** The price books that people really have, beside the project (never committed). */
const FOLDER = resolve('../shared/data/prices')
export const hasRealBooks: boolean = existsSync(FOLDER)

export const LITELLM_2026 = 'litellm_model_prices_2026-08-06.json.gz'
export const LITELLM_2025 = 'tokencost_litellm_2025-09-05.json.gz'
export const GENAI_PRICES = 'pydantic_genai_prices_2026-08-21.json.gz'

export function realBook(file: string): PriceBook {
  const text = gunzipSync(readFileSync(`${FOLDER}/${file}`)).toString()
  return parsePriceBook(text, { file, rates: new Map() })
}
