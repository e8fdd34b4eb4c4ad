import type { Knobs } from './knobs.js'
import { byRank } from './non-dominated.js'
import { thinned, type Queue } from './queue.js'

/** Settings of each shape that race for it, and how much of all replays a round may take, as long as each shape has one. */
const STARTS = 4
const SHARE = 0.1

/** By shape's place, the given one first; settings may still be looked for. */
export type Lines = ReadonlyMap<number, Promise<readonly Knobs[]>>

export interface Race {
  readonly lines: Lines
  readonly slices: number
  readonly candidates: number
}

/**
 * The shapes that are worth a search, as successive halving finds them (Jamieson, Talwalkar 2016, https://arxiv.org/abs/1502.07943):
 * a few settings of each on the shortest slice of the log, the better half of the shapes on one of twice the length, and so on. The
 * shape as given always stays. Slices are stretches of time, as lots would thin out the traffic that budgets see; still a
 * day binds less of a month's budget than the month, so slices only rank, and what counts is tried on the whole part.
 */
export async function race({ lines, slices, candidates }: Race, queue: Queue): Promise<readonly number[]> {
  let left = [...lines.keys()]
  for (let slice = slices - 1; slice > 0 && left.length > 2; slice--) {
    const affordable = Math.floor((SHARE * candidates * 2 ** slice) / left.length)
    for (const shape of left)
      for (const knobs of middling((await lines.get(shape)) ?? [], Math.min(STARTS, affordable)))
        await queue.attempt('raced', { shape, slice, knobs })
    await queue.settle(0)
    const ranked = new Set(byRank(queue.on(slice)).map(({ shape }) => shape))
    const going = new Set([...left.slice(0, 1), ...[...ranked].slice(0, Math.ceil(left.length / 2))])
    left = left.filter((shape) => going.has(shape))
  }
  return left
}

/** Of one setting the middle of the line says most. */
function middling(line: readonly Knobs[], count: number): readonly Knobs[] {
  return count > 1 ? thinned(line, count) : line.slice(line.length >> 1, (line.length >> 1) + 1)
}
