import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

/**
 * 1,577 usage objects that providers really answered, with what genai-prices reads from each and asks for it, by the
 * provider that the object is taken to be of (a README lies beside the file).
 */
const FILE = resolve('../shared/data/log_formats/genai_prices_real_usage_objects.json.gz')
export const hasRealUsage: boolean = existsSync(FILE)

export interface RealUsage {
  readonly model?: string
  readonly body: {
    readonly file: string
    readonly model?: string
    readonly modelVersion?: string
    readonly usage?: Readonly<Record<string, unknown>>
    readonly usageMetadata?: Readonly<Record<string, unknown>>
    readonly meta?: Readonly<Record<string, unknown>>
  }
  readonly extracted: readonly Extracted[]
}

interface Extracted {
  readonly usage: Readonly<Record<string, number>>
  readonly extractors: readonly Extractor[]
}

interface Extractor {
  readonly provider_id: string
  readonly api_flavor: string
  readonly input_price?: string
  readonly output_price?: string
  readonly total_price?: string
}

export interface Reference extends Extractor {
  readonly usage: Readonly<Record<string, number>>
}

export function readRealUsage(): readonly RealUsage[] {
  return JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as RealUsage[]
}

/** The reading of the provider that answered: the file's name tells who that was, the object's fields which API. */
export function referenceOf(real: RealUsage): Reference {
  const [provider, flavor] = answeredBy(real)
  for (const { usage, extractors } of real.extracted) {
    const own = extractors.find((one) => one.provider_id.startsWith(provider) && one.api_flavor === flavor)
    if (own !== undefined) return { ...own, usage }
  }
  throw new Error(`no reading by ${provider}/${flavor} of ${JSON.stringify(real.body)}`)
}

/** The reading that has a price: the own provider's, else that of any other who sells the model by the same reading. */
export function pricedReferenceOf(real: RealUsage): Reference | undefined {
  const own = referenceOf(real)
  const isOwn = ({ provider_id }: Extractor): boolean =>
    provider_id.replace(/_.*/, '') === own.provider_id.replace(/_.*/, '')
  const same = real.extracted.find(({ usage }) => usage === own.usage)?.extractors ?? []
  const priced = same.filter(({ input_price }) => input_price !== undefined)
  const chosen = priced.find(isOwn) ?? priced[0]
  return chosen === undefined ? undefined : { ...chosen, usage: own.usage }
}

const CHAT_PROVIDERS = [
  ['groq', 'groq', 'default'],
  ['mistral', 'mistral', 'default'],
  ['deepseek', 'deepseek', 'chat'],
  ['openrouter', 'openrouter', 'chat'],
  ['cerebras', 'cerebras', 'chat'],
  ['huggingface', 'huggingface_', 'chat'],
  ['zai', 'zai', 'chat'],
] as const

function answeredBy({ body }: RealUsage): readonly [string, string] {
  const usage = body.usage ?? {}
  if (body.meta !== undefined) return ['cohere', 'embeddings']
  if (body.usageMetadata !== undefined) return ['google', 'default']
  if ('billed_units' in usage) return ['cohere', 'default']
  if ('inputTokens' in usage) return ['aws', 'default']
  if ('input_tokens' in usage)
    return 'cache_read_input_tokens' in usage ? ['anthropic', 'default'] : ['openai', 'responses']
  if (!('completion_tokens' in usage)) return ['openai', 'embeddings']
  const chat = CHAT_PROVIDERS.find(([word]) => body.file.includes(word))
  return chat === undefined ? ['openai', 'chat'] : [chat[1], chat[2]]
}
