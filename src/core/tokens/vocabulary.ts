/** Answer for byte strings that are no token; larger than every rank. */
export const NO_RANK = 0x7fffffff

/** The tokens of an encoding by their bytes; a lower rank merges earlier. */
export interface Vocabulary {
  readonly size: number
  /** Rank of the bytes [start, end), NO_RANK when they are no token. */
  rankOf(bytes: Uint8Array, start: number, end: number): number
}

/** All tokens' bytes in one array: token i is [starts[i], starts[i + 1]) and has rank ranks[i]. */
interface Tokens {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ranks: Int32Array
}

/**
 * Vocabulary of js-tiktoken's `bpe_ranks`: lines of `! <first rank> <base64> <base64> …`, ranks counting up.
 * An open-addressed table over one byte array: 200,000 tokens take 6 MB, a fifth of a Map of strings.
 */
export function createVocabulary(bpeRanks: string): Vocabulary {
  const tokens = decodeTokens(bpeRanks)
  const { bytes, starts, ranks } = tokens
  const pairs = pairRanks(tokens)
  const hashes = new Int32Array(ranks.length)
  const mask = 2 ** Math.ceil(Math.log2(ranks.length * 2 + 2)) - 1
  const slots = new Int32Array(mask + 1)
  for (let token = 0; token < ranks.length; token++) {
    const hash = hashBytes(bytes, starts[token] as number, starts[token + 1] as number)
    hashes[token] = hash
    let slot = hash & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = token + 1
  }

  const same = (token: number, other: Uint8Array, start: number, end: number): boolean => {
    const from = starts[token] as number
    if ((starts[token + 1] as number) - from !== end - start) return false
    for (let i = start, j = from; i < end; i++, j++) if (bytes[j] !== other[i]) return false
    return true
  }
  const rankOf = (other: Uint8Array, start: number, end: number): number => {
    if (end - start === 2)
      return pairs[((other[start] as number) << 8) | (other[start + 1] as number)] as number
    const hash = hashBytes(other, start, end)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const token = (slots[slot] as number) - 1
      if (token < 0) return NO_RANK
      if (hashes[token] === hash && same(token, other, start, end)) return ranks[token] as number
    }
  }
  return { size: ranks.length, rankOf }
}

/** Two-byte tokens by value: the first look-up of every merge. */
function pairRanks({ bytes, starts, ranks }: Tokens): Int32Array {
  const pairs = new Int32Array(65536).fill(NO_RANK)
  for (let token = 0; token < ranks.length; token++) {
    const start = starts[token] as number
    if ((starts[token + 1] as number) - start !== 2) continue
    pairs[((bytes[start] as number) << 8) | (bytes[start + 1] as number)] = ranks[token] as number
  }
  return pairs
}

/** FNV-1a with a final mix. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return hash ^ (hash >>> 15)
}

function decodeTokens(text: string): Tokens {
  const bytes = new Uint8Array(Math.ceil(text.length * 0.75))
  const starts: number[] = [0]
  const ranks: number[] = []
  let length = 0
  for (let line = 0; line < text.length;) {
    const lineEnd = endOf(text, '\n', line)
    const rankStart = endOf(text, ' ', line) + 1
    let at = endOf(text, ' ', rankStart)
    let rank = Number.parseInt(text.slice(rankStart, at), 10)
    while (at < lineEnd) {
      const end = Math.min(endOf(text, ' ', at + 1), lineEnd)
      length = decodeBase64(text, at + 1, end, bytes, length)
      starts.push(length)
      ranks.push(rank++)
      at = end
    }
    line = lineEnd + 1
  }
  return { bytes: bytes.slice(0, length), starts: Int32Array.from(starts), ranks: Int32Array.from(ranks) }
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at < 0 ? text.length : at
}

const SEXTETS = sextets('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')

function sextets(alphabet: string): Uint8Array {
  const table = new Uint8Array(128)
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i
  return table
}

/** Appends the decoded [start, end) to `out` at `length`; gives the new length. */
function decodeBase64(text: string, start: number, end: number, out: Uint8Array, length: number): number {
  let bits = 0
  let held = 0
  for (let i = start; i < end && text.charCodeAt(i) !== 61; i++) {
    held = ((held << 6) | (SEXTETS[text.charCodeAt(i)] as number)) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    out[length++] = (held >> bits) & 255
  }
  return length
}
