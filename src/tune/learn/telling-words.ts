import { withoutBoilerplate } from '../../core/classify/boilerplate.js'
import { stringOf, TextUnits } from '../../core/classify/text-units.js'
import { TextCounter } from '../../core/classify/text-vector.js'
import type { LinearSpec } from '../../core/classify/learned-schema.js'
import type { LearnText } from './text-corpus.js'

/** Words that speak for success, and words that speak against it, most telling first. */
export interface TellingWords {
  readonly speakFor: readonly string[]
  readonly speakAgainst: readonly string[]
}

const SHOWN = 5
/** Seen less often, a word is an anecdote. */
const LEAST_SEEN = 10
const WORD = /[\p{L}\p{N}_]{3,}/gu

/**
 * For people: single words by weight x how often they are seen. A bucket holds several words and pairs; it is named by the word
 * alone, as it is counted, and a word's own weight is read with it.
 */
export function tellingWords(
  requests: readonly LearnText[],
  commonLines: readonly number[],
  heads: readonly LinearSpec[],
): TellingWords[] {
  const common = new Set(commonLines)
  const seen = new Map<string, number>()
  const [whole, left] = [new TextUnits(), new TextUnits()]
  for (const { text } of requests) {
    const own = stringOf(withoutBoilerplate(whole.read(text), common, left))
    const words = new Set(own.toLowerCase().match(WORD) ?? [])
    for (const word of words) seen.set(word, (seen.get(word) ?? 0) + 1)
  }
  const counter = new TextCounter()
  const known = [...seen].filter(([, count]) => count >= LEAST_SEEN && count <= requests.length / 2)
  const buckets = known.map(([word]) => counter.count(whole.read(word)).indices[0] as number)
  return heads.map(({ weights }) => {
    const bytes = Buffer.from(weights, 'base64')
    const scored = known
      .map(([word, count], i) => ({ word, score: bytes.readInt8(buckets[i] as number) * Math.sqrt(count) }))
      .sort((a, b) => b.score - a.score || (a.word < b.word ? -1 : 1))
    const names = (list: typeof scored): string[] => list.slice(0, SHOWN).map(({ word }) => word)
    return {
      speakFor: names(scored.filter(({ score }) => score > 0)),
      speakAgainst: names(scored.filter(({ score }) => score < 0).reverse()),
    }
  })
}
