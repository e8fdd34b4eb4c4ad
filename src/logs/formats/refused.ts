import type { JsonObject } from './json-line.js'
import type { Sample } from './sample.js'
import { listOf, objectOf } from './values.js'

/** Exports that look like logs and hold no single calls, with what they are and what to export instead. */
const REFUSED: readonly { readonly is: (sample: Sample) => boolean; readonly why: string }[] = [
  {
    is: ({ rows }) => rows.some((row) => results(row).some((kind) => /^organization\.usage\./.test(kind))),
    why: "is OpenAI's usage export: sums over buckets of time, not single requests; log each request with its response, or list stored completions (GET /v1/chat/completions), and import that",
  },
  {
    is: ({ rows }) => rows.some((row) => results(row).some((kind) => /^organization\.costs\./.test(kind))),
    why: "is OpenAI's costs export: sums over days and line items, not single requests; log each request with its response, or list stored completions (GET /v1/chat/completions), and import that",
  },
  {
    is: (sample) => sample.has('body', 'extracted', 'model'),
    why: "is genai-prices' collection of usage objects, without requests or times: a log needs one row a call with an id, a model and its usage",
  },
  {
    is: (sample) => sample.has('date', 'model_permaslug', 'usage', 'requests'),
    why: "is OpenRouter's activity by day: sums, not single requests; export the activity of single generations as CSV (openrouter.ai/activity), and import that",
  },
]

/** Why a file that is recognised cannot be imported; undefined for any other file. */
export function refusal(sample: Sample): string | undefined {
  return REFUSED.find(({ is }) => is(sample))?.why
}

/** The kinds of OpenAI's results in a value: its own, those of its buckets, those of its page's buckets. */
function results(value: JsonObject): string[] {
  const inner = [...(listOf(value['data']) ?? []), ...(listOf(value['results']) ?? [])]
  const own = typeof value['object'] === 'string' ? [value['object']] : []
  return [...own, ...inner.flatMap((one) => results(objectOf(one) ?? {}))]
}
