import { scanWords } from './words.js'

/** Buckets of each of the two blocks, words first: a power of two. */
export const BUCKETS = 2 ** 14

/** Characters of a prompt that are hashed: tasks stand at the beginning or at the end. It bounds the work on any input. */
const HEAD_UNITS = 4000
const TAIL_UNITS = 2000

const FNV_OFFSET = 0x811c9dc5 | 0
const FNV_PRIME = 0x01000193

/** A sparse vector: `values[i]` stands at `indices[i]`, for i below `size`. The first `words` entries are of words. */
export interface SparseVector {
  readonly indices: Int32Array
  readonly values: Float64Array
  readonly words: number
  readonly size: number
}

/**
 * Counts hashed words, pairs of words and runs of three to five characters (the hashing trick, Weinberger et al. 2009,
 * https://arxiv.org/abs/0902.2206). The arrays are reused: a result is good until the next call.
 */
export class TextCounter {
  /** One more than there are buckets: a repeated one is written behind the last. */
  readonly indices: Int32Array = new Int32Array(2 * BUCKETS + 1)
  readonly values: Float64Array = new Float64Array(2 * BUCKETS)
  words = 0
  size = 0
  /** Small, so that those of a block stay in the processor's nearest cache. */
  readonly #counts = new Uint16Array(2 * BUCKETS)

  /** Counts by bucket, each bucket once. */
  count(units: Uint16Array): SparseVector {
    const isWhole = units.length <= HEAD_UNITS + TAIL_UNITS
    const parts = isWhole ? [units] : [units.subarray(0, HEAD_UNITS), units.subarray(-TAIL_UNITS)]
    const [counts, indices] = [this.#counts, this.indices]
    this.words = parts.reduce((size, part) => countWords(part, counts, indices, size), 0)
    this.size = parts.reduce((size, part) => countGrams(part, counts, indices, size), this.words)
    const { values, size } = this
    for (let i = 0; i < size; i++) {
      const bucket = indices[i] as number
      values[i] = counts[bucket] as number
      counts[bucket] = 0
    }
    return this
  }
}

/** Words and pairs of them, each counted in its bucket. Returns how many buckets are in use, as all that follow. */
function countWords(units: Uint16Array, counts: Uint16Array, indices: Int32Array, used: number): number {
  let [size, previous] = [used, 0]
  scanWords(units, 0, units.length, (_start, _end, hash) => {
    size = tally(spread(hash) & (BUCKETS - 1), counts, indices, size)
    if (previous !== 0)
      size = tally(spread(Math.imul(previous, 31) ^ hash) & (BUCKETS - 1), counts, indices, size)
    previous = hash
  })
  return size
}

/**
 * Runs of white space count as one blank, as does each end of the text; letters without case. Each unit lengthens the
 * hashes of the runs that end before it.
 */
function countGrams(units: Uint16Array, counts: Uint16Array, indices: Int32Array, used: number): number {
  let size = used
  let [one, two, three, four, length, previous] = [0, 0, 0, 0, 0, 0]
  for (let i = -1; i <= units.length; i++) {
    const unit = i < 0 || i === units.length ? BLANK : (PLAIN[units[i] as number] as number)
    if (unit === BLANK && previous === BLANK) continue
    previous = unit
    length++
    if (length >= 5) size = tally(gramBucket(fnv(four, unit)), counts, indices, size)
    four = fnv(three, unit)
    if (length >= 4) size = tally(gramBucket(four), counts, indices, size)
    three = fnv(two, unit)
    if (length >= 3) size = tally(gramBucket(three), counts, indices, size)
    two = fnv(one, unit)
    one = fnv(FNV_OFFSET, unit)
  }
  return size
}

function gramBucket(hash: number): number {
  return BUCKETS + (spread(hash) & (BUCKETS - 1))
}

function fnv(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, FNV_PRIME)
}

/** The low bits of FNV alone are poor: the high ones are folded in (MurmurHash3's finalizer, first half). */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

/** One more in a bucket, which is put on the list where it is its first. No branch: it would be guessed wrong every third time. */
function tally(bucket: number, counts: Uint16Array, indices: Int32Array, size: number): number {
  const count = counts[bucket] as number
  counts[bucket] = count + 1
  indices[size] = bucket
  return size + ((count - 1) >>> 31)
}

const BLANK = 32

/** By unit: white space as a blank, letters without case. */
const PLAIN = Uint16Array.from({ length: 1 << 16 }, (_, unit) => {
  if (unit <= BLANK) return BLANK
  return unit >= 65 && unit <= 90 ? unit | 32 : unit
})

/** 1 + ln count, of the counts that occur. */
const DAMPED = Float64Array.from({ length: 256 }, (_, count) => 1 + Math.log(Math.max(1, count)))

/** Inverse document frequencies as they stand in a policy: a byte a bucket, and what each byte is worth. */
export interface Frequencies {
  readonly bytes: Uint8Array
  readonly worth: Float64Array
}

/**
 * Counts in place as TF-IDF: (1 + ln count) x idf, words and characters each scaled to length 1, so that neither block
 * drowns the other. Buckets with an idf of 0 stay in the list with a value of 0.
 */
export function weigh({ indices, values, words, size }: SparseVector, idf: Frequencies): void {
  weighBlock(indices, values, [0, words], idf)
  weighBlock(indices, values, [words, size], idf)
}

function weighBlock(
  indices: Int32Array,
  values: Float64Array,
  [from, to]: readonly [number, number],
  { bytes, worth }: Frequencies,
): void {
  let squares = 0
  for (let i = from; i < to; i++) {
    const count = values[i] as number
    const damped = count < DAMPED.length ? (DAMPED[count] as number) : 1 + Math.log(count)
    const value = damped * (worth[bytes[indices[i] as number] as number] as number)
    values[i] = value
    squares += value * value
  }
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
  for (let i = from; i < to; i++) values[i] = (values[i] as number) * scale
}
