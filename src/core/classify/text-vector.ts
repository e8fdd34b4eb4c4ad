import { scanWords } from './words.js'

/** Buckets of each of the two blocks, words first: a power of two. */
export const BUCKETS = 2 ** 14

/** Characters of a prompt that are hashed: tasks stand at the beginning or at the end. It bounds the work on any input. */
const HEAD_UNITS = 4000
const TAIL_UNITS = 2000

const SHORTEST_GRAM = 3
const LONGEST_GRAM = 5

const FNV_OFFSET = 0x811c9dc5 | 0
const FNV_PRIME = 0x01000193

/** A sparse vector: `values[i]` stands at `indices[i]`, for i below `size`. */
export interface SparseVector {
  readonly indices: Int32Array
  readonly values: Float64Array
  readonly size: number
}

/**
 * Counts hashed words, pairs of words and runs of three to five characters (the hashing trick, Weinberger et al. 2009,
 * https://arxiv.org/abs/0902.2206). The arrays are reused: a result is good until the next call.
 */
export class TextCounter {
  readonly indices: Int32Array = new Int32Array(2 * BUCKETS)
  readonly values: Float64Array = new Float64Array(2 * BUCKETS)
  size = 0
  readonly #counts = new Float64Array(2 * BUCKETS)

  /** Counts by bucket, each bucket once. */
  count(text: string): SparseVector {
    this.size = 0
    this.#count(text.length <= HEAD_UNITS + TAIL_UNITS ? text : text.slice(0, HEAD_UNITS))
    if (text.length > HEAD_UNITS + TAIL_UNITS) this.#count(text.slice(-TAIL_UNITS))
    for (let i = 0; i < this.size; i++) {
      const bucket = this.indices[i] as number
      this.values[i] = this.#counts[bucket] as number
      this.#counts[bucket] = 0
    }
    return this
  }

  #count(text: string): void {
    let previous = 0
    scanWords(text, 0, text.length, (_start, _end, hash) => {
      this.#add(spread(hash) & (BUCKETS - 1))
      if (previous !== 0) this.#add(spread(Math.imul(previous, 31) ^ hash) & (BUCKETS - 1))
      previous = hash
    })
    this.#countGrams(text)
  }

  /** Runs of white space count as one blank, letters without case. */
  #countGrams(text: string): void {
    const units = normalized(text)
    const [counts, indices] = [this.#counts, this.indices]
    let size = this.size
    for (let from = 0; from + SHORTEST_GRAM <= units.length; from++) {
      let hash = FNV_OFFSET
      const to = Math.min(units.length, from + LONGEST_GRAM)
      const shortest = from + SHORTEST_GRAM - 1
      for (let at = from; at < to; at++) {
        hash = Math.imul(hash ^ (units[at] as number), FNV_PRIME)
        if (at < shortest) continue
        const bucket = BUCKETS + (spread(hash) & (BUCKETS - 1))
        const count = counts[bucket] as number
        if (count === 0) indices[size++] = bucket
        counts[bucket] = count + 1
      }
    }
    this.size = size
  }

  #add(bucket: number): void {
    const count = this.#counts[bucket] as number
    if (count === 0) this.indices[this.size++] = bucket
    this.#counts[bucket] = count + 1
  }
}

/** The low bits of FNV alone are poor: the high ones are folded in (MurmurHash3's finalizer, first half). */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

function normalized(text: string): Uint16Array {
  const units = new Uint16Array(text.length + 2)
  let size = 0
  units[size++] = 32
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 32) units[size++] = unit >= 65 && unit <= 90 ? unit | 32 : unit
    else if (units[size - 1] !== 32) units[size++] = 32
  }
  if (units[size - 1] !== 32) units[size++] = 32
  return units.subarray(0, size)
}

/** 1 + ln count, of the counts that occur. */
const DAMPED = Float64Array.from({ length: 256 }, (_, count) => 1 + Math.log(Math.max(1, count)))

/**
 * Counts in place as TF-IDF: (1 + ln count) x idf, words and characters each scaled to length 1, so that neither block
 * drowns the other. Buckets with an idf of 0 stay in the list with a value of 0.
 */
export function weigh({ indices, values, size }: SparseVector, idf: ArrayLike<number>): void {
  let [words, characters] = [0, 0]
  for (let i = 0; i < size; i++) {
    const bucket = indices[i] as number
    const count = values[i] as number
    const value =
      (count < DAMPED.length ? (DAMPED[count] as number) : 1 + Math.log(count)) * (idf[bucket] as number)
    values[i] = value
    if (bucket < BUCKETS) words += value * value
    else characters += value * value
  }
  const ofWords = words > 0 ? 1 / Math.sqrt(words) : 0
  const ofCharacters = characters > 0 ? 1 / Math.sqrt(characters) : 0
  for (let i = 0; i < size; i++)
    values[i] = (values[i] as number) * ((indices[i] as number) < BUCKETS ? ofWords : ofCharacters)
}
