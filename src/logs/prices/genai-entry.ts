import type { ListPrice, ListRates } from '../../core/list-price.js'
import type { BookEntry } from '../../core/price-book.js'
import type { ConditionalPrices, Constraint, GenaiModel, GenaiPrices, GenaiTiers } from './genai-schema.js'
import { knownRates, type RatesReader } from './rates-reader.js'

const DAY_MS = 86_400_000

/** One model of genai-prices as an entry; undefined where it has no price for tokens. */
export function genaiEntry(provider: string, model: GenaiModel, reader: RatesReader): BookEntry | undefined {
  const id = `${provider}/${model.id}`
  const conditional: readonly ConditionalPrices[] = isList(model.prices)
    ? model.prices
    : [{ prices: model.prices }]
  const listed = conditional.flatMap(({ constraint, prices }) => {
    const price = listPrice(id, prices, reader)
    return price === undefined ? [] : [{ holds: condition(constraint ?? undefined), price }]
  })
  if (listed.length === 0) return undefined
  return {
    id,
    limits: typeof model.context_window === 'number' ? { contextWindow: model.context_window } : {},
    isDated: listed.length > 1,
    priceAt: (at, service) =>
      service === 'standard' ? listed.findLast(({ holds }) => holds(at))?.price : undefined,
  }
}

function isList(prices: GenaiModel['prices']): prices is readonly ConditionalPrices[] {
  return Array.isArray(prices)
}

/** Whether a price holds at a time: from midnight UTC of its date on, or from its time of the day until before its end. */
function condition(constraint: Constraint | undefined): (at: number) => boolean {
  if (constraint === undefined) return () => true
  if ('start_date' in constraint) {
    const start = Date.parse(`${constraint.start_date}T00:00:00Z`)
    return (at) => at >= start
  }
  const [start, end] = [timeOfDay(constraint.start_time), timeOfDay(constraint.end_time)]
  return (at) => {
    const time = ((at % DAY_MS) + DAY_MS) % DAY_MS
    return start <= end ? time >= start && time < end : time >= start || time < end
  }
}

function timeOfDay(text: string): number {
  return Date.parse(`1970-01-01T${text}`)
}

function listPrice(id: string, prices: GenaiPrices, reader: RatesReader): ListPrice | undefined {
  const base = ratesAbove(id, prices, 0, reader)
  if (base === undefined) return undefined
  const starts = Object.values(prices).flatMap((price) =>
    isTiered(price) ? price.tiers.map(({ start }) => start) : [],
  )
  const tiers = [...new Set(starts)]
    .sort((a, b) => a - b)
    .map((start) => ({ aboveInputTokens: start, rates: ratesAbove(id, prices, start, reader) ?? base }))
  return { ...base, tiers }
}

function isTiered(price: GenaiPrices[string] | undefined): price is GenaiTiers {
  return typeof price === 'object' && price !== null && Array.isArray(price.tiers)
}

/** The rates of calls with more than `start` input tokens. */
function ratesAbove(
  id: string,
  prices: GenaiPrices,
  start: number,
  reader: RatesReader,
): ListRates | undefined {
  const rate = (name: string): number | undefined => {
    const price = prices[name]
    const value = isTiered(price)
      ? (price.tiers.findLast((tier) => tier.start <= start)?.price ?? price.base)
      : price
    return reader.rate(value, id, 6)
  }
  const inputPico = rate('input_mtok')
  if (inputPico === undefined) return undefined
  const perThousand = reader.rate(prices['requests_kcount'], id, 3)
  return knownRates({
    inputPico,
    outputPico: rate('output_mtok'),
    cachedInputPico: rate('cache_read_mtok'),
    cacheWritePico: rate('cache_write_mtok'),
    audioInputPico: rate('input_audio_mtok'),
    cachedAudioInputPico: rate('cache_audio_read_mtok'),
    audioOutputPico: rate('output_audio_mtok'),
    perRequestPico: perThousand,
  })
}
