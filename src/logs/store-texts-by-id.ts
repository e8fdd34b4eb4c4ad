import type { Message } from '../core/request.js'
import type { LogStore } from './store.js'
import { messagesOf } from './stored-text.js'

/** A request's text as a record has it; nothing where the store holds none. */
export function textsById({
  db,
}: LogStore): (id: string) => { prompt: string } | { messages: Message[] } | object {
  const query = db
    .prepare<[string], [string]>('select content from texts join requests on key = request where id = ?')
    .raw()
  return (id) => {
    const content = query.get(id)?.[0]
    if (content === undefined) return {}
    const value: unknown = JSON.parse(content)
    return typeof value === 'string' ? { prompt: value } : { messages: messagesOf(content) }
  }
}
