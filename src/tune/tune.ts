import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import type { Message } from '../core/request.js'
import { convexHull } from '../metrics/hull.js'
import type { Point, Tuning } from '../metrics/result.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import { closest, finalists, judge, winner, type Finalist } from './choose.js'
import { createArena, tryFile, type Arena } from './evaluate.js'
import { asPrediction, measurePart, type PartFigures } from './figures.js'
import { hasKnobs, knobsOf, withKnobs, type Knobs } from './knobs.js'
import {
  fixedModelNotes,
  heldOutNote,
  NO_TEXTS,
  NOTHING_TO_TUNE,
  sessionNote,
  startNote,
  testNotes,
  whyNone,
} from './notes.js'
import { nearDuplicates } from './near-duplicates/near-duplicates.js'
import { purgeDuplicates } from './near-duplicates/purge-duplicates.js'
import { parseConstraints, parseObjective, type Constraint, type Objective } from './objective.js'
import { partOf, type TuneBaseline } from './parts.js'
import { budgetNote, requireDrawn, requireEvidence, requireRows, requireSegments } from './preconditions.js'
import { best, search, type Candidate } from './search.js'
import { splitLog, type Part, type Split } from './split.js'
import { selectionBias, type SelectionBias } from './selection-bias.js'
import { trialsHere, type OpenTrials } from './trial.js'
import { tunedFile } from './tuned-file.js'

export interface TuneOptions {
  /** Loaded with the policy's own extractor. */
  readonly table: LogTable
  /** What was asked, by row, undefined where the log has no text: requests that nearly repeat earlier ones are then no test. */
  readonly messages?: readonly (readonly Message[] | undefined)[]
  /** The policy file as parsed JSON. */
  readonly policyJson: unknown
  readonly baseline: TuneBaseline
  /** `min cost`, `max quality - 5 * cost`: see `parseObjective`. */
  readonly objective: string
  /** `quality >= 0.98 * baseline`: see `parseConstraints`. */
  readonly constraints: readonly string[]
  readonly seed: number
  /** Whose quality is averaged; requests' where it is left out. */
  readonly qualityUnit?: QualityUnit | undefined
  /** Policies replayed on the tune part. */
  readonly candidates?: number
  /** Where the caller will write the policy: shown in the result. */
  readonly file?: string
  /** For the policy's `createdAt`; left out by default, so that the same log and seed give the same bytes. */
  readonly createdAt?: string
  /** `best`: on the tune part, undefined while no candidate keeps the constraints there. */
  readonly onProgress?: (done: number, total: number, best: Candidate | undefined) => void
  /** Where candidates are tried; in this thread by default. The result is the same. */
  readonly openTrials?: OpenTrials
  /** Ends the search early: the result is the best of what was tried until then. */
  readonly signal?: AbortSignal
}

export type TuneResult =
  | {
      readonly kind: 'tuned'
      readonly tuning: Tuning
      readonly policyJson: Readonly<Record<string, unknown>>
      readonly notes: readonly string[]
    }
  | {
      /** Nothing keeps the constraints. The test part was not looked at. */
      readonly kind: 'none'
      readonly because: string
      readonly candidates: number
      readonly objective: string
      readonly constraints: readonly string[]
      readonly split: Tuning['split']
      readonly closest: { readonly costUsd: number | null; readonly quality: number | null } | null
      readonly frontier: readonly Point[]
      readonly notes: readonly string[]
    }

const DEFAULT_CANDIDATES = 200
const FINALISTS = 20
/**
 * Searches a policy's knobs (weights, boundaries, thresholds, shares, margin, reserves) for the objective under the
 * constraints. Candidates are searched on the first part of the log, the winner is chosen on the second, where its
 * constraints must hold with a margin for luck, and its figures come from the third, which nothing else reads.
 * Deterministic.
 * @throws InputError for what cannot be read, or when the log cannot tell what is asked.
 */
export async function tune(options: TuneOptions): Promise<TuneResult> {
  const job = createJob(options)
  const candidates = await searched(job)
  const validate = arenaOf(job, 'validate')
  const judged = finalists(candidates, FINALISTS).map((candidate): Finalist => {
    const trial = tryFile(validate, withKnobs(job.json, job.policy, candidate.knobs))
    job.advance(candidate)
    return { candidate, ...judge(validate, trial, options.seed) }
  })
  const singles = job.policy.models.map(({ id }) => ({
    id,
    judged: judge(validate, tryFile(validate, fixedModel(job.json, id)), options.seed),
  }))
  const summary = { ...summaryOf(job), candidates: candidates.length, frontier: frontierOf(judged) }
  const chosen = winner(judged)
  const fixed = fixedModelNotes(job.objective, chosen, singles)
  if (chosen !== undefined) {
    const bias = selectionBias(judged, validate.clusters, options.seed)
    const notes = [...startNote(judged, chosen), ...fixed]
    return tuned(job, { knobs: chosen.candidate.knobs, bias }, summary, notes)
  }
  const near = closest(judged)
  return {
    kind: 'none',
    ...summary,
    because: whyNone(near, validate),
    closest: near === undefined ? null : pointOf(near),
    notes: [
      ...sessionNote(options.qualityUnit),
      ...fixed,
      ...budgetNote(job.policy, job.split),
      ...job.warnings,
    ],
  }
}

