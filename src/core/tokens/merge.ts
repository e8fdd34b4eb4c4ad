import { NO_RANK, type Vocabulary } from './vocabulary.js'

/** Up to this many bytes a scan for the lowest rank is faster than a heap. */
const SHORT_BYTES = 64

/** Number of tokens that byte-pair encoding makes of the first `length` bytes. */
export type Merger = (bytes: Uint8Array, length: number) => number

/**
 * Byte-pair merging as tiktoken defines it: among neighbouring parts whose concatenation is a token, join the one of
 * lowest rank, the leftmost of equals, until none is left. Short pieces by scanning, long ones in O(n log n) with at
 * most three look-ups a byte.
 */
export function createMerger(vocabulary: Vocabulary): Merger {
  const short = createShortMerger(vocabulary)
  return (bytes, length) =>
    length <= SHORT_BYTES ? short(bytes, length) : mergeLong(vocabulary, bytes, length)
}

function createShortMerger({ rankOf }: Vocabulary): Merger {
  // Part i is [starts[i], starts[i + 1]); ranks[i] is the rank of part i joined with the next.
  const starts = new Int32Array(SHORT_BYTES + 1)
  const ranks = new Int32Array(SHORT_BYTES + 1)

  return (bytes, length) => {
    let parts = length
    for (let i = 0; i <= length; i++) starts[i] = i
    for (let i = 0; i < length - 1; i++) ranks[i] = rankOf(bytes, i, i + 2)
    for (;;) {
      let lowest = NO_RANK
      let at = -1
      for (let i = 0; i < parts - 1; i++) {
        const rank = ranks[i] as number
        if (rank < lowest) {
          lowest = rank
          at = i
        }
      }
      if (at < 0) return parts
      starts.copyWithin(at + 1, at + 2, parts + 1)
      ranks.copyWithin(at + 1, at + 2, parts)
      parts--
      if (at < parts - 1) ranks[at] = rankOf(bytes, starts[at] as number, starts[at + 2] as number)
      if (at > 0) ranks[at - 1] = rankOf(bytes, starts[at - 1] as number, starts[at + 1] as number)
    }
  }
}

/** Positions fit below this factor, ranks above it, in one number that orders by rank, then by position. */
const POSITIONS = 2 ** 30

function mergeLong({ rankOf }: Vocabulary, bytes: Uint8Array, length: number): number {
  // A part is named by its first byte. `ends` of a part is the start of the next.
  const ends = new Int32Array(length)
  const before = new Int32Array(length)
  const ranks = new Int32Array(length)
  // Each of the at most n - 1 joins takes one entry out and puts two in.
  const heap = new Float64Array(2 * length)
  let size = 0
  for (let i = 0; i < length; i++) {
    ends[i] = i + 1
    before[i] = i - 1
    const rank = i + 1 < length ? rankOf(bytes, i, i + 2) : NO_RANK
    ranks[i] = rank
    if (rank !== NO_RANK) heap[size++] = rank * POSITIONS + i
  }
  for (let i = (size >> 1) - 1; i >= 0; i--) sink(heap, size, i, heap[i] as number)

  const rerank = (part: number): void => {
    const next = ends[part] as number
    const rank = next < length ? rankOf(bytes, part, ends[next] as number) : NO_RANK
    ranks[part] = rank
    if (rank !== NO_RANK) rise(heap, size++, rank * POSITIONS + part)
  }
  let parts = length
  while (size > 0) {
    const top = heap[0] as number
    sink(heap, --size, 0, heap[size] as number)
    const part = top % POSITIONS
    if (ranks[part] !== Math.floor(top / POSITIONS)) continue
    const next = ends[part] as number
    const after = ends[next] as number
    ends[part] = after
    if (after < length) before[after] = part
    ranks[next] = NO_RANK
    parts--
    rerank(part)
    if (part > 0) rerank(before[part] as number)
  }
  return parts
}

/** Binary min-heap: puts `value` into the hole at `at` and lets it sink. */
function sink(heap: Float64Array, size: number, at: number, value: number): void {
  let hole = at
  for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && (heap[child + 1] as number) < (heap[child] as number)) child++
    if ((heap[child] as number) >= value) break
    heap[hole] = heap[child] as number
    hole = child
  }
  heap[hole] = value
}

function rise(heap: Float64Array, at: number, value: number): void {
  let hole = at
  while (hole > 0) {
    const parent = (hole - 1) >> 1
    if ((heap[parent] as number) <= value) break
    heap[hole] = heap[parent] as number
    hole = parent
  }
  heap[hole] = value
}
