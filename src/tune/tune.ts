import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import type { Message } from '../core/request.js'
import { convexHull } from '../metrics/hull.js'
import type { Point, Tuning } from '../metrics/result.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import { closest, finalists, winner, type Finalist, type Judged } from './choose.js'
import { tryFile, type Arena } from './evaluate.js'
import { asPrediction, measurePart, type PartFigures } from './figures.js'
import { arenaOf, createJob, fileOf, trialInput, type Job } from './job.js'
import { hasKnobs } from './knobs.js'
import {
  fixedModelNotes,
  heldOutNote,
  NOTHING_TO_TUNE,
  sessionNote,
  shapeNote,
  startNote,
  testNotes,
  whyNone,
} from './notes.js'
import type { TuneBaseline } from './parts.js'
import { budgetNote } from './preconditions.js'
import { best, type Candidate } from './queue.js'
import { search, type Found } from './search.js'
import { learnedFrom, seenNote } from './seen-note.js'
import { selectionBias, type SelectionBias } from './selection-bias.js'
import type { Searchable } from './shapes/shapes.js'
import type { Shape } from './shapes/shape.js'
import type { Part } from './split.js'
import { trialsHere, type OpenTrials, type Trials } from './trial.js'
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
  /** How many replays of the tune part to spend; one of a part of it counts as much of one. */
  readonly candidates?: number
  /** Where the caller will write the policy: shown in the result. */
  readonly file?: string
  /** For the policy's `createdAt`; left out by default, so that the same log and seed give the same bytes. */
  readonly createdAt?: string
  readonly onProgress?: (done: number, total: number, sofar: SoFar) => void
  /** What is searched beside the policy's numbers: `SEARCHED_BY_DEFAULT` where left out. */
  readonly search?: readonly Searchable[]
  /** Policy files of the same models whose classifiers and scorers may be taken. */
  readonly classifiers?: readonly unknown[]
  /** The log as another classifier reads it; without it, only classifiers that read what `table` holds are tried. */
  readonly readBy?: (policy: Policy) => LogTable
  /** Where candidates are tried; in this thread by default. The result is the same. */
  readonly openTrials?: OpenTrials
  /** Ends the search early: the result is the best of what was tried until then. */
  readonly signal?: AbortSignal
}

