import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
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
  /** Means per request, NaN where unknown. */
  readonly costUsd: number
  readonly quality: number
}

/** Some of the requests to try candidates on, and those who read them. */
export interface Slice {
  readonly arena: Arena
  /** The same rows as each reader sees them. */
  readonly tables: readonly LogTable[]
}

/** A policy file whose knobs are turned, and which of a slice's tables its classifier reads. */
export interface TrialShape {
  readonly json: Readonly<Record<string, unknown>>
  readonly reader: number
}

/** What candidates are tried on: plain data, so that it can be sent to other threads. */
export interface TrialInput {
  /** The whole part that is searched on, then ever shorter stretches of its end. */
  readonly slices: readonly Slice[]
  readonly shapes: readonly TrialShape[]
  /** Requests of validate: the fewer there, the more room a candidate must leave. */
  readonly validateSize: number
}

/** What is tried: places in the lists of a `TrialInput`, and numbers. */
export interface Attempt {
  readonly shape: number
  readonly slice: number
  readonly knobs: Knobs
}

/** Replays a shape with other knobs. The same attempt reaches the same, wherever it is made. */
export type Try = (attempt: Attempt) => Promise<Reached>

export interface Trials {
  readonly attempt: Try
  close(): Promise<void>
}

export type OpenTrials = (input: TrialInput) => Trials

/** One after the other, in the caller's own thread. */
export const trialsHere: OpenTrials = (input) => {
  const reach = createTrial(input)
  return { attempt: (attempt) => Promise.resolve(reach(attempt)), close: () => Promise.resolve() }
}

/** Standard errors of room: the lower end of a 95 % interval. */
const ROOM = 1.96

export function createTrial({ slices, shapes, validateSize }: TrialInput): (attempt: Attempt) => Reached {
  const policies = new Map<TrialShape, Policy>()
  const policyOf = (shape: TrialShape): Policy => {
    const known = policies.get(shape) ?? parsePolicy(shape.json)
    policies.set(shape, known)
    return known
  }
  return ({ shape: index, slice: place, knobs }) => {
    const [shape, slice] = [shapes[index], slices[place]]
    if (shape === undefined || slice === undefined)
      throw new RangeError(`there is no shape ${index} or no slice ${place}`)
    const { arena, tables } = slice
    const trial = tryFile(arena, withKnobs(shape.json, policyOf(shape), knobs), tables[shape.reader])
    const share = Math.max(1e-6, validateSize / Math.max(1, arena.table.size))
    const luck =
      (factor: number) =>
      (slack: Slack): number =>
        (factor * ROOM * standardError(slack, arena.clusters)) / Math.sqrt(share)
    const known = !Number.isNaN(trial.loss)
    return {
      loss: known ? trial.loss : Infinity,
      slack: known ? worstSlack(trial) : -Infinity,
      aimed: known ? worstSlack(trial, luck(1)) : -Infinity,
      roomy: known ? worstSlack(trial, luck(1.5)) : -Infinity,
      costUsd: trial.costUsd,
      quality: trial.quality,
    }
  }
}
