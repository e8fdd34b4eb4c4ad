import { InputError, nearMiss } from '../../core/errors.js'
import type { BookEntry, Lookup } from '../../core/price-book.js'
import type { BookFormat } from './book-format.js'
import { genaiEntry } from './genai-entry.js'
import { isClause, matchRule, type MatchClause } from './genai-match.js'
import type { GenaiProvider } from './genai-schema.js'
import { ratesReader, type RatesReader } from './rates-reader.js'

/**
 * genai-prices' data.json: providers with models, each with clauses that tell its names, and prices by date, time of the
 * day and length of the input. https://github.com/pydantic/genai-prices
 */
export const genaiBook: BookFormat = {
  name: 'genai-prices',
  describe: "genai-prices' data.json: a list of providers with models, match and prices",
  recognises: (value) => Array.isArray(value) && value.some(isProvider),
  read: (value, context) => {
    const reader = ratesReader(context)
    const providers = (Array.isArray(value) ? value : [])
      .filter(isProvider)
      .map((one) => bookProvider(one, reader, context.file))
    const size = providers.reduce((all, { models }) => all + models.length, 0)
    if (size === 0) throw new InputError(`${context.file} is no price book: no model has input_mtok`)
    return {
      format: 'genai-prices',
      size,
      notes: reader.notes(),
      find: (model, provider) => find(providers, model, provider),
    }
  },
}

interface BookProvider {
  readonly id: string
  readonly modelMatch: MatchClause | undefined
  readonly providerMatch: MatchClause | undefined
  readonly fallbacks: readonly string[]
  readonly models: readonly { readonly match: MatchClause; readonly entry: BookEntry }[]
}

function bookProvider(provider: GenaiProvider, reader: RatesReader, file: string): BookProvider {
  return {
    id: provider.id,
    modelMatch: isClause(provider.model_match) ? provider.model_match : undefined,
    providerMatch: isClause(provider.provider_match) ? provider.provider_match : undefined,
    fallbacks: provider.fallback_model_providers ?? [],
    models: provider.models.flatMap((model) => {
      const entry = genaiEntry(provider.id, model, reader)
      if (entry === undefined) return []
      if (isClause(model.match)) return [{ match: model.match, entry }]
      throw new InputError(
        `${file}: the match of ${entry.id} is none that Tollgate knows: ${JSON.stringify(model.match)}`,
      )
    }),
  }
}

interface Hit {
  readonly entry: BookEntry
  readonly rule: string
}

/**
 * The provider that is named (before the model, or by the log), else the one whose models bear such names, else any whose
 * models do, if they agree in price.
 */
function find(providers: readonly BookProvider[], model: string, provider: string | undefined): Lookup {
  const named = namedHit(providers, model, provider)
  if (named !== undefined) return found(model, named)
  const usual = providers.find(({ modelMatch }) => matches(modelMatch, model))
  const own = usual === undefined ? undefined : hit(providers, usual, model)
  if (own !== undefined) return found(model, own)
  const any = providers.map((one) => hit(providers, one, model)).filter((one) => one !== undefined)
  const [first] = any
  if (first === undefined) return { kind: 'unknown', near: nearest(providers, model) }
  const price = priceText(first.entry)
  if (any.every(({ entry }) => priceText(entry) === price)) return found(model, first)
  return { kind: 'ambiguous', candidates: any.map(({ entry }) => entry.id) }
}

function namedHit(
  providers: readonly BookProvider[],
  model: string,
  provider: string | undefined,
): Hit | undefined {
  const slash = model.indexOf('/')
  const prefix = slash < 0 ? undefined : model.slice(0, slash)
  for (const name of [provider, prefix]) {
    const one = name === undefined ? undefined : providerNamed(providers, name)
    if (one === undefined) continue
    const whole = hit(providers, one, model)
    if (whole !== undefined) return whole
    const rest = slash < 0 ? undefined : hit(providers, one, model.slice(slash + 1))
    if (rest !== undefined) return { entry: rest.entry, rule: `provider prefix, ${rest.rule}` }
  }
  return undefined
}

function providerNamed(providers: readonly BookProvider[], name: string): BookProvider | undefined {
  return (
    providers.find(({ id }) => id === name.toLowerCase()) ??
    providers.find(({ providerMatch }) => matches(providerMatch, name))
  )
}

/** The first of a provider's models that has the name, else of the providers whose models it sells too. */
function hit(providers: readonly BookProvider[], provider: BookProvider, model: string): Hit | undefined {
  for (const { match, entry } of provider.models) {
    const rule = matchRule(match, model)
    if (rule !== undefined) return { entry, rule }
  }
  for (const fallback of provider.fallbacks) {
    const other = providers.find(({ id }) => id === fallback)
    const sold = other === undefined ? undefined : hit(providers, other, model)
    if (sold !== undefined) return sold
  }
  return undefined
}

function found(model: string, { entry, rule }: Hit): Lookup {
  return {
    kind: 'found',
    entry,
    rule: entry.id === model ? `${model}: exact` : `${model} -> ${entry.id}: ${rule}`,
  }
}

function nearest(providers: readonly BookProvider[], model: string): string | undefined {
  return nearMiss(
    model,
    providers.flatMap(({ id, models }) =>
      models.flatMap(({ entry }) => [entry.id, entry.id.slice(id.length + 1)]),
    ),
  )
}

/** Entries that change price at different dates are never one price. */
function priceText(entry: BookEntry): string {
  return entry.isDated ? entry.id : JSON.stringify(entry.priceAt(0, 'standard'))
}

function matches(clause: MatchClause | undefined, name: string): boolean {
  return clause !== undefined && matchRule(clause, name) !== undefined
}

function isProvider(value: unknown): value is GenaiProvider {
  if (typeof value !== 'object' || value === null) return false
  const { id, models } = value as Partial<GenaiProvider>
  return typeof id === 'string' && Array.isArray(models)
}
