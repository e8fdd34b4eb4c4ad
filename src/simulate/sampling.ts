import { createRandom, draw, type Random } from '../core/random.js'

/** A stream of its own for one named thing (a user, a session), so that one more user moves nobody else's week. */
export function streamFor(seed: number, name: string, purpose: string): Random {
  return createRandom(Math.floor(draw(seed, name, purpose) * 4294967296))
}

/** One of the items, each as likely. @throws RangeError when there is none. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.below(items.length)]
  if (item === undefined) throw new RangeError('pick needs at least one item')
  return item
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability
}

/** One of the items, as likely as its weight says. */
export function pickWeighted<Item>(
  random: Random,
  items: readonly Item[],
  weightOf: (item: Item) => number,
): Item {
  const total = items.reduce((sum, item) => sum + weightOf(item), 0)
  let rest = random.next() * total
  for (const item of items) {
    rest -= weightOf(item)
    if (rest < 0) return item
  }
  return pick(random, items)
}

/** A standard normal number (Box-Muller: https://en.wikipedia.org/wiki/Box%E2%80%93Muller_transform). */
export function normal(random: Random): number {
  return normalFrom(random.next(), random.next())
}

/** The same from two uniform draws, for chance that must hang on a request id alone. */
export function normalFrom(first: number, second: number): number {
  return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second)
}

/** Integer in [low, high]. */
export function between(random: Random, low: number, high: number): number {
  return low + random.below(high - low + 1)
}

/** Weight of rank 0, 1, 2, … under Zipf's law: few do most. */
export function zipf(rank: number, exponent: number): number {
  return (rank + 1) ** -exponent
}
