import type { LogTable } from '../core/log-table.js'
import type { Message } from '../core/request.js'
import { openLog } from '../logs/store.js'
import { readTexts } from '../logs/store-texts.js'

/** What was asked, by row of the table; undefined where the log has no text. */
export function messagesOf(path: string, { ids }: LogTable): (readonly Message[] | undefined)[] {
  const rows = new Map(ids.map((id, row) => [id, row]))
  const messages = new Array<readonly Message[] | undefined>(ids.length).fill(undefined)
  const store = openLog(path)
  try {
    readTexts(store, (id, own) => {
      const row = rows.get(id)
      if (row !== undefined) messages[row] = own
    })
  } finally {
    store.close()
  }
  return messages
}