/** What every step works on. */
interface Job {
  readonly options: TuneOptions
  readonly json: Readonly<Record<string, unknown>>
  readonly policy: Policy
  readonly objective: Objective
  readonly constraints: readonly Constraint[]
  readonly split: Split
  /** What is to be said of the split. */
  readonly warnings: readonly string[]
  readonly candidates: number
  readonly advance: (best: Candidate | undefined) => void
}

type Summary = Pick<Tuning, 'candidates' | 'objective' | 'constraints' | 'split' | 'frontier'>

function createJob(options: TuneOptions): Job {
  const objective = parseObjective(options.objective)
  const constraints = parseConstraints(options.constraints)
  const policy = parsePolicy(options.policyJson)
  const named = [...objective.terms.map((term) => ({ ...term, text: objective.text })), ...constraints]
  requireEvidence(options.table, policy, { ...options, named })
  const { split, warnings } = splitOf(options)
  requireRows(split)
  requireDrawn(options.table, split)
  requireSegments(options.table, split, named)
  const candidates = Math.max(1, options.candidates ?? DEFAULT_CANDIDATES)
  const total = candidates + FINALISTS
  let done = 0
  return {
    options,
    json: options.policyJson as Readonly<Record<string, unknown>>,
    policy,
    objective,
    constraints,
    split,
    warnings,
    candidates,
    advance: (best) => options.onProgress?.(Math.min(++done, total), total, best),
  }
}

function splitOf({ table, messages, seed }: TuneOptions): Pick<Job, 'split' | 'warnings'> {
  const split = splitLog(table, seed)
  if (messages === undefined || messages.every((own) => own === undefined))
    return { split, warnings: [NO_TEXTS] }
  return purgeDuplicates(split, nearDuplicates(messages, seed))
}

function arenaOf({ options, split, objective, constraints }: Job, part: Part): Arena {
  const { qualityUnit } = options
  return createArena(partOf(options, split, part), { objective, constraints, qualityUnit })
}

async function searched(job: Job): Promise<readonly Candidate[]> {
  const { json, policy, candidates, options, split } = job
  const arena = arenaOf(job, 'tune')
  const validateShare = split.rows.validate.length / arena.table.size
  const trials = (options.openTrials ?? trialsHere)({ arena, json, validateShare })
  return search({
    arena,
    json,
    policy,
    start: knobsOf(policy),
    candidates,
    seed: options.seed,
    tryKnobs: trials.tryKnobs,
    signal: options.signal,
    onCandidate: (found) => job.advance(keeping(found)),
  }).finally(() => trials.close())
}

/** The best that keeps the constraints on the tune part, if any does. */
function keeping(found: readonly Candidate[]): Candidate | undefined {
  const leader = best(found, 'aimed')
  return leader.aimed >= 0 ? leader : undefined
}

/** The first look at the test part: by now the choice is made. */
function tuned(
  job: Job,
  { knobs, bias }: { readonly knobs: Knobs; readonly bias: SelectionBias },
  summary: Summary,
  notes: readonly string[],
): TuneResult {
  const { options, policy, split } = job
  const file = withKnobs(job.json, policy, knobs)
  const measure = (part: Part): PartFigures => {
    const { table, baseline } = partOf(options, split, part)
    const { seed, qualityUnit } = options
    const { label } = options.baseline
    return measurePart({ table, policy: parsePolicy(file), baseline, label, seed, qualityUnit })
  }
  const { validate, test: unseen } = split.rows
  const promised = asPrediction(measure('validate').estimate, {
    here: validate.length,
    there: unseen.length,
    bias,
  })
  const heldOut = measure('test')
  const test = arenaOf(job, 'test')
  const policyJson = tunedFile({ options, policy, knobs, summary, promised, heldOut })
  return {
    kind: 'tuned',
    policyJson,
    tuning: {
      policyId: policyJson.policyId,
      contentHash: policyJson.contentHash,
      file: options.file ?? '',
      ...summary,
      promised,
      heldOut: heldOut.estimate,
    },
    notes: [
      heldOutNote(tryFile(test, file), test),
      ...sessionNote(options.qualityUnit),
      ...(hasKnobs(knobs) ? [] : [NOTHING_TO_TUNE]),
      ...notes,
      ...testNotes(heldOut),
      ...budgetNote(policy, split),
      ...job.warnings,
    ],
  }
}

/** The policy with one of its models asked for everything: same limits, budgets and reservations. */
function fixedModel(json: Readonly<Record<string, unknown>>, id: string): Record<string, unknown> {
  const { contentHash: _old, ...rest } = json
  return { ...rest, policyId: `model:${id}`, selector: { kind: 'fixed', model: id } }
}

function summaryOf({ objective, constraints, split: { rule, rows } }: Job) {
  return {
    objective: objective.text,
    constraints: constraints.map(({ text }) => text),
    split: { rule, tune: rows.tune.length, validate: rows.validate.length, test: rows.test.length },
  }
}

function pointOf({ trial }: Finalist): { costUsd: number | null; quality: number | null } {
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value)
  return { costUsd: known(trial.costUsd), quality: known(trial.quality) }
}

function frontierOf(judged: readonly Finalist[]): readonly Point[] {
  const points = judged.flatMap(({ candidate, trial: { costUsd, quality } }) =>
    Number.isNaN(costUsd) || Number.isNaN(quality) ? [] : [{ label: candidate.label, costUsd, quality }],
  )
  return convexHull(points)
}
