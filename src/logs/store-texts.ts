import { messagesOf } from './stored-text.js'
import { inputErrors, type LogStore } from './store.js'
import type { Message } from '../core/request.js'

/** Calls `text` with the messages of every request of the store that has a text, by request id. */
export function readTexts(store: LogStore, text: (id: string, messages: readonly Message[]) => void): void {
  inputErrors(store.path, () => {
    const query = store.db
      .prepare<[], [string, string]>('select id, content from texts join requests on requests.key = request')
      .raw()
    for (const [id, content] of query.iterate()) text(id, messagesOf(content))
  })
}
