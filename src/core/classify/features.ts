import { sha256Hex } from '../content-hash.js'
import { messageText } from '../message-text.js'
import type { Message } from '../request.js'
import type { HeuristicSpec } from './heuristic-schema.js'
import { createScanner, noCounts } from './scan.js'

/** Raise it with every change of what a value means: replay keeps values by the extractor's key. */
const EXTRACTOR_VERSION = 1

/** The signals that every extractor makes, in this order; then one a keyword group, by name. */
export const SIGNALS = [
  'tokens',
  'codeBlocks',
  'indentedCode',
  'turns',
  'stackTrace',
  'question',
  'requirements',
] as const

/** Turns a request into numbers in [0, 1]. */
export interface FeatureExtractor {
  /** Version and hash of the keyword lists: equal keys, equal values. Weights are not in it. */
  readonly key: string
  readonly names: readonly string[]
  /** `tokens`: input tokens of the whole request; `task`: the caller's word for it, if any. Values in the order of `names`. */
  extract(messages: readonly Message[], tokens: number, task?: string): Float64Array
}

/** Characters of a long message that are read: tasks stand at the beginning or at the end, bulk in the middle. */
export const HEAD_UNITS = 24_576
export const TAIL_UNITS = 8_192

/**
 * Signals of the whole request: `tokens` (0 up to 16 tokens, 1 from 16,384, logarithmic between) and `turns` (user
 * messages after the first; 1 at eight). All others are of the last user message alone, because that is what the model
 * must answer next: `codeBlocks`, `stackTrace` and `keywords.<group>` saturate (1 - 2^-n for n blocks, frames, distinct
 * keywords), `indentedCode` is 1 at 20 lines, `question` 0 or 1, `requirements` 0 for one and 1 for seven.
 */
export function createExtractor(spec: Pick<HeuristicSpec, 'keywords'>): FeatureExtractor {
  const groups = Object.keys(spec.keywords).sort()
  const words = groups.map((group) => [...(spec.keywords[group]?.words ?? [])].sort())
  const scan = createScanner(words)

  const extract = (messages: readonly Message[], tokens: number): Float64Array => {
    const users = messages.filter(({ role }) => role === 'user')
    const last = users.at(-1) ?? messages.at(-1)
    const counts = last === undefined ? noCounts(groups.length) : scan(excerpt(messageText(last)))
    return Float64Array.of(
      share(Math.log2(Math.max(tokens, 16) / 16), 10),
      saturated(counts.codeBlocks),
      share(counts.indentedLines, 20),
      share(Math.max(0, users.length - 1), 8),
      saturated(counts.stackFrames),
      counts.question ? 1 : 0,
      share(Math.max(0, counts.requirements - 1), 6),
      ...counts.keywords.map(saturated),
    )
  }
  return {
    key: `text-${EXTRACTOR_VERSION}-${sha256Hex(JSON.stringify([groups, words])).slice(0, 16)}`,
    names: [...SIGNALS, ...groups.map((group) => `keywords.${group}`)],
    extract,
  }
}

function excerpt(text: string): string {
  if (text.length <= HEAD_UNITS + TAIL_UNITS) return text
  return `${text.slice(0, HEAD_UNITS)}\n${text.slice(-TAIL_UNITS)}`
}

function share(amount: number, full: number): number {
  return Math.min(1, amount / full)
}

function saturated(count: number): number {
  return 1 - 2 ** -count
}
