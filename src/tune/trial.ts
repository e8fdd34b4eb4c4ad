import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import { judge, type Judged } from './choose.js'
import { standardError, tryFile, worstSlack, type Arena, type Slack } from './evaluate.js'
import { withKnobs, type Knobs } from './knobs.js'
import { lineOf } from './lines.js'
import type { ChainedModel } from './shapes/model-chain.js'

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

/** A policy file whose knobs are turned, from where, and which of a slice's tables its classifier reads. */
export interface TrialShape {
  readonly json: Readonly<Record<string, unknown>>
  readonly start: Knobs
  readonly reader: number
}

/** What candidates are tried on: plain data, so that it can be sent to other threads. */
export interface TrialInput {
  /** The whole part that is searched on, then ever shorter stretches of its end. */
  readonly slices: readonly Slice[]
  readonly shapes: readonly TrialShape[]
  readonly chain: readonly ChainedModel[]
  /** Where finalists are judged: the fewer requests it has, the more room a candidate must leave. */
  readonly validate: Slice
  readonly seed: number
}

/** A place in each of the lists of a `TrialInput`. */
export interface ShapeOnSlice {
  readonly shape: number
  readonly slice: number
}

/** What is tried. */
export interface Attempt extends ShapeOnSlice {
  readonly knobs: Knobs
}

/** A policy file to be judged, and the shape whose table of validate it reads. */
export interface Contender {
  readonly file: Readonly<Record<string, unknown>>
  readonly shape: number
}

/** The same question has the same answer, wherever it is asked. */
export interface TrialSteps {
  /** Replays a shape with other knobs. */
  attempt(attempt: Attempt): Reached
  /** Settings to begin with: see `lineOf`. */
  line(at: ShapeOnSlice): readonly Knobs[]
  judge(contender: Contender): Judged
}

/** The steps, in whatever thread. */
export type Trials = {
  readonly [Step in keyof TrialSteps]: (
    of: Parameters<TrialSteps[Step]>[0],
  ) => Promise<ReturnType<TrialSteps[Step]>>
} & { close(): Promise<void> }

export type OpenTrials = (input: TrialInput) => Trials

/** One after the other, in the caller's own thread. */
export const trialsHere: OpenTrials = (input) => {
  const { attempt, line, judge } = createTrialSteps(input)
  return {
    attempt: (one) => Promise.resolve(attempt(one)),
    line: (at) => Promise.resolve(line(at)),
    judge: (contender) => Promise.resolve(judge(contender)),
    close: () => Promise.resolve(),
  }
}

/** Standard errors of room: the lower end of a 95 % interval. */
const ROOM = 1.96

export function createTrialSteps({ slices, shapes, chain, validate, seed }: TrialInput): TrialSteps {
  const policies = new Map<TrialShape, Policy>()
  const policyOf = (shape: TrialShape): Policy => {
    const known = policies.get(shape) ?? parsePolicy(shape.json)
    policies.set(shape, known)
    return known
  }
  const at = ({ shape: index, slice: place }: ShapeOnSlice) => {
    const [shape, slice] = [shapes[index], slices[place]]
    const table = slice?.tables[shape?.reader ?? -1]
    if (shape === undefined || slice === undefined || table === undefined)
      throw new RangeError(`there is no shape ${index} or no slice ${place}`)
    return { shape, table, arena: slice.arena, policy: policyOf(shape) }
  }
  return {
    attempt({ knobs, ...place }) {
      const { shape, table, arena, policy } = at(place)
      const trial = tryFile(arena, withKnobs(shape.json, policy, knobs), table)
      const share = Math.max(1e-6, validate.arena.table.size / Math.max(1, table.size))
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
    },
    line(place) {
      const { shape, table, policy } = at(place)
      return lineOf({ ...shape, policy }, table, chain)
    },
    judge({ file, shape }) {
      const { arena, tables } = validate
      return judge(arena, tryFile(arena, file, tables[shapes[shape]?.reader ?? -1]), seed)
    },
  }
}
