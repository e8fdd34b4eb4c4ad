import { lastText, turnsOf } from '../core/classify/learned.js'
import type { Message } from '../core/request.js'
import type { Comparison } from '../metrics/result.js'

/**
 * Texts of requests that a page may show, by request id. They are handed in when a page is made and stand in no stored run:
 * whoever keeps or mails runs keeps no prompts.
 */
export type Prompts =
  | { readonly kind: 'shown'; readonly byId: ReadonlyMap<string, string> }
  | { readonly kind: 'absent'; readonly because: string }

export const NO_PROMPTS: Prompts = absentPrompts(
  'this page was made of the stored run alone, which holds none',
)

export const REDACTED_PROMPTS: Prompts = absentPrompts('this page was made with --redact')

/** `because` is a clause: why there are no prompts. */
export function absentPrompts(because: string): Prompts {
  return { kind: 'absent', because }
}

/** Enough to see what was asked; the log has the rest. */
const HEAD = 300
const TAIL = 120
const LINES = 9

/** What a page shows of a request: its last user message, cut in the middle, since the task stands at either end. */
export function promptExcerpt(messages: readonly Message[]): string {
  const earlier = turnsOf(messages) - 1
  const intro = earlier > 0 ? `(turn ${earlier + 1} of a conversation)\n` : ''
  return intro + fewLines(fewLetters(lastText(messages).trim()))
}

function fewLetters(text: string): string {
  if (text.length <= HEAD + TAIL + 40) return text
  const left = text.length - HEAD - TAIL
  return `${text.slice(0, HEAD).trimEnd()}\n[… ${left} characters …]\n${text.slice(-TAIL).trimStart()}`
}

function fewLines(text: string): string {
  const lines = text.split(/\r?\n/)
  if (lines.length <= LINES) return lines.join('\n')
  const tail = 3
  return [...lines.slice(0, LINES - tail - 1), '[…]', ...lines.slice(-tail)].join('\n')
}

/** Ids of the requests of which a page would show the prompt. */
export function promptIds({ charts }: Comparison): string[] {
  return [...new Set(charts.flatMap(({ qualityLost }) => (qualityLost?.worst ?? []).map(({ id }) => id)))]
}
