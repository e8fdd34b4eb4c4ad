import type { LogRecord } from '../core/log-record.js'
import type { Message } from '../core/request.js'

/** Stored text back as messages. */
export function messagesOf(content: string): Message[] {
  const value: unknown = JSON.parse(content)
  return typeof value === 'string' ? [{ role: 'user', content: value }] : (value as Message[])
}

/** One user message and a prompt are the same thing and are stored as the same text. */
export function contentOf(record: LogRecord): string | undefined {
  const messages = record.messages
  if (messages === undefined) return record.prompt === undefined ? undefined : JSON.stringify(record.prompt)
  const only = messages.length === 1 ? messages[0] : undefined
  const isPlain =
    only !== undefined && Object.keys(only).every((name) => name === 'role' || name === 'content')
  if (isPlain && only.role === 'user' && typeof only.content === 'string') return JSON.stringify(only.content)
  return JSON.stringify(messages)
}
