import type { Message } from './request.js'

/** Kinds of content parts that are text: the name of chat completions, and the two of OpenAI's Responses API. */
const TEXT_PARTS = new Set<unknown>(['text', 'input_text', 'output_text'])

/** What a message says; text parts one below the other, other parts left out. */
export function messageText(message: Message): string {
  if (typeof message.content === 'string') return message.content
  return partsOf(message)
    .flatMap((part) => partText(part) ?? [])
    .join('\n')
}

/** True when `messageText` leaves nothing of the content out. */
export function isAllText(message: Message): boolean {
  return typeof message.content === 'string' || partsOf(message).every((part) => partText(part) !== undefined)
}

/** The text of a content part, undefined when it is something else (image, audio, file, tool call). */
function partText(part: unknown): string | undefined {
  if (part === null || typeof part !== 'object') return undefined
  const { type, text } = part as { type?: unknown; text?: unknown }
  return TEXT_PARTS.has(type) && typeof text === 'string' ? text : undefined
}

/** Logs of tool calls have `content: null`, whatever the type says. */
function partsOf({ content }: { readonly content: unknown }): readonly unknown[] {
  if (Array.isArray(content)) return content
  return content === null || content === undefined ? [] : [content]
}
