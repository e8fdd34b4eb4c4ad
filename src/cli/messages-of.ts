import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Message } from '../core/request.js'
import { isRedacted } from '../logs/store-facts.js'
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

/**
 * The same for learning, which cannot do without texts.
 * @throws InputError when the log was imported with `--redact` and holds none.
 */
export function messagesToLearnFrom(path: string, table: LogTable): (readonly Message[] | undefined)[] {
  const messages = messagesOf(path, table)
  if (messages.every((one) => one === undefined) && wasRedacted(path)) {
    throw new InputError(
      `${path} was imported with --redact and holds no text, which train learns from: import the log again without --redact; all that needs only features (replay, tune, frontier, margin) works as it is`,
    )
  }
  return messages
}

function wasRedacted(path: string): boolean {
  const store = openLog(path)
  try {
    return isRedacted(store)
  } finally {
    store.close()
  }
}
