import type { Policy } from '../core/policy.js'
import { createRandom } from '../core/random.js'
import { standardError, tryFile, worstSlack, type Arena, type Slack } from './evaluate.js'
import { fittedStarts } from './fit.js'
import { hasKnobs, neighbour, withKnobs, type Knobs } from './knobs.js'
import { readRungs } from './rungs.js'
import type { Screened } from './screen.js'

/** A candidate with what it reached on the tune part. */
export interface Candidate {
  readonly label: string
  readonly knobs: Knobs
  readonly loss: number
  /** Worst slack over all constraints, as a share of the bound; -Infinity where one is unknown. */
  readonly slack: number
  /** The same less the luck that the choice on validate will ask for, and with half as much again. */
  readonly aimed: number
  readonly roomy: number
}

export interface SearchInput {
  readonly arena: Arena
  readonly json: Readonly<Record<string, unknown>>
  readonly policy: Policy
  readonly start: Knobs
  readonly candidates: number
  readonly seed: number
  /** Requests of validate per request of tune: the fewer there, the more room a candidate must leave. */
  readonly validateShare: number
  readonly onCandidate: () => void
}

/** Shares of the candidates: spread over the screen's front, then near the best of these; the rest refines the best. */
const SPREAD = 0.15
const NEAR = 0.25
/** Standard errors of room: the lower end of a 95 % interval. */
const ROOM = 1.96
/** Sizes of the steps of the refinement, from its beginning to its end. */
const [WIDE, NARROW] = [1, 0.15]

/**
 * Candidates on the tune part, each replayed with its budgets: the policy as given, a spread over the screen's front,
 * the front's neighbourhood of the best of these, then neighbours of the best so far with shrinking steps (a (1+1)
 * evolution strategy, whose parents leave the room for luck that the choice will ask for, or more). Equal input and seed,
 * equal candidates.
 */
export function search(input: SearchInput): readonly Candidate[] {
  const found: Candidate[] = []
  const seen = new Set<string>()
  const attempt: Attempt = (label, knobs) => {
    const key = JSON.stringify(knobs)
    if (seen.has(key)) return
    seen.add(key)
    found.push(candidate(input, found.length === 0 ? label : `${label} ${found.length}`, knobs))
    input.onCandidate()
  }
  attempt('as given', input.start)
  tryScreened(input, found, attempt)
  refine(input, found, attempt)
  return found
}

type Attempt = (label: string, knobs: Knobs) => void

function tryScreened(input: SearchInput, found: readonly Candidate[], attempt: Attempt): void {
  const line = screened(input)
  thinned(line, Math.floor(input.candidates * SPREAD)).forEach((knobs) => attempt('fitted', knobs))
  const spread = found.slice(1)
  if (spread.length === 0) return
  const centre = line.indexOf(best(spread, 'aimed').knobs)
  const last = Math.floor(input.candidates * (SPREAD + NEAR))
  for (let step = 1; step < line.length && found.length < last; step++) {
    for (const knobs of [line[centre + step], line[centre - step]])
      if (knobs !== undefined) attempt('fitted', knobs)
  }
}

function refine(
  { start, candidates, seed }: SearchInput,
  found: readonly Candidate[],
  attempt: Attempt,
): void {
  if (!hasKnobs(start)) return
  const random = createRandom(seed)
  const first = found.length
  const last = 3 * candidates
  for (let tries = 0; found.length < candidates && tries < last; tries++) {
    const done = (found.length - first) / Math.max(1, candidates - first)
    const parent = best(found, tries % 2 === 0 ? 'aimed' : 'roomy')
    attempt('refined', neighbour(parent.knobs, random, WIDE * (NARROW / WIDE) ** done))
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

function candidate(
  { arena, json, policy, validateShare }: SearchInput,
  label: string,
  knobs: Knobs,
): Candidate {
  const trial = tryFile(arena, withKnobs(json, policy, knobs))
  const luck =
    (factor: number) =>
    (slack: Slack): number =>
      (factor * ROOM * standardError(slack, arena.clusters)) / Math.sqrt(Math.max(1e-6, validateShare))
  const known = !Number.isNaN(trial.loss)
  return {
    label,
    knobs,
    loss: known ? trial.loss : Infinity,
    slack: known ? worstSlack(trial) : -Infinity,
    aimed: known ? worstSlack(trial, luck(1)) : -Infinity,
    roomy: known ? worstSlack(trial, luck(1.5)) : -Infinity,
  }
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
