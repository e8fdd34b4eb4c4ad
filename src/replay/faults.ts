import type { Choice } from '../core/budget/choose.js'
import type { Ending, Reservation } from '../core/budget/ledger.js'
import { draw } from '../core/random.js'
import type { FaultSpec } from './fault-spec.js'
import { createEventHeap, type EventHeap } from './heap.js'
import { chargeOfUnknown, type OutcomeSource, type Served } from './outcomes.js'

export interface FaultOptions {
  readonly spec: FaultSpec
  readonly seed: number
}

/** How many of each kind were injected. */
export interface FaultCounts {
  readonly aborted: number
  readonly lost: number
  readonly failed: number
  readonly duplicated: number
  readonly slow: number
  readonly clockSteps: number
}

/** What becomes of one call. `done` is the share of it that passed before it broke off or failed. */
export interface Fate {
  readonly end: 'completed' | 'aborted' | 'lost' | 'failed'
  readonly done: number
  readonly slowBy: number
  readonly duplicated: boolean
}

/** A settlement that will be sent once more. */
export interface Repeat {
  readonly reservation: Reservation
  readonly ending: Ending
}

/** A caller that heard no answer to its settlement asks again after this long. */
export const REPEAT_AFTER_MS = 60_000

/**
 * Bad days for a replay, beside its outcomes: a host's matter, of which state machine and ledger know nothing. Every draw
 * hangs on the request and the number of the attempt, so the same requests suffer under every policy.
 */
export interface Faults {
  readonly counts: FaultCounts
  fate(requestId: string, attempt: number): Fate
  /** The outcome of a call with this fate; counted. */
  served(row: number, choice: Choice, fate: Fate): Served
  /** Keeps a settlement for later; gives its number. */
  keep(repeat: Repeat): number
  take(number: number): Repeat | undefined
  /** Reservations in flight by the ledger's clock. */
  readonly expiring: EventHeap
  /** May set the ledger's clock off. */
  stepClock(requestId: string): void
  /** What the ledger's clock shows at a time of the log: it never goes back, whatever the steps (src/README.md). */
  clockAt(time: number): number
  /** When that clock will show a time. */
  timeOf(shown: number): number
}

export function createFaults({ spec, seed }: FaultOptions, outcomes: OutcomeSource): Faults {
  const counts = { aborted: 0, lost: 0, failed: 0, duplicated: 0, slow: 0, clockSteps: 0 }
  const repeats = new Map<number, Repeat>()
  let kept = 0
  let offset = 0
  let shown = -Infinity
  return {
    counts,
    expiring: createEventHeap(),
    fate: (requestId, attempt) => fateOf(spec, (purpose) => draw(seed, requestId, `${purpose} ${attempt}`)),
    served(row, choice, fate) {
      if (fate.slowBy !== 1) counts.slow++
      if (fate.end !== 'completed') counts[fate.end]++
      return spoil(outcomes, row, choice, fate)
    },
    keep(repeat) {
      counts.duplicated++
      repeats.set(kept, repeat)
      return kept++
    },
    take(number) {
      const repeat = repeats.get(number)
      repeats.delete(number)
      return repeat
    },
    stepClock(requestId) {
      if (draw(seed, requestId, 'fault clock') >= spec.clock.share) return
      counts.clockSteps++
      offset = Math.round((2 * draw(seed, requestId, 'fault clock step') - 1) * spec.clock.stepMs)
    },
    clockAt: (time) => (shown = Math.max(shown, time + offset)),
    timeOf: (time) => time - offset,
  }
}

function fateOf(spec: FaultSpec, chance: (purpose: string) => number): Fate {
  const end = chance('fault end')
  const { abort, lost, fail, slow } = spec
  return {
    end:
      end < abort
        ? 'aborted'
        : end < abort + lost
          ? 'lost'
          : end < abort + lost + fail
            ? 'failed'
            : 'completed',
    done: chance('fault done'),
    slowBy: chance('fault slow') < slow.share ? slow.factor : 1,
    duplicated: chance('fault duplicate') < spec.duplicate,
  }
}

/** The provider bills what it did, whoever heard of it; the pools are charged what the ledger can know. */
function spoil(outcomes: OutcomeSource, row: number, choice: Choice, { end, done, slowBy }: Fate): Served {
  const isCut = end === 'aborted' || end === 'failed'
  const served = isCut ? outcomes.brokenOff(row, choice, done) : outcomes.whole(row, choice)
  if (end === 'lost' || end === 'failed') served.chargeNanoUsd = chargeOfUnknown(served, choice)
  served.latencyMs *= isCut ? slowBy * done : slowBy
  return served
}
