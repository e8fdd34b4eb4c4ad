import type { LogRecord } from '../../core/log-record.js'
import type { Message } from '../../core/request.js'
import type { JsonObject } from './json-line.js'
import { firstOf, listOf, objectOf, textOf, tokensOf } from './values.js'

/** What the body of a call to a model API says of the request. */
export type AskedFor = Pick<
  LogRecord,
  'messages' | 'prompt' | 'maxOutputTokens' | 'needs' | 'inputTokensEstimate' | 'inputTokensBound'
>

/**
 * A request body of the OpenAI chat, OpenAI responses or Anthropic messages API, as logs keep it. What it does not say
 * stays unknown. https://platform.openai.com/docs/api-reference, https://docs.anthropic.com/en/api/messages
 */
export function askedFor(value: unknown): AskedFor {
  const body = objectOf(value)
  if (body === undefined) return {}
  const asked = textOfBody(body)
  const limit = tokensOf(
    firstOf(body, 'max_completion_tokens', 'max_output_tokens', 'max_tokens'),
    'max_tokens of the request',
  )
  const needs = needsOf(body, asked.messages ?? [])
  return {
    ...asked,
    ...(limit !== undefined && limit > 0 && { maxOutputTokens: limit }),
    ...(needs.length > 0 && { needs }),
  }
}

/** Messages in any of the usual shapes, or a plain text. */
export function askedText(value: unknown): Pick<LogRecord, 'messages' | 'prompt'> {
  const list = listOf(value)
  if (list !== undefined) {
    const messages = list.map(messageOf).filter((message) => message !== undefined)
    return messages.length === 0 ? {} : { messages }
  }
  const body = objectOf(value)
  if (body !== undefined) return textOfBody(body)
  const prompt = textOf(value)
  return prompt === undefined ? {} : { prompt }
}

function textOfBody(body: JsonObject): Pick<LogRecord, 'messages' | 'prompt'> {
  const asked = askedText(firstOf(body, 'messages', 'input', 'prompt'))
  const system = systemText(firstOf(body, 'system', 'instructions'))
  if (system === undefined || Object.keys(asked).length === 0) return asked
  const rest = asked.messages ?? [{ role: 'user', content: asked.prompt ?? '' }]
  return { messages: [{ role: 'system', content: system }, ...rest] }
}

/** Anthropic's system prompt is a text or a list of blocks. */
function systemText(value: unknown): string | undefined {
  const blocks = listOf(value)
  if (blocks === undefined) return textOf(value)
  return textOf(blocks.map((block) => textOf(objectOf(block)?.['text']) ?? '').join('\n'))
}

function messageOf(value: unknown): Message | undefined {
  if (typeof value === 'string') return { role: 'user', content: value }
  const fields = objectOf(value)
  if (fields === undefined) return undefined
  const { content } = fields
  const role = textOf(fields['role']) ?? textOf(fields['type']) ?? 'user'
  if (typeof content === 'string' || Array.isArray(content)) return { ...fields, role, content }
  // A turn that only calls tools has no content of its own; its fields are measured as they stand.
  return { ...fields, role, content: '' }
}

function needsOf(body: JsonObject, messages: readonly Message[]): string[] {
  const tools = listOf(firstOf(body, 'tools', 'functions'))
  const format = objectOf(body['response_format']) ?? objectOf(objectOf(body['text'])?.['format'])
  return [
    ...(tools !== undefined && tools.length > 0 ? ['tools'] : []),
    ...(messages.some(hasImage) ? ['vision'] : []),
    ...(format?.['type'] === 'json_schema' ? ['jsonSchema'] : []),
  ]
}

function hasImage({ content }: Message): boolean {
  if (typeof content === 'string') return false
  return content.some((part) => /image/.test(String(objectOf(part)?.['type'] ?? '')))
}
