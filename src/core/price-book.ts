import { InputError } from './errors.js'
import { picoPerToken } from './money.js'
import type { PolicyFileInput } from './policy-schema.js'

/** A model's list price and limits as a price book has them: ready to stand in a policy. */
export type ListedModel = Pick<
  PolicyFileInput['models'][number],
  'contextWindow' | 'maxOutputTokens' | 'capabilities'
> & {
  readonly pricing: NonNullable<PolicyFileInput['models'][number]['pricing']>
}

/** Finds a model's entry: by its id as it is, else by the part after the last `/` of either side. */
export type PriceBook = (id: string) => ListedModel | undefined

/**
 * LiteLLM's price map: model -> `{ input_cost_per_token, output_cost_per_token, cache_read_input_token_cost,
 * cache_creation_input_token_cost, max_input_tokens, max_output_tokens, supports_… }`, dollars per token.
 * https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json
 * @throws InputError when the value is no such map.
 */
export function parsePriceBook(value: unknown, file: string): PriceBook {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${file} is no price book: expected an object of models, as LiteLLM publishes it`)
  }
  const entries = new Map<string, ListedModel>()
  for (const [id, entry] of Object.entries(value)) {
    const listed = readEntry(entry as Entry)
    if (listed !== undefined) entries.set(id, listed)
  }
  if (entries.size === 0) throw new InputError(`${file} is no price book: no entry has input_cost_per_token`)
  const byName = new Map([...entries].map(([id, listed]) => [normalName(id), listed]))
  return (id) => entries.get(id) ?? byName.get(normalName(id))
}

interface Entry {
  readonly input_cost_per_token?: number
  readonly output_cost_per_token?: number
  readonly cache_read_input_token_cost?: number
  readonly cache_creation_input_token_cost?: number
  readonly max_input_tokens?: number
  readonly max_output_tokens?: number
  readonly supports_function_calling?: boolean
  readonly supports_vision?: boolean
  readonly supports_response_schema?: boolean
}

function readEntry(entry: Entry): ListedModel | undefined {
  const promptPer1m = perMillion(entry?.input_cost_per_token)
  const completionPer1m = perMillion(entry?.output_cost_per_token)
  if (promptPer1m === undefined || completionPer1m === undefined) return undefined
  const cachedInputPer1m = perMillion(entry.cache_read_input_token_cost)
  const cacheWritePer1m = perMillion(entry.cache_creation_input_token_cost)
  return {
    pricing: {
      promptPer1m,
      completionPer1m,
      ...(cachedInputPer1m === undefined ? {} : { cachedInputPer1m }),
      ...(cacheWritePer1m === undefined ? {} : { cacheWritePer1m }),
      ...longInputTiers(entry),
    },
    ...(isCount(entry.max_input_tokens) ? { contextWindow: entry.max_input_tokens } : {}),
    ...(isCount(entry.max_output_tokens) ? { maxOutputTokens: entry.max_output_tokens } : {}),
    capabilities: [
      ...(entry.supports_function_calling === true ? ['tools'] : []),
      ...(entry.supports_vision === true ? ['vision'] : []),
      ...(entry.supports_response_schema === true ? ['jsonSchema'] : []),
    ],
  }
}

const TIER_FIELD = /^input_cost_per_token_above_(\d+)k_tokens$/

/** `input_cost_per_token_above_200k_tokens` and its like; what a tier leaves out is billed like its plain input. */
function longInputTiers(entry: Entry): { readonly priceTiers?: PriceTierInput[] } {
  const numbers = entry as Readonly<Record<string, number | undefined>>
  const priceTiers = Object.keys(entry).flatMap((field): PriceTierInput[] => {
    const thousands = TIER_FIELD.exec(field)?.[1]
    if (thousands === undefined) return []
    const rate = (name: string): number | undefined =>
      perMillion(numbers[`${name}_above_${thousands}k_tokens`])
    const promptPer1m = rate('input_cost_per_token')
    const completionPer1m = rate('output_cost_per_token') ?? perMillion(entry.output_cost_per_token)
    if (promptPer1m === undefined || completionPer1m === undefined) return []
    const cachedInputPer1m = rate('cache_read_input_token_cost')
    const cacheWritePer1m = rate('cache_creation_input_token_cost')
    return [
      {
        aboveInputTokens: Number(thousands) * 1000,
        promptPer1m,
        completionPer1m,
        ...(cachedInputPer1m === undefined ? {} : { cachedInputPer1m }),
        ...(cacheWritePer1m === undefined ? {} : { cacheWritePer1m }),
      },
    ]
  })
  priceTiers.sort((a, b) => a.aboveInputTokens - b.aboveInputTokens)
  return priceTiers.length === 0 ? {} : { priceTiers }
}

type PriceTierInput = NonNullable<ListedModel['pricing']['priceTiers']>[number]

/** Dollars per token -> dollars per million, without the noise of the multiplication (1.5e-5 is 15). */
function perMillion(perToken: number | undefined): number | undefined {
  if (typeof perToken !== 'number' || !(perToken >= 0)) return undefined
  const rounded = Number((perToken * 1e6).toFixed(6))
  try {
    picoPerToken(rounded)
    return rounded
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

/** `anthropic/claude-opus-4.1` and `claude-opus-4-1` are one model: vendors and dots differ between books. */
function normalName(id: string): string {
  return id
    .slice(id.lastIndexOf('/') + 1)
    .toLowerCase()
    .replaceAll('.', '-')
}
