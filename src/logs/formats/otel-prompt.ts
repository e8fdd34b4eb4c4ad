import type { Message } from '../../core/request.js'
import type { Attributes } from './otel-attributes.js'
import { askedText, type AskedFor } from './request-body.js'
import { listOf, objectOf, textOf, tokensOf } from './values.js'

/**
 * The prompt of a span, where content was recorded: `gen_ai.input.messages` (JSON, messages of parts), or the numbered
 * attributes `gen_ai.prompt.0.role` and `gen_ai.prompt.0.content` of earlier instrumentations.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/#capturing-instructions-inputs-and-outputs
 */
export function otelPrompt(attributes: Attributes): AskedFor {
  const limit = tokensOf(attributes['gen_ai.request.max_tokens'], 'gen_ai.request.max_tokens')
  const messages = ofParts(attributes) ?? numbered(attributes)
  return {
    ...(messages.length > 0 && { messages }),
    ...(limit !== undefined && limit > 0 && { maxOutputTokens: limit }),
  }
}

function ofParts(attributes: Attributes): Message[] | undefined {
  const list = listOf(attributes['gen_ai.input.messages'])
  if (list === undefined) return undefined
  const system = listOf(attributes['gen_ai.system_instructions'])
  const turns = system === undefined ? list : [{ role: 'system', parts: system }, ...list]
  return turns.flatMap((turn) => {
    const fields = objectOf(turn)
    const parts = listOf(fields?.['parts'])
    if (parts === undefined) return [...(askedText([turn]).messages ?? [])]
    return [{ role: textOf(fields?.['role']) ?? 'user', content: parts.map(part) }]
  })
}

/** A text part names its text `content`. */
function part(value: unknown): unknown {
  const fields = objectOf(value) ?? {}
  return fields['type'] === 'text' ? { type: 'text', text: String(fields['content'] ?? '') } : fields
}

function numbered(attributes: Attributes): Message[] {
  const messages: Message[] = []
  for (let i = 0; ; i++) {
    const content = textOf(attributes[`gen_ai.prompt.${i}.content`])
    if (content === undefined) return messages
    messages.push({ role: textOf(attributes[`gen_ai.prompt.${i}.role`]) ?? 'user', content })
  }
}
