import { InputError } from '../../core/errors.js'
import type { ListPrice, ListRates, ListTier } from '../../core/list-price.js'
import { SERVICES, type BookEntry, type Service } from '../../core/price-book.js'
import type { BookFormat } from './book-format.js'
import { nameIndex } from './name-index.js'
import { knownRates, ratesReader, type RatesReader } from './rates-reader.js'

/**
 * LiteLLM's price map: model -> `{ input_cost_per_token, output_cost_per_token, cache_read_input_token_cost, …,
 * max_input_tokens, supports_… }`, dollars per token. A field's name tells its tier (`_above_200k_tokens`) and its service
 * (`_batches`, `_flex`, `_priority`). https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json
 */
export const litellmBook: BookFormat = {
  name: 'litellm',
  describe: "LiteLLM's model_prices_and_context_window.json: an object of models with input_cost_per_token",
  recognises: (value) =>
    isObject(value) &&
    Object.values(value).some(
      (entry) => isObject(entry) && ('input_cost_per_token' in entry || TIERED in entry),
    ),
  read: (value, context) => {
    const reader = ratesReader(context)
    const entries = Object.entries(isObject(value) ? value : {}).flatMap(([id, fields]) =>
      isObject(fields) ? readEntry(id, fields, reader) : [],
    )
    if (entries.length === 0)
      throw new InputError(`${context.file} is no price book: no entry has input_cost_per_token`)
    const index = nameIndex(entries)
    return { format: 'LiteLLM price map', size: entries.length, notes: reader.notes(), find: index.find }
  },
}

type Fields = Readonly<Record<string, unknown>>
const TIERED = 'tiered_pricing'

function readEntry(
  id: string,
  fields: Fields,
  reader: RatesReader,
): { entry: BookEntry; provider: string | undefined }[] {
  const byService = new Map<Service, ListPrice>()
  for (const service of SERVICES) {
    const price = readPrice(id, fields, service, reader)
    if (price !== undefined) byService.set(service, price)
  }
  if (!byService.has('standard')) return []
  const provider = fields['litellm_provider']
  return [
    {
      entry: {
        id,
        limits: limitsOf(fields),
        isDated: false,
        priceAt: (_at, service) => byService.get(service),
      },
      provider: typeof provider === 'string' ? provider : undefined,
    },
  ]
}

const SUFFIX: Readonly<Record<Service, string>> = {
  standard: '',
  batch: '_batches',
  flex: '_flex',
  priority: '_priority',
}

function readPrice(id: string, fields: Fields, service: Service, reader: RatesReader): ListPrice | undefined {
  const listed = fields[TIERED]
  if (service === 'standard' && Array.isArray(listed)) return rangesPrice(id, fields, listed, reader)
  const suffix = SUFFIX[service]
  if (!(`input_cost_per_token${suffix}` in fields)) return undefined
  const base = readRates(id, fields, { tier: '', suffix, reader })
  if (base === undefined) return undefined
  const tiers = longInputTiers(fields).flatMap((thousands): ListTier[] => {
    const rates = readRates(id, fields, { tier: `_above_${thousands}k_tokens`, suffix, reader, base })
    return rates === undefined ? [] : [{ aboveInputTokens: thousands * 1000, rates }]
  })
  return { ...base, tiers }
}

function longInputTiers(fields: Fields): number[] {
  return Object.keys(fields)
    .map((field) => Number(/^input_cost_per_token_above_(\d+)k_tokens$/.exec(field)?.[1]))
    .filter((thousands) => thousands > 0)
    .sort((a, b) => a - b)
}

interface Where {
  readonly tier: string
  readonly suffix: string
  readonly reader: RatesReader
  /** A tier's output and sound are billed as without it where it says nothing; cached and written input like its plain one. */
  readonly base?: ListRates
}

function readRates(id: string, fields: Fields, { tier, suffix, reader, base }: Where): ListRates | undefined {
  const rate = (...names: string[]): number | undefined => {
    const places = names.flatMap((name) => [`${name}${tier}${suffix}`, `${name}${tier}`])
    const found = places.find((place) => fields[place] !== undefined && fields[place] !== null)
    return found === undefined ? undefined : reader.rate(fields[found], id, 0, currencyOf(fields))
  }
  const inputPico = rate('input_cost_per_token')
  if (inputPico === undefined) return undefined
  return knownRates({
    inputPico,
    outputPico: rate('output_cost_per_token') ?? base?.outputPico,
    cachedInputPico: rate('cache_read_input_token_cost', 'input_cost_per_token_cache_hit'),
    cacheWritePico: rate('cache_creation_input_token_cost'),
    hourCacheWritePico: rate('cache_creation_input_token_cost_above_1hr'),
    audioInputPico: rate('input_cost_per_audio_token') ?? base?.audioInputPico,
    cachedAudioInputPico: rate('cache_read_input_audio_token_cost') ?? base?.cachedAudioInputPico,
    audioOutputPico: rate('output_cost_per_audio_token') ?? base?.audioOutputPico,
    reasoningPico: rate('output_cost_per_reasoning_token'),
    perRequestPico: rate('input_cost_per_request') ?? base?.perRequestPico,
  })
}

/** `tiered_pricing`: whole rates by range of input tokens. */
function rangesPrice(
  id: string,
  fields: Fields,
  listed: readonly unknown[],
  reader: RatesReader,
): ListPrice | undefined {
  const currency = currencyOf(fields)
  const tiers = listed.filter(isObject).flatMap((range): ListTier[] => {
    const rates = readRates(id, { currency, ...range }, { tier: '', suffix: '', reader })
    const [from] = Array.isArray(range['range']) ? (range['range'] as unknown[]) : []
    return rates === undefined || typeof from !== 'number' ? [] : [{ aboveInputTokens: from, rates }]
  })
  tiers.sort((a, b) => a.aboveInputTokens - b.aboveInputTokens)
  const [first, ...longer] = tiers
  return first === undefined ? undefined : { ...first.rates, tiers: longer }
}

function currencyOf(fields: Fields): string {
  return typeof fields['currency'] === 'string' ? fields['currency'].toUpperCase() : 'USD'
}

function limitsOf(fields: Fields): BookEntry['limits'] {
  const capabilities = [
    ...(fields['supports_function_calling'] === true ? ['tools'] : []),
    ...(fields['supports_vision'] === true ? ['vision'] : []),
    ...(fields['supports_response_schema'] === true ? ['jsonSchema'] : []),
  ]
  const { max_input_tokens: contextWindow, max_output_tokens: maxOutputTokens } = fields
  return {
    ...(isCount(contextWindow) ? { contextWindow } : {}),
    ...(isCount(maxOutputTokens) ? { maxOutputTokens } : {}),
    capabilities,
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
