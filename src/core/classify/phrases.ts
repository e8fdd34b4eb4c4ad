import { TextUnits } from './text-units.js'
import { scanWords } from './words.js'

/** Calls `found` with the index of every phrase that occurs in text[start, end), once an occurrence. `units`: the text's. */
export type PhraseMatcher = (
  text: string,
  units: Uint16Array,
  start: number,
  end: number,
  found: (phrase: number) => void,
) => void

/** A trie over word ids; `phrases` are those that end here. */
interface Node {
  readonly next: Map<number, Node>
  readonly phrases: number[]
}

/**
 * Finds whole words and phrases without case, all of them in one pass. The words of a phrase may be apart by spaces or
 * by one other sign: `trade-off` finds "trade-off" and "trade off". A phrase without any word finds nothing.
 */
export function createPhraseMatcher(phrases: readonly string[]): PhraseMatcher {
  const dictionary = createDictionary()
  const root: Node = { next: new Map(), phrases: [] }
  const room = new TextUnits()
  phrases.forEach((phrase, index) => {
    let node = root
    const lower = phrase.toLowerCase()
    scanWords(room.read(lower), 0, lower.length, (start, end, hash) => {
      node = child(node, dictionary.add(lower.slice(start, end), hash))
    })
    if (node !== root) node.phrases.push(index)
  })

  return (text, units, start, end, found) => {
    let active: Node[] = []
    let lastEnd = start
    scanWords(units, start, end, (wordStart, wordEnd, hash) => {
      const word = dictionary.find(text, wordStart, wordEnd, hash)
      const open = active.length > 0 && isJoint(text, lastEnd, wordStart) ? active : []
      lastEnd = wordEnd
      active = word < 0 ? [] : [...open, root].flatMap((node) => node.next.get(word) ?? [])
      for (const node of active) node.phrases.forEach(found)
    })
  }
}

function child(node: Node, word: number): Node {
  const known = node.next.get(word)
  if (known !== undefined) return known
  const made: Node = { next: new Map(), phrases: [] }
  node.next.set(word, made)
  return made
}

/** Ids of the words that occur in phrases. Most words of a text are none of them and end at the hash, uncut. */
function createDictionary() {
  const byHash = new Map<number, { readonly word: string; readonly id: number }[]>()
  let size = 0
  const idOf = (word: string, hash: number): number =>
    byHash.get(hash)?.find((entry) => entry.word === word)?.id ?? -1
  return {
    add(word: string, hash: number): number {
      const known = idOf(word, hash)
      if (known >= 0) return known
      byHash.set(hash, [...(byHash.get(hash) ?? []), { word, id: size }])
      return size++
    },
    find: (text: string, start: number, end: number, hash: number): number =>
      byHash.has(hash) ? idOf(text.slice(start, end).toLowerCase(), hash) : -1,
  }
}

/** What may stand between two words of a phrase: nothing, one sign, or spaces. */
function isJoint(text: string, start: number, end: number): boolean {
  if (end - start <= 1) return true
  for (let i = start; i < end; i++) if (text.charCodeAt(i) !== 32 && text.charCodeAt(i) !== 9) return false
  return true
}
