import { createRandom } from '../../core/random.js'
import { jaccard, mixed } from './shingles.js'

/** Texts are near duplicates from this share of common shingles on. */
const ALIKE = 0.8
/**
 * Bands of minima: two texts that share 80 % of their shingles agree in all of one band with a chance of 99.999 %
 * (1 - (1 - 0.8^5)^32), two that share a third with 12 %.
 */
const BANDS = 32
const ROWS = 5
/** Texts of one bucket that a later one of it is held against: where there are more, they are alike among themselves. */
const COMPARED = 24

/**
 * Tells each pair of texts that are near duplicates (a Jaccard index of at least 0.8 over their shingles), by MinHash: the share of
 * random orders in which two sets have the same first element is their Jaccard index (Broder, On the resemblance and containment
 * of documents, 1997, https://doi.org/10.1109/SEQUEN.1997.666900). Texts that agree in a band of such firsts are held against each
 * other exactly (bands as in Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4). `areJoined` spares a
 * comparison whose answer would change nothing.
 */
export function nearPairs(
  sets: readonly Uint32Array[],
  seed: number,
  { areJoined, join }: { areJoined(a: number, b: number): boolean; join(a: number, b: number): void },
): void {
  const orders = ordersFrom(seed)
  const signatures = sets.map((set) => signatureOf(set, orders))
  for (let band = 0; band < BANDS; band++) {
    const buckets = new Map<number, number[]>()
    sets.forEach((set, text) => {
      if (set.length === 0) return
      const key = bandKey(signatures[text] as Uint32Array, band)
      const bucket = buckets.get(key)
      if (bucket === undefined) {
        buckets.set(key, [text])
        return
      }
      for (const other of bucket) {
        if (!areJoined(text, other) && jaccard(set, sets[other] as Uint32Array) >= ALIKE) join(text, other)
      }
      if (bucket.push(text) > COMPARED) bucket.shift()
    })
  }
}

function ordersFrom(seed: number): Uint32Array {
  const random = createRandom(seed)
  return Uint32Array.from({ length: BANDS * ROWS }, () => random.below(0x100000000))
}

/** The smallest hash of the set in each order. */
function signatureOf(set: Uint32Array, orders: Uint32Array): Uint32Array {
  return orders.map((order) => {
    let least = 0xffffffff
    for (let i = 0; i < set.length; i++) {
      let hash = Math.imul((set[i] as number) ^ order, 0x85ebca6b)
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
      hash = (hash ^ (hash >>> 16)) >>> 0
      if (hash < least) least = hash
    }
    return least
  })
}

function bandKey(signature: Uint32Array, band: number): number {
  let key = band
  for (let row = 0; row < ROWS; row++) key = mixed(key, signature[band * ROWS + row] as number)
  return key
}
