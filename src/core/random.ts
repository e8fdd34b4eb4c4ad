/**
 * Chance is `draw(seed, requestId, purpose)`: a function of its arguments, so that one more request moves no other draw.
 * Streams of numbers (bootstrap, search) come from a generator whose state is one 32-bit integer.
 */

const PRIME_1 = 0x85ebca6b
const PRIME_2 = 0xc2b2ae35

/** A uniform number in [0, 1) that depends on nothing but the seed, the request and the purpose of the draw. */
export function draw(seed: number, requestId: string, purpose: string): number {
  let high = hashText(seed ^ 0x9e3779b9, purpose)
  let low = hashText(high, requestId)
  high = finish(hashText(low ^ PRIME_1, requestId))
  low = finish(low)
  return ((high >>> 5) * 67108864 + (low >>> 6)) / 9007199254740992
}

/** Murmur3-style mixing of UTF-16 code units. https://github.com/aappleby/smhasher/wiki/MurmurHash3 */
function hashText(seed: number, text: string): number {
  let hash = seed | 0
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    hash ^= Math.imul(k, 0x1b873593)
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64
  }
  return finish(hash ^ text.length)
}

function finish(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), PRIME_1)
  h = Math.imul(h ^ (h >>> 13), PRIME_2)
  return h ^ (h >>> 16)
}

/** A seeded stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform integer in [0, bound). */
  below(bound: number): number
}

/** SplitMix32-style generator: fast, small state, good enough for resampling. The seed is never optional. */
export function createRandom(seed: number): Random {
  let state = seed | 0
  const next32 = (): number => {
    state = (state + 0x9e3779b9) | 0
    return finish(state) >>> 0
  }
  const next = (): number => (next32() * 2097152 + (next32() >>> 11)) / 9007199254740992
  return { next, below: (bound) => Math.floor(next() * bound) }
}

/** 0 to `size` - 1 in an order by lot. Fisher-Yates: https://en.wikipedia.org/wiki/Fisher%E2%80%93Yates_shuffle */
export function permutation(size: number, seed: number): Int32Array {
  const random = createRandom(seed)
  const order = Int32Array.from({ length: size }, (_, row) => row)
  for (let last = size - 1; last > 0; last--) {
    const other = random.below(last + 1)
    const kept = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = kept
  }
  return order
}
