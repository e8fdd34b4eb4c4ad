import { parsePolicy } from '../core/policy.js'
import { standardError, tryFile, worstSlack, type Arena, type Slack } from './evaluate.js'
import { withKnobs, type Knobs } from './knobs.js'

/** What a candidate reached on a part of the log. */
export interface Reached {
  /** Less is better; Infinity where unknown. */
  readonly loss: number
  /** Worst slack over all constraints, as a share of the bound; -Infinity where one is unknown. */
  readonly slack: number
  /** The same less the luck that the choice on validate will ask for, and with half as much again. */
  readonly aimed: number
  readonly roomy: number
}

/** What candidates are tried on: plain data, so that it can be sent to other threads. */
export interface TrialInput {
  readonly arena: Arena
  /** The policy as given. */
  readonly json: Readonly<Record<string, unknown>>
  /** Requests of validate per request of tune: the fewer there, the more room a candidate must leave. */
  readonly validateShare: number
}

/** Replays the policy with other knobs. The same knobs reach the same, wherever they are tried. */
export type TryKnobs = (knobs: Knobs) => Promise<Reached>

export interface Trials {
  readonly tryKnobs: TryKnobs
  close(): Promise<void>
}

export type OpenTrials = (input: TrialInput) => Trials

/** One after the other, in the caller's own thread. */
export const trialsHere: OpenTrials = (input) => {
  const reach = createTrial(input)
  return { tryKnobs: (knobs) => Promise.resolve(reach(knobs)), close: () => Promise.resolve() }
}

/** Standard errors of room: the lower end of a 95 % interval. */
const ROOM = 1.96

export function createTrial({ arena, json, validateShare }: TrialInput): (knobs: Knobs) => Reached {
  const policy = parsePolicy(json)
  const luck =
    (factor: number) =>
    (slack: Slack): number =>
      (factor * ROOM * standardError(slack, arena.clusters)) / Math.sqrt(Math.max(1e-6, validateShare))
  return (knobs) => {
    const trial = tryFile(arena, withKnobs(json, policy, knobs))
    const known = !Number.isNaN(trial.loss)
    return {
      loss: known ? trial.loss : Infinity,
      slack: known ? worstSlack(trial) : -Infinity,
      aimed: known ? worstSlack(trial, luck(1)) : -Infinity,
      roomy: known ? worstSlack(trial, luck(1.5)) : -Infinity,
    }
  }
}
