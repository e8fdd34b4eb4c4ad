import type { Policy } from '../core/policy.js'
import { createRandom } from '../core/random.js'
import type { Arena } from './evaluate.js'
import { fittedStarts } from './fit.js'
import { hasKnobs, neighbour, type Knobs } from './knobs.js'
import { readRungs } from './rungs.js'
import type { Screened } from './screen.js'
import type { Reached, TryKnobs } from './trial.js'

/** A candidate with what it reached on the tune part. */
export interface Candidate extends Reached {
  readonly label: string
  readonly knobs: Knobs
}

export interface SearchInput {
  readonly arena: Arena
  readonly json: Readonly<Record<string, unknown>>
  readonly policy: Policy
  readonly start: Knobs
  readonly candidates: number
  readonly seed: number
  readonly tryKnobs: TryKnobs
  /** Ends the search early: what was found so far is given. */
  readonly signal: AbortSignal | undefined
  readonly onCandidate: (found: readonly Candidate[]) => void
}

/**
 * Candidates that may be under way at a time. Who is tried next depends on all but the last so many, whoever is done first:
 * the same candidates on any number of threads up to it.
 */
export const UNDER_WAY = 8

/** Shares of the candidates: spread over the screen's front, then near the best of these; the rest refines the best. */
const SPREAD = 0.15
const NEAR = 0.25
/** Sizes of the steps of the refinement, from its beginning to its end. */
const [WIDE, NARROW] = [1, 0.15]

/**
 * Candidates on the tune part, each replayed with its budgets: the policy as given, a spread over the screen's front,
 * the front's neighbourhood of the best of these, then neighbours of the best so far with shrinking steps (an evolution
 * strategy in a steady state, whose parents leave the room for luck that the choice will ask for, or more). Equal input and
 * seed, equal candidates.
 */
export async function search(input: SearchInput): Promise<readonly Candidate[]> {
  const trials = createQueue(input)
  await trials.attempt('as given', input.start)
  await tryScreened(input, trials)
  await refine(input, trials)
  await trials.settle(0)
  return trials.found
}

interface Queue {
  /** In the order in which they were asked for. */
  readonly found: readonly Candidate[]
  /** How many were asked for. */
  readonly asked: number
  readonly isStopped: boolean
  /** Nothing where the same knobs were tried before. */
  attempt(label: string, knobs: Knobs): Promise<void>
  /** Waits until no more than so many are under way. */
  settle(underWay: number): Promise<void>
}

function createQueue({ tryKnobs, signal, onCandidate }: SearchInput): Queue {
  const found: Candidate[] = []
  const asked: Promise<Candidate>[] = []
  const seen = new Set<string>()
  const settle = async (underWay: number): Promise<void> => {
    while (found.length < asked.length - underWay) {
      found.push(await (asked[found.length] as Promise<Candidate>))
      onCandidate(found)
    }
  }
  return {
    found,
    get asked() {
      return asked.length
    },
    get isStopped() {
      return signal?.aborted === true
    },
    settle,
    async attempt(label, knobs) {
      const key = JSON.stringify(knobs)
      // The policy as given is always tried: the finalists begin with it.
      if (seen.has(key) || (signal?.aborted === true && asked.length > 0)) return
      seen.add(key)
      const name = asked.length === 0 ? label : `${label} ${asked.length}`
      const candidate = tryKnobs(knobs).then((reached): Candidate => ({ label: name, knobs, ...reached }))
      // It is awaited in its turn: one that fails before is no unhandled rejection.
      candidate.catch(() => {})
      asked.push(candidate)
      await settle(UNDER_WAY - 1)
    },
  }
}

async function tryScreened(input: SearchInput, trials: Queue): Promise<void> {
  const line = screened(input)
  for (const knobs of thinned(line, Math.floor(input.candidates * SPREAD)))
    await trials.attempt('fitted', knobs)
  await trials.settle(0)
  const spread = trials.found.slice(1)
  if (spread.length === 0) return
  const centre = line.indexOf(best(spread, 'aimed').knobs)
  const last = Math.floor(input.candidates * (SPREAD + NEAR))
  for (let step = 1; step < line.length && trials.asked < last; step++) {
    for (const knobs of [line[centre + step], line[centre - step]])
      if (knobs !== undefined) await trials.attempt('fitted', knobs)
  }
  await trials.settle(0)
}

async function refine({ start, candidates, seed }: SearchInput, trials: Queue): Promise<void> {
  if (!hasKnobs(start)) return
  const random = createRandom(seed)
  const first = trials.asked
  const last = 3 * candidates
  for (let tries = 0; trials.asked < candidates && tries < last && !trials.isStopped; tries++) {
    const done = (trials.asked - first) / Math.max(1, candidates - first)
    const parent = best(trials.found, tries % 2 === 0 ? 'aimed' : 'roomy')
    await trials.attempt('refined', neighbour(parent.knobs, random, WIDE * (NARROW / WIDE) ** done))
  }
}

/** Lowest loss among those that keep the constraints; while there is none, the one that misses them by the least. */
export function best(candidates: readonly Candidate[], by: 'aimed' | 'roomy'): Candidate {
  return candidates.reduce((a, b) => (isBetter(b, a, by) ? b : a))
}

function isBetter(a: Candidate, b: Candidate, by: 'aimed' | 'roomy'): boolean {
  if (a[by] >= 0 && b[by] >= 0) return a.loss < b.loss
  return a[by] > b[by]
}

/** The screen's front by cost. It knows no budgets: these decide later which part of it matters. */
function screened({ arena, json, policy, start }: SearchInput): Knobs[] {
  if (start.weights.length === 0 || start.cuts.length === 0) return []
  const rungs = readRungs(arena.table, json, policy, start)
  return front(fittedStarts(arena.table, rungs, start.weights)).map(({ weights, cuts }) => ({
    ...start,
    weights,
    cuts,
  }))
}

/** Points that no other beats in both cost and quality, by cost. */
function front(points: readonly Screened[]): Screened[] {
  const sorted = [...points].sort((a, b) => a.costUsd - b.costUsd || b.quality - a.quality)
  let reached = -Infinity
  return sorted.filter(({ quality }) => {
    if (quality <= reached) return false
    reached = quality
    return true
  })
}

/** At most `count`, evenly along the list, ends included. */
export function thinned<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items]
  const step = (items.length - 1) / Math.max(1, count - 1)
  return items.filter((_, index) => Math.round(Math.round(index / step) * step) === index).slice(0, count)
}