/** What a search has found, on the tune part. */
export interface SoFar {
  /** Undefined while no candidate keeps the constraints. */
  readonly best: Candidate | undefined
  readonly frontier: readonly Point[]
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

const FINALISTS = 20

/**
 * Searches what a policy may become (its numbers, and other selectors, classifiers and ladders that can work with its models) for
 * the objective under the constraints. Candidates are searched on the first part of the log, the winner is chosen on the second, where
 * its constraints must hold with a margin for luck, and its figures come from the third, which nothing else reads.
 * Deterministic.
 * @throws InputError for what cannot be read, or when the log cannot tell what is asked.
 */
export async function tune(options: TuneOptions): Promise<TuneResult> {
  const job = createJob(options)
  const input = trialInput(job)
  const trials = (options.openTrials ?? trialsHere)(input)
  const tried = tryAll(job, trials)
  // Threads end while the choice is made.
  const closed = tried.then(trials.close, trials.close)
  const chosen = tried.then((all) => chosenOf(job, all, input.validate.arena))
  return chosen.finally(() => closed)
}

function chosenOf(job: Job, { found, judged, singles }: Tried, validate: Arena): TuneResult {
  const { options } = job
  const summary = {
    ...summaryOf(job),
    candidates: found.reduce((sum, one) => sum + one.tried, 0),
    frontier: frontierOf(judged.map(onValidate)),
  }
  const chosen = winner(judged)
  const fixed = fixedModelNotes(job.objective, chosen, singles)
  if (chosen !== undefined) {
    const bias = selectionBias(judged, validate.clusters, options.seed)
    const notes = [...startNote(judged, chosen), ...fixed]
    return tuned(job, { candidate: chosen.candidate, bias }, summary, notes)
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

type Summary = Pick<Tuning, 'candidates' | 'objective' | 'constraints' | 'split' | 'frontier'>

interface Tried {
  readonly found: readonly Found[]
  readonly judged: readonly Finalist[]
  /** Each model asked for everything. */
  readonly singles: readonly { readonly id: string; readonly judged: Judged }[]
}

async function tryAll(job: Job, trials: Trials): Promise<Tried> {
  const found = await searched(job, trials)
  const candidates = found.flatMap((one) => one.candidates)
  const places = Math.ceil(FINALISTS / found.length)
  let done = 0
  const judged = found
    .flatMap((one) => finalists(one.candidates, places))
    .map(async (candidate): Promise<Finalist> => {
      const { file } = fileOf(job, candidate)
      const own = await trials.judge({ file, shape: candidate.shape })
      advance(job, candidates, job.candidates + ++done)
      return { candidate, ...own }
    })
  const singles = job.policy.models.map(async ({ id }) => ({
    id,
    judged: await trials.judge({ file: fixedModel(job.json, id), shape: 0 }),
  }))
  const [all, fixed] = await Promise.all([Promise.all(judged), Promise.all(singles)])
  return { found, judged: all, singles: fixed }
}

/**
 * One search for each classifier, with an equal share of the candidates. What was learned on this log has seen the requests that are
 * searched on: there it looks better than it is, so classifiers meet on validate only.
 */
async function searched(job: Job, trials: Trials): Promise<readonly Found[]> {
  const { shapes, candidates, options, slices } = job
  const groups = byClassifier(shapes).slice(0, candidates)
  const each = Math.floor(candidates / groups.length)
  const done: Found[] = []
  for (const members of groups) {
    const before = done.flatMap((one) => one.candidates)
    const found = await search({
      shapes,
      members,
      lineOf: trials.line,
      slices,
      candidates: each,
      seed: options.seed,
      tryOne: trials.attempt,
      signal: options.signal,
      onCandidate: (own, spent) =>
        advance(job, [...before, ...own], each * done.length + Math.min(spent, each)),
    })
    done.push(found)
  }
  return done
}

/** Places of the shapes that have the same classifier, as given first. */
function byClassifier(shapes: readonly Shape[]): readonly (readonly number[])[] {
  const places = new Map<string, number[]>()
  shapes.forEach(({ policy }, place) => {
    const { key } = policy.classifier.extractor
    places.set(key, [...(places.get(key) ?? []), place])
  })
  return [...places.values()]
}

function advance({ options, candidates }: Job, found: readonly Candidate[], done: number): void {
  const total = candidates + FINALISTS
  options.onProgress?.(Math.min(Math.round(done), total), total, {
    best: keeping(found),
    frontier: frontierOf(found),
  })
}

/** The best that keeps the constraints on the tune part, if any does. */
function keeping(found: readonly Candidate[]): Candidate | undefined {
  const leader = best(found, 'aimed')
  return leader.aimed >= 0 ? leader : undefined
}

/** The first look at the test part: by now the choice is made. */
function tuned(
  job: Job,
  { candidate, bias }: { readonly candidate: Candidate; readonly bias: SelectionBias },
  summary: Summary,
  notes: readonly string[],
): TuneResult {
  const { options, parts, split } = job
  const { shape, file, tableOf } = fileOf(job, candidate)
  const policy = parsePolicy(file)
  const measure = (part: Part): PartFigures => {
    const baseline = parts.baseline({ part, slice: 0 })
    const { seed, qualityUnit } = options
    const { label } = options.baseline
    return measurePart({ table: tableOf(part), policy, baseline, label, seed, qualityUnit })
  }
  const { validate, test: unseen } = split.rows
  const promised = asPrediction(measure('validate').estimate, {
    here: validate.length,
    there: unseen.length,
    bias,
  })
  const heldOut = measure('test')
  const test = arenaOf(job, { part: 'test', slice: 0 })
  const sources = [job.policy, ...job.others]
  const policyJson = tunedFile({
    options,
    parent: job.policy,
    file,
    learnedFrom: learnedFrom(policy, sources),
    summary,
    promised,
    heldOut,
  })
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
      heldOutNote(tryFile(test, file, tableOf('test')), test),
      ...sessionNote(options.qualityUnit),
      ...shapeNote(shape.name, candidate.shape),
      ...(job.shapes.length > 1 || hasKnobs(candidate.knobs) ? [] : [NOTHING_TO_TUNE]),
      ...notes,
      ...testNotes(heldOut),
      ...budgetNote(policy, split),
      ...seenNote(policy, sources, options),
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

function onValidate({ candidate, trial: { costUsd, quality } }: Finalist): Candidate {
  return { ...candidate, costUsd, quality }
}

function pointOf({ trial }: Finalist): { costUsd: number | null; quality: number | null } {
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value)
  return { costUsd: known(trial.costUsd), quality: known(trial.quality) }
}

/** What any mix of these reaches, by cost. */
function frontierOf(found: readonly Candidate[]): readonly Point[] {
  const points = found.flatMap(({ label, costUsd, quality }) =>
    Number.isNaN(costUsd) || Number.isNaN(quality) ? [] : [{ label, costUsd, quality }],
  )
  return convexHull(points)
}
