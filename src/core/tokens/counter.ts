import { createMerger } from './merge.js'
import { O200K_PATTERN, pieceEnd } from './o200k-pieces.js'
import { utf8Bytes, writeUtf8 } from './utf8.js'
import { createVocabulary, NO_RANK } from './vocabulary.js'

/** Counts the tokens of a text. */
export interface TokenCounter {
  readonly name: string
  count(text: string): number
}

/** An encoding as js-tiktoken ships it (`js-tiktoken/ranks/o200k_base`). */
export interface TokenRanks {
  readonly pat_str: string
  readonly bpe_ranks: string
}

/**
 * Up to this many UTF-8 bytes a text is counted exactly; from the piece that would pass it on, each byte counts as a
 * token, which is an upper bound. 4 MiB is more than any model's context window holds.
 */
export const MAX_COUNTED_BYTES = 4 * 1024 * 1024

/** Pieces up to this many code units have their counts remembered; longer ones hardly come twice. */
const REMEMBERED_UNITS = 32
const REMEMBERED_PIECES = 16_384
const SCRATCH_BYTES = 4096

/**
 * A counter equal to js-tiktoken's `encode(text, [], []).length` (texts of special tokens are ordinary text, lone
 * surrogates are U+FFFD), in O(n log n) on any input where js-tiktoken takes cubic time on an unbroken run.
 * The ranks are decoded at the first count.
 * @throws RangeError for an encoding other than o200k_base: its pre-tokenizer is written by hand.
 */
export function createTokenCounter(ranks: TokenRanks, name: string = 'o200k_base'): TokenCounter {
  if (ranks.pat_str !== O200K_PATTERN) {
    throw new RangeError(`ranks.pat_str must be the pattern of o200k_base, got ${ranks.pat_str}`)
  }
  let count: ((text: string) => number) | undefined
  return { name, count: (text) => (count ??= compile(ranks))(text) }
}

function compile(ranks: TokenRanks): (text: string) => number {
  const vocabulary = createVocabulary(ranks.bpe_ranks)
  const merge = createMerger(vocabulary)
  const remembered = new Map<string, number>()
  const scratch = new Uint8Array(SCRATCH_BYTES)

  const merged = (text: string, start: number, end: number, bytes: Uint8Array, length: number): number => {
    if (end - start > REMEMBERED_UNITS) return merge(bytes, length)
    const piece = text.slice(start, end)
    const known = remembered.get(piece)
    if (known !== undefined) return known
    const tokens = merge(bytes, length)
    // Starting over is simpler than ageing, and as fast on traffic whose frequent pieces come back at once.
    if (remembered.size >= REMEMBERED_PIECES) remembered.clear()
    remembered.set(piece, tokens)
    return tokens
  }

  return (text) => {
    let tokens = 0
    let budget = MAX_COUNTED_BYTES
    for (let start = 0; start < text.length;) {
      const end = pieceEnd(text, start)
      const units = end - start
      // One unit is at least one byte: a piece of more units than budget is not even written.
      if (units > budget) return tokens + utf8Bytes(text, start)
      const bytes = units * 3 <= SCRATCH_BYTES ? scratch : new Uint8Array(units * 3)
      const length = writeUtf8(text, start, end, bytes)
      budget -= length
      if (budget < 0) return tokens + utf8Bytes(text, start)
      tokens +=
        length === 1 || vocabulary.rankOf(bytes, 0, length) !== NO_RANK
          ? 1
          : merged(text, start, end, bytes, length)
      start = end
    }
    return tokens
  }
}
