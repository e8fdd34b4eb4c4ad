import { messageText } from '../../core/message-text.js'
import type { Message } from '../../core/request.js'
import { createComponents } from './components.js'
import { nearPairs } from './near-pairs.js'
import { shinglesOf } from './shingles.js'
import { withoutTemplates } from './template-prefix.js'

/** Fewer words lean on what was said before: “same error”, “make it shorter”. */
const ENOUGH_WORDS = 16

/** Which requests ask nearly the same. */
export interface NearDuplicates {
  /** By row, the first row of its component; its own where it is alone or has no text. */
  readonly firstOf: Int32Array
  /** Requests with a text. */
  readonly withText: number
}

/**
 * Requests whose last user message is nearly that of another (a Jaccard index of at least 0.8 over shingles of three words), with
 * all that are nearly that of those: components. A message of a few words is taken together with those that it follows. The
 * template that many messages begin with is left out of all of them. The seed draws the orders of MinHash.
 */
export function nearDuplicates(
  messages: readonly (readonly Message[] | undefined)[],
  seed: number,
): NearDuplicates {
  const rows: number[] = []
  const texts: string[] = []
  messages.forEach((own, row) => {
    const text = askedText(own)
    if (text === undefined) return
    rows.push(row)
    texts.push(text)
  })
  const firstOf = Int32Array.from(messages, (_, row) => row)
  const sets = withoutTemplates(texts).map(shinglesOf)
  const { distinct, placeOf } = distinctSets(sets)
  const components = createComponents(distinct.length)
  nearPairs(distinct, seed, components)
  const firstRows = new Map<number, number>()
  rows.forEach((row, index) => {
    if (sets[index]?.length === 0) return
    const component = components.first(placeOf[index] as number)
    if (!firstRows.has(component)) firstRows.set(component, row)
    firstOf[row] = firstRows.get(component) as number
  })
  return { firstOf, withText: rows.length }
}

/** The last user message, and as many of those before it as it takes for enough words. Undefined where the user said nothing. */
function askedText(messages: readonly Message[] | undefined): string | undefined {
  let text: string | undefined
  for (const message of messages?.toReversed() ?? []) {
    if (message.role !== 'user') continue
    text = text === undefined ? messageText(message) : `${messageText(message)}\n${text}`
    if (text.split(/\s+/, ENOUGH_WORDS).length >= ENOUGH_WORDS) break
  }
  return text
}

interface Distinct {
  readonly distinct: readonly Uint32Array[]
  /** By text, its place among them. */
  readonly placeOf: Int32Array
}

/** What is said word for word again and again is compared once. */
function distinctSets(sets: readonly Uint32Array[]): Distinct {
  const places = new Map<string, number>()
  const distinct: Uint32Array[] = []
  const placeOf = Int32Array.from(sets, (set) => {
    const key = set.join()
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, distinct.length)
    return distinct.push(set) - 1
  })
  return { distinct, placeOf }
}
