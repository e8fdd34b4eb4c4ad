import type { Attempt, Reached, Trials } from './trial.js'

/** A candidate with what it reached on a slice of the tune part. */
export interface Candidate extends Reached, Attempt {
  readonly label: string
}

/** Numbers as one text, so that the same ones are tried once. */
export function keyOf({ shape, slice, knobs }: Attempt): string {
  return JSON.stringify([shape, slice, knobs])
}

/**
 * Candidates that may be under way at a time. Who is tried next depends on all but the last so many, whoever is done first:
 * the same candidates on any number of threads up to it.
 */
const UNDER_WAY = 8

export interface Queue {
  /** On the whole part, in the order in which they were asked for. */
  readonly found: readonly Candidate[]
  /** Replays of the whole part that all asked for amount to. */
  readonly spent: number
  /** On any slice. */
  readonly tried: number
  readonly isStopped: boolean
  /** Nothing where the same was tried before. */
  attempt(label: string, attempt: Attempt): Promise<void>
  /** Waits until no more than so many are under way. */
  settle(underWay: number): Promise<void>
  /** What was found on a slice. */
  on(slice: number): readonly Candidate[]
}

export interface QueueInput {
  readonly tryOne: Trials['attempt']
  readonly signal: AbortSignal | undefined
  readonly onCandidate: (found: readonly Candidate[], spent: number) => void
}

export function createQueue({ tryOne, signal, onCandidate }: QueueInput): Queue {
  const found: Candidate[] = []
  const all: Candidate[] = []
  const asked: Promise<Candidate>[] = []
  const seen = new Set<string>()
  const shareOf = (slice: number): number => 2 ** -slice
  let [spent, settled] = [0, 0]
  const settle = async (underWay: number): Promise<void> => {
    while (all.length < asked.length - underWay) {
      const candidate = await (asked[all.length] as Promise<Candidate>)
      all.push(candidate)
      if (candidate.slice === 0) found.push(candidate)
      settled += shareOf(candidate.slice)
      onCandidate(found, settled)
    }
  }
  return {
    found,
    get spent() {
      return spent
    },
    get tried() {
      return all.length
    },
    get isStopped() {
      return signal?.aborted === true
    },
    settle,
    on: (slice) => all.filter((candidate) => candidate.slice === slice),
    async attempt(label, attempt) {
      const key = keyOf(attempt)
      // The policy as given is always tried: the finalists begin with it.
      if (seen.has(key) || (signal?.aborted === true && asked.length > 0)) return
      seen.add(key)
      const name = asked.length === 0 ? label : `${label} ${asked.length}`
      const candidate = tryOne(attempt).then((reached): Candidate => ({
        label: name,
        ...attempt,
        ...reached,
      }))
      // It is awaited in its turn: one that fails before is no unhandled rejection.
      candidate.catch(() => {})
      asked.push(candidate)
      spent += shareOf(attempt.slice)
      await settle(UNDER_WAY - 1)
    },
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

/** At most `count`, evenly along the list, ends included. */
export function thinned<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items]
  const step = (items.length - 1) / Math.max(1, count - 1)
  return items.filter((_, index) => Math.round(Math.round(index / step) * step) === index).slice(0, count)
}
