import { parseUsage, type ParsedUsage } from '../usage/parse-usage.js'
import { callRecord, NO_OPTIONS } from './call-record.js'
import { skip, type LogFormat, type RowReader } from './format.js'
import type { JsonObject } from './json-line.js'
import { otelAttributes, type Attributes } from './otel-attributes.js'
import { otelPrompt } from './otel-prompt.js'
import { durationOf, listOf, objectOf, textOf, timeOf, tokensOf, usdOf } from './values.js'

/**
 * Spans of OpenTelemetry's conventions for generative AI, as OTLP JSON (a document, or one a line as the collector's file
 * exporter writes it). Names of today (`gen_ai.provider.name`, `gen_ai.usage.input_tokens`) and of before
 * (`gen_ai.system`, `gen_ai.usage.prompt_tokens`). Input tokens include cached ones, output tokens reasoning.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export const otelFormat: LogFormat = {
  name: 'otel',
  describe: 'OpenTelemetry GenAI spans: {"resourceSpans": […]} with gen_ai.* attributes (OTLP JSON)',
  encoding: 'objects',
  recognises: (sample) => sample.has('resourceSpans'),
  open: (_header, options = NO_OPTIONS): RowReader => ({
    ignored: [],
    unfold,
    read(row) {
      const { span, resource } = row as unknown as PlacedSpan
      const attributes = otelAttributes(span['attributes'])
      if (!isCall(attributes)) return skip('not-a-model-call')
      const started = timeOf(span['startTimeUnixNano'], 'startTimeUnixNano', 'ns')
      return callRecord(
        {
          id: textOf(span['spanId']),
          at: started,
          scope: scopeOf(span, attributes, resource),
          asked: otelPrompt(attributes),
          model: attributes['gen_ai.response.model'] ?? attributes['gen_ai.request.model'],
          usage: usageOf(attributes),
          costUsd: usdOf(attributes['gen_ai.usage.cost'], 'gen_ai.usage.cost'),
          latencyMs: latency(span, started),
          signals: {
            score: (name) => evaluation(span, name),
            failed: isError(span) || attributes['error.type'] !== undefined,
            truncated: /length|max_tokens/.test(String(attributes['gen_ai.response.finish_reasons'] ?? '')),
          },
        },
        options,
      )
    },
  }),
}

interface PlacedSpan {
  readonly span: JsonObject
  readonly resource: Attributes
}

/** The spans of a document, each with the attributes of what sent it. A span that is no object is still a row. */
function* unfold(document: JsonObject): Generator<unknown> {
  for (const part of listOf(document['resourceSpans']) ?? []) {
    const inner = objectOf(part) ?? {}
    const resource = otelAttributes(objectOf(inner['resource'])?.['attributes'])
    for (const scope of listOf(inner['scopeSpans'] ?? inner['instrumentationLibrarySpans']) ?? []) {
      for (const span of listOf(objectOf(scope)?.['spans']) ?? []) {
        yield { span: objectOf(span) ?? {}, resource } satisfies PlacedSpan
      }
    }
  }
}

/** Tool calls, agents' own spans and embeddings carry attributes of the same family. */
function isCall(attributes: Attributes): boolean {
  const operation = textOf(attributes['gen_ai.operation.name']) ?? 'chat'
  const names = attributes['gen_ai.request.model'] ?? attributes['gen_ai.response.model']
  return names !== undefined && /^(chat|text_completion|generate_content|completion)$/.test(operation)
}

function scopeOf(span: JsonObject, attributes: Attributes, resource: Attributes): Record<string, unknown> {
  return {
    user: attributes['user.id'] ?? attributes['enduser.id'],
    session: attributes['gen_ai.conversation.id'] ?? attributes['session.id'] ?? span['traceId'],
    service: resource['service.name'],
  }
}

const INPUT = ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens']
const OUTPUT = ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens']
const PARTS = {
  cachedInputTokens: ['gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens'],
  cacheWriteTokens: ['gen_ai.usage.cache_creation.input_tokens', 'gen_ai.usage.cache_creation_input_tokens'],
  reasoningTokens: ['gen_ai.usage.reasoning.output_tokens', 'gen_ai.usage.reasoning_tokens'],
}

function usageOf(attributes: Attributes): Partial<ParsedUsage> {
  const count = (names: readonly string[]): number | undefined => {
    const name = names.find((one) => attributes[one] !== undefined)
    return name === undefined ? undefined : tokensOf(attributes[name], name)
  }
  const [inputTokens, outputTokens] = [count(INPUT), count(OUTPUT)]
  const parts = Object.entries(PARTS).map(([name, names]) => [name, count(names)] as const)
  const known = Object.fromEntries(parts.filter(([, value]) => value !== undefined))
  if (inputTokens === undefined || outputTokens === undefined) {
    return {
      ...(inputTokens !== undefined && { inputTokens }),
      ...(outputTokens !== undefined && { outputTokens }),
      ...known,
    }
  }
  return parseUsage({ inputTokens, outputTokens, ...known }) ?? {}
}

function latency(span: JsonObject, started: number | undefined): number | undefined {
  const ended = timeOf(span['endTimeUnixNano'], 'endTimeUnixNano', 'ns')
  if (started === undefined || ended === undefined) return undefined
  // Both stand some microseconds beside the whole millisecond that a double of today's nanoseconds can tell.
  return durationOf(Math.round((ended - started) * 1000) / 1000, 'endTimeUnixNano - startTimeUnixNano', 'ms')
}

function isError(span: JsonObject): boolean {
  const code = objectOf(span['status'])?.['code']
  return code === 2 || code === 'STATUS_CODE_ERROR'
}

/** Evaluations are events on the span: `gen_ai.evaluation.name` and `gen_ai.evaluation.score.value`. */
function evaluation(span: JsonObject, name: string): unknown {
  const events = (listOf(span['events']) ?? []).map((event) =>
    otelAttributes(objectOf(event)?.['attributes']),
  )
  const named = events.filter((event) => event['gen_ai.evaluation.name'] === name)
  return named.map(
    (event) => event['gen_ai.evaluation.score.value'] ?? event['gen_ai.evaluation.score.label'],
  )
}
