import { createRandom, type Random } from '../core/random.js'
import { crossed, hasKnobs, neighbour, type Knobs } from './knobs.js'
import { byRank } from './non-dominated.js'
import { best, createQueue, thinned, type Candidate, type Queue, type QueueInput } from './queue.js'
import { race, type Lines } from './race.js'
import type { Shape } from './shapes/shape.js'
import type { ShapeOnSlice } from './trial.js'

export interface SearchInput extends QueueInput {
  readonly shapes: readonly Shape[]
  /** Places of those of them that are searched: the first one always, the others if they win a race. */
  readonly members: readonly number[]
  /** Settings of a shape to begin with, by what a slice of the tune part tells of it. */
  readonly lineOf: (at: ShapeOnSlice) => Promise<readonly Knobs[]>
  /** Slice 0 is the whole, each other one half of that before. */
  readonly slices: number
  /** Replays of the whole part. */
  readonly candidates: number
  readonly seed: number
}

export interface Found {
  /** On the whole part. */
  readonly candidates: readonly Candidate[]
  /** With those that were tried on a slice only. */
  readonly tried: number
}

/** Shares of the candidates: spread over the lines of the shapes, then near the best of these; the rest refines the best. */
const SPREAD = 0.15
const NEAR = 0.25
/** Sizes of the steps of the refinement, from its beginning to its end. */
const [WIDE, NARROW] = [1, 0.15]
/** How many parents NSGA-II keeps. */
const POPULATION = 40

/**
 * Candidates on the tune part, each replayed with its budgets: the first shape as it is, a race of the shapes, a spread over the
 * lines of those that are left, the neighbourhood of the best of these, then children of the best so far with shrinking steps:
 * by turns of the cheapest that leaves the room for luck that the choice will ask for, of the cheapest that leaves half as much
 * again (an evolution strategy in a steady state), and of two from the fronts between (NSGA-II, see `byRank`). Equal input and seed,
 * equal candidates.
 */
export async function search(input: SearchInput): Promise<Found> {
  const { shapes, members } = input
  const shapeAt = (place: number): Shape => shapes[place] as Shape
  const [first = 0] = members
  const queue = createQueue(input)
  await queue.attempt(shapeAt(first).name, { shape: first, slice: 0, knobs: shapeAt(first).start })
  const left = input.candidates === 1 ? [first] : await raced(input, queue)
  const lines = linesOf(input, left, 0)
  await tryLines(lines, input.candidates, queue)
  await refine(input, queue)
  await queue.settle(0)
  return { candidates: queue.found, tried: queue.tried }
}

/** A race looks at little of the log, and so do the lines that it starts from. */
async function raced(input: SearchInput, queue: Queue): Promise<readonly number[]> {
  const { members, slices } = input
  if (members.length === 1 || slices === 1) return members
  return race({ lines: linesOf(input, members, slices - 1), ...input }, queue)
}

/** All at once: while the first one is tried, others may still be looked for. */
function linesOf({ lineOf }: SearchInput, places: readonly number[], slice: number): Lines {
  return new Map(
    places.map((shape) => {
      const line = lineOf({ shape, slice })
      // It is awaited in its turn: one that fails before is no unhandled rejection.
      line.catch(() => {})
      return [shape, line]
    }),
  )
}

async function tryLines(lines: Lines, candidates: number, queue: Queue): Promise<void> {
  const first = queue.spent
  const each = Math.max(2, Math.floor((candidates * SPREAD) / lines.size))
  for (const [shape, line] of lines)
    for (const knobs of thinned(await line, each))
      if (queue.spent < candidates) await queue.attempt('fitted', { shape, slice: 0, knobs })
  await queue.settle(0)
  const spread = queue.found.slice(1)
  if (spread.length === 0) return
  const { shape, knobs: centre } = best(spread, 'aimed')
  const line = (await lines.get(shape)) ?? []
  const place = line.indexOf(centre)
  const last = first - 1 + Math.floor(candidates * (SPREAD + NEAR))
  for (let step = 1; step < line.length && queue.spent < last; step++) {
    for (const knobs of [line[place + step], line[place - step]])
      if (knobs !== undefined) await queue.attempt('fitted', { shape, slice: 0, knobs })
  }
  await queue.settle(0)
}

async function refine({ candidates, seed }: SearchInput, queue: Queue): Promise<void> {
  const random = createRandom(seed)
  const first = queue.spent
  const last = 3 * candidates
  const parents = createParents()
  for (let tries = 0; queue.spent < candidates && tries < last && !queue.isStopped; tries++) {
    const done = (queue.spent - first) / Math.max(1, candidates - first)
    const { shape, knobs } = parents.next(queue.found, tries, random)
    if (!hasKnobs(knobs)) continue
    const child = neighbour(knobs, random, WIDE * (NARROW / WIDE) ** done)
    await queue.attempt('refined', { shape, slice: 0, knobs: child })
  }
}

interface Parents {
  next(found: readonly Candidate[], tries: number, random: Random): Pick<Candidate, 'shape' | 'knobs'>
}

function createParents(): Parents {
  let population: readonly Candidate[] = []
  let seen = 0
  return {
    next(found, tries, random) {
      if (seen < found.length) {
        population = byRank([...population, ...found.slice(seen)]).slice(0, POPULATION)
        seen = found.length
      }
      if (tries % 3 === 0) return best(found, 'aimed')
      if (tries % 3 === 1) return best(found, 'roomy')
      // They stand in order: of two drawn the one in front wins the tournament.
      const winner = (): Candidate =>
        population[Math.min(random.below(population.length), random.below(population.length))] as Candidate
      const [one, other] = [winner(), winner()]
      return one.shape === other.shape
        ? { shape: one.shape, knobs: crossed(one.knobs, other.knobs, random) }
        : one
    },
  }
}
