/** Words in a row that make a shingle. */
const WIDTH = 3
/** Runs of letters and digits; of scripts that are written without blanks, each character. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}_]+/gu

/**
 * Hashes of a text's shingles: each three words in a row, case and punctuation aside; of fewer words all of them together. Ascending,
 * each once; empty where there is no word. Two shingles share a hash by chance once in four billion.
 */
export function shinglesOf(text: string): Uint32Array {
  const words = Array.from(text.toLowerCase().matchAll(WORD), ([word]) => hashOf(word))
  if (words.length === 0) return new Uint32Array(0)
  const width = Math.min(WIDTH, words.length)
  const hashes = new Set<number>()
  for (let first = 0; first + width <= words.length; first++) {
    let hash = width
    for (let place = first; place < first + width; place++) hash = mixed(hash, words[place] as number)
    hashes.add(hash)
  }
  return Uint32Array.from(hashes).sort()
}

/** Share of the shingles of both that both have (Jaccard's index). Sorted sets; 0 where one is empty. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let [i, j, both] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] as number, b[j] as number]
    if (x === y) both++
    if (x <= y) i++
    if (y <= x) j++
  }
  return both === 0 ? 0 : both / (a.length + b.length - both)
}

/** FNV-1a over code units (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashOf(word: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** A step of MurmurHash3 (https://github.com/aappleby/smhasher). */
export function mixed(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  let h = hash ^ Math.imul(k, 0x1b873593)
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) >>> 0
}
