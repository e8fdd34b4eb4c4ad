import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import { createArena, type Arena } from './evaluate.js'
import { withKnobs } from './knobs.js'
import { nearDuplicates } from './near-duplicates/near-duplicates.js'
import { purgeDuplicates } from './near-duplicates/purge-duplicates.js'
import { NO_TEXTS } from './notes.js'
import { parseConstraints, parseObjective, type Constraint, type Objective } from './objective.js'
import { createParts, type Parts, type Stretch } from './parts.js'
import { requireDrawn, requireEvidence, requireRows, requireSegments } from './preconditions.js'
import type { Candidate } from './queue.js'
import { modelChain, type ChainedModel } from './shapes/model-chain.js'
import type { Shape } from './shapes/shape.js'
import { SEARCHED_BY_DEFAULT, shapesOf } from './shapes/shapes.js'
import { splitLog, type Part, type Split } from './split.js'
import type { Slice, TrialInput } from './trial.js'
import type { TuneOptions } from './tune.js'

/** What every step of a tuning works on. */
export interface Job {
  readonly options: TuneOptions
  readonly json: Readonly<Record<string, unknown>>
  readonly policy: Policy
  readonly objective: Objective
  readonly constraints: readonly Constraint[]
  readonly split: Split
  readonly parts: Parts
  /** Whose classifiers and scorers may be taken. */
  readonly others: readonly Policy[]
  /** What is to be said of the split. */
  readonly warnings: readonly string[]
  /** What the policy may become, itself first. */
  readonly shapes: readonly Shape[]
  readonly chain: readonly ChainedModel[]
  readonly candidates: number
  /** How many slices of the tune part a search has. */
  readonly slices: number
}

const DEFAULT_CANDIDATES = 200
/** Shapes race on a quarter and a half of the tune part, if the shortest slice has as many requests as this. */
const SLICES = 3
const SHORTEST = 300

export function createJob(options: TuneOptions): Job {
  const { table, baseline } = options
  const objective = parseObjective(options.objective)
  const constraints = parseConstraints(options.constraints)
  const json = options.policyJson as Readonly<Record<string, unknown>>
  const policy = parsePolicy(json)
  const named = [...objective.terms.map((term) => ({ ...term, text: objective.text })), ...constraints]
  requireEvidence(table, policy, { ...options, named })
  const { split, warnings } = splitOf(options)
  requireRows(split)
  requireDrawn(table, split)
  requireSegments(table, split, named)
  const parts = createParts(table, baseline, split)
  const seen = parts.of(table, { part: 'tune', slice: 0 })
  const others = (options.classifiers ?? []).map((one) => parsePolicy(one))
  const readBy = options.readBy ?? ((other: Policy) => (isReadAs(other, policy) ? table : undefined))
  const search = options.search ?? SEARCHED_BY_DEFAULT
  return {
    options,
    json,
    policy,
    objective,
    constraints,
    split,
    parts,
    others,
    warnings,
    shapes: shapesOf({
      json,
      search,
      others,
      seen,
      readBy: (other) => (isReadAs(other, policy) ? table : readBy(other)),
    }),
    chain: modelChain(policy, seen),
    candidates: Math.max(1, options.candidates ?? DEFAULT_CANDIDATES),
    slices: seen.size / 2 ** (SLICES - 1) >= SHORTEST ? SLICES : 1,
  }
}

function isReadAs(other: Policy, policy: Policy): boolean {
  return other.classifier.extractor.key === policy.classifier.extractor.key
}

function splitOf({ table, messages, seed }: TuneOptions): Pick<Job, 'split' | 'warnings'> {
  const split = splitLog(table, seed)
  if (messages === undefined || messages.every((own) => own === undefined))
    return { split, warnings: [NO_TEXTS] }
  return purgeDuplicates(split, nearDuplicates(messages, seed))
}

export function arenaOf({ options, parts, objective, constraints }: Job, stretch: Stretch): Arena {
  const { table, qualityUnit } = options
  const part = { table: parts.of(table, stretch), baseline: parts.baseline(stretch) }
  return createArena(part, { objective, constraints, qualityUnit })
}

/** A candidate's policy file, and a part of the log as its classifier reads it. */
export function fileOf(
  { shapes, parts }: Job,
  { shape: index, knobs }: Pick<Candidate, 'shape' | 'knobs'>,
): FileOfShape {
  const shape = shapes[index]
  if (shape === undefined) throw new RangeError(`there is no shape ${index}`)
  return {
    shape,
    file: withKnobs(shape.json, shape.policy, knobs),
    tableOf: (part) => parts.of(shape.table, { part, slice: 0 }),
  }
}

export interface FileOfShape {
  readonly shape: Shape
  readonly file: Readonly<Record<string, unknown>>
  tableOf(part: Part): LogTable
}

/** What candidates of all shapes are tried on. */
export function trialInput(job: Job): TrialInput {
  const { parts, shapes, chain, options } = job
  const readers = [...new Set(shapes.map(({ table }) => table))]
  const sliceOf = (stretch: Stretch): Slice => ({
    arena: arenaOf(job, stretch),
    tables: readers.map((table) => parts.of(table, stretch)),
  })
  const slices = shapes.length === 1 ? 1 : job.slices
  return {
    slices: Array.from({ length: slices }, (_, slice) => sliceOf({ part: 'tune', slice })),
    shapes: shapes.map(({ json, start, table }) => ({ json, start, reader: readers.indexOf(table) })),
    chain,
    validate: sliceOf({ part: 'validate', slice: 0 }),
    seed: options.seed,
  }
}
