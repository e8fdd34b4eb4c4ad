import { existsSync } from 'node:fs'
import { InputError } from '../core/errors.js'
import type { Message } from '../core/request.js'
import { contentHash } from '../logs/store-hash.js'
import { textsById } from '../logs/store-texts-by-id.js'
import { inputErrors, openLog } from '../logs/store.js'
import type { Comparison } from '../metrics/result.js'
import { absentPrompts, promptExcerpt, promptIds, REDACTED_PROMPTS, type Prompts } from '../report/prompts.js'

/** What the page of a comparison may show of its prompts: looked up in its log, if that is still there and still the same. */
export function promptsOf(comparison: Comparison): Prompts {
  if (comparison.redacted === true) return REDACTED_PROMPTS
  const { path, hash } = comparison.log
  if (!existsSync(path)) return absentPrompts(`the log store ${path} is not there`)
  try {
    return inputErrors(path, () => lookedUp(path, hash, promptIds(comparison)))
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return absentPrompts(error.message)
  }
}

function lookedUp(path: string, hash: string, ids: readonly string[]): Prompts {
  const store = openLog(path)
  try {
    if (contentHash(store) !== hash) return absentPrompts(`the log store ${path} has changed since this run`)
    const textOf = textsById(store)
    const byId = new Map<string, string>()
    for (const id of ids) {
      const messages = asMessages(textOf(id))
      if (messages.length > 0) byId.set(id, promptExcerpt(messages))
    }
    return byId.size === 0 && ids.length > 0 ? absentPrompts('the log holds none') : { kind: 'shown', byId }
  } finally {
    store.close()
  }
}

function asMessages(text: { prompt: string } | { messages: Message[] } | object): readonly Message[] {
  if ('messages' in text) return text.messages
  return 'prompt' in text ? [{ role: 'user', content: text.prompt }] : []
}
