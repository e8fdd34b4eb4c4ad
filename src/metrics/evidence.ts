import type { AssessmentCounts } from '../replay/assessments.js'
import type { ScoreCounts } from '../replay/scoring.js'
import type { LogTable } from '../core/log-table.js'
import {
  FLAG_LATENCY_ESTIMATED,
  FLAG_NO_OUTCOME,
  FLAG_QUALITY_ESTIMATED,
  type Steps,
} from '../replay/steps.js'
import type { Clusters } from './clusters.js'
import { costEstimatedShare, ESTIMATES_ALLOWED } from './cost-basis.js'
import { KNOWN_ENOUGH } from './contributions.js'
import { evidenceMode } from './evidence-mode.js'
import type { QualitySummary } from './quality.js'
import { estimateBasis, identificationOf } from './estimators/estimate-sentences.js'
import type { Estimators, Evidence, EvidenceMode } from './result.js'
import type { Sessions } from './sessions.js'
import type { TrajectoryEffect } from './trajectory.js'

export interface EvidenceInput {
  readonly table: LogTable
  readonly steps: Steps
  readonly quality: QualitySummary
  readonly trajectory: TrajectoryEffect
  /** Where quality is judged by session. */
  readonly sessions: Sessions | undefined
  readonly clusters: Clusters
  readonly replicates: number
  /** Policies in the comparison, the baseline not counted. */
  readonly compared: number
  /** What the best fixed mix of all the log's models is worth at this run's cost; null where unknown. */
  readonly bestMixQuality: number | null
  /** Share of the baseline's costs that are estimated; 0 for the baseline itself. */
  readonly baselineEstimatedShare: number
  readonly estimators: Estimators | undefined
  /** What is known of a policy that was chosen on this log. */
  readonly heldOut: readonly string[]
  /** Faults were injected into the run. */
  readonly faulty: boolean
  /** Of a cascade. */
  readonly scores: ScoreCounts | undefined
  /** Of policies that ask a service. */
  readonly assessments: AssessmentCounts | undefined
}

const MODE_SENTENCES: Readonly<Record<EvidenceMode, string>> = {
  'full-matrix':
    'The log has an outcome of every model that this policy may ask, on nearly every request: quality is looked up, not guessed.',
  'logged-propensity':
    'The log has the outcome of one model per request, partly chosen by lot with known chances.',
  'logged-deterministic':
    'The log does not have every model on every request, and no model was chosen by lot: what another model would have answered is not identified, only bounds are.',
  'cost-only': 'The log has no quality at all: costs and budgets can be judged, quality cannot.',
}

const SAMPLED =
  'The log has the answer of the model called, and of others those to a sample of the requests, drawn with known chances.'

/** Of what is not identified the refusal of the estimators tells. */
const TRAJECTORY_SENTENCES: Readonly<Record<TrajectoryEffect, readonly string[]>> = {
  none: [],
  'not identified': [],
  'logged prompts': [
    'Some requests are off the trajectory: they come after one of their session that another model answered than in the log. The recorded answers were given to the logged conversations, so quality holds for these prompts, and not for what users would have asked next.',
  ],
  few: [
    'At most 5 % of the requests come after one of their session that another model answered than in the log: they are taken as the log has them.',
  ],
  'once a session': [
    'One model is chosen for a whole session, so sessions differ from those of the log as a whole and never midway; later prompts are still those of the log.',
  ],
}

/** What the figures of one run stand on, in numbers and in sentences for people. */
export function evidence(input: EvidenceInput): Evidence {
  const { table, steps, quality, clusters, replicates, sessions } = input
  const models = steps.models.map((model) => model.id)
  const mode = sessions === undefined ? evidenceMode(table, models) : 'logged-deterministic'
  const shares = {
    knownShare: quality.knownShare,
    costEstimatedShare: costEstimatedShare(steps),
    latencyEstimatedShare: flagShare(steps, FLAG_LATENCY_ESTIMATED),
    noOutcomeShare: flagShare(steps, FLAG_NO_OUTCOME),
  }
  const { unit, units, note, sufficient } = clusters
  return {
    mode,
    identification: identificationOf(quality.knownShare, input.estimators),
    ...shares,
    qualityBounds: quality.bounds,
    resampling: { unit, units, replicates: sufficient ? replicates : 0, note },
    sentences: [
      ...(sessions === undefined ? [modeSentence(mode, table)] : sessionSentences(sessions, table)),
      ...estimateBasis(input.estimators),
      ...(input.estimators?.refused.quality === null ? [] : knownSentences(quality, mode, sessions)),
      ...(sessions === undefined ? TRAJECTORY_SENTENCES[input.trajectory] : []),
      ...input.heldOut,
      ...estimateSentences(shares, input.estimators?.refused.cost === null),
      ...unknownCostSentences(steps),
      ...(input.estimators?.refused.cost === null
        ? []
        : guessSentences(shares.costEstimatedShare, input.baselineEstimatedShare)),
      ...truncationSentences(flagShare(steps, FLAG_QUALITY_ESTIMATED)),
      ...betterMixSentences(quality.quality, input.bestMixQuality),
      ...intervalSentences(input),
      ...faultSentences(input.faulty),
      ...scoreSentences(input.scores),
      ...assessmentSentences(input.assessments),
      ...(table.arrivals === 'synthetic'
        ? ['The log has no times: arrivals are synthetic, so budgets through time are a what-if.']
        : []),
    ],
  }
}

function flagShare(steps: Steps, flag: number): number {
  let count = 0
  for (const flags of steps.flags) if ((flags & flag) !== 0) count++
  return steps.size === 0 ? 0 : count / steps.size
}

function modeSentence(mode: EvidenceMode, { sampled }: LogTable): string {
  return mode === 'logged-propensity' && sampled !== undefined ? SAMPLED : MODE_SENTENCES[mode]
}

function sessionSentences({ count, quality, of }: Sessions, { size }: LogTable): string[] {
  const known = quality.reduce((all, value) => (Number.isNaN(value) ? all : all + 1), 0)
  const outside = of.reduce((all, session) => (session < 0 ? all + 1 : all), 0)
  return [
    `Quality is by session: the mean over ${count.toLocaleString('en-US')} sessions of what each came to, which the log says of ${known.toLocaleString('en-US')}. It holds for a policy where every request of the session is answered as logged, by the same model and whole; a session of which nothing is answered counts as unserved, and any other is unknown.`,
    ...(outside === 0
      ? []
      : [
          `${percent(outside / size)} of the requests belong to no session, or to one that is too young: they are in the costs and in no quality.`,
        ]),
  ]
}

function knownSentences(
  { knownShare, bounds }: QualitySummary,
  mode: EvidenceMode,
  sessions: Sessions | undefined,
): string[] {
  const unit = sessions === undefined ? 'requests' : 'sessions'
  if (knownShare === 1 || mode === 'cost-only') return []
  const range = `between ${bounds[0].toFixed(3)} and ${bounds[1].toFixed(3)} whatever the unknown answers were worth`
  return knownShare >= KNOWN_ENOUGH
    ? [`Quality is known for ${percent(knownShare)} of the ${unit}; over all of them it is ${range}.`]
    : [
        `Quality is known for only ${percent(knownShare)} of the ${unit} (${percent(KNOWN_ENOUGH)} are needed for a figure): it is ${range}.`,
      ]
}

function estimateSentences(
  shares: Pick<Evidence, 'costEstimatedShare' | 'latencyEstimatedShare' | 'noOutcomeShare'>,
  isCostWeighted: boolean,
): string[] {
  const { costEstimatedShare, latencyEstimatedShare, noOutcomeShare } = shares
  const sentences: string[] = []
  if (noOutcomeShare > 0) {
    sentences.push(
      `For ${percent(noOutcomeShare)} of the requests the log has no outcome of the model that this policy asks.`,
    )
  }
  if (costEstimatedShare > 0 && !isCostWeighted) {
    sentences.push(
      `The cost of ${percent(costEstimatedShare)} of the requests is estimated from prices and expected length, not recorded.`,
    )
  }
  if (latencyEstimatedShare > 0) {
    sentences.push(
      `The latency of ${percent(latencyEstimatedShare)} of the requests is the policy's expectation.`,
    )
  }
  return sentences
}

function unknownCostSentences({ size, costNanoUsd }: Steps): string[] {
  const unknown = costNanoUsd.reduce((count, cost) => (Number.isNaN(cost) ? count + 1 : count), 0)
  return unknown === 0 ? [] : [`The cost of ${percent(unknown / size)} of the requests is unknown.`]
}

/** Resamples know the luck of the draw, and nothing of how wrong a guess is. */
function guessSentences(own: number, baseline: number): string[] {
  const unknown = 'resamples do not know how wrong an estimate is.'
  if (own > ESTIMATES_ALLOWED)
    return [`So many of its costs are estimated that cost and savings have no interval: ${unknown}`]
  if (baseline > ESTIMATES_ALLOWED) {
    return [
      `The baseline's cost is estimated for ${percent(baseline)} of the requests, so savings have no interval: ${unknown}`,
    ]
  }
  return []
}

function truncationSentences(share: number): string[] {
  if (share === 0) return []
  return [
    `For ${percent(share)} of the requests quality is a rule, not a record: the answer would have been cut off at the length that was granted.`,
  ]
}

/** Skill is judged against a run's own models; the log may hold better ones. */
function betterMixSentences(quality: number | null, bestMix: number | null): string[] {
  if (quality === null || bestMix === null || bestMix <= quality + 1e-9) return []
  return [
    `At this cost a fixed mix of the log's models, with no look at the request, is worth ${bestMix.toFixed(3)}: more than this policy.`,
  ]
}

function intervalSentences({ clusters, replicates, compared }: EvidenceInput): string[] {
  const { unit, units, note, sufficient } = clusters
  const because = note === null ? '' : ` (${note})`
  if (!sufficient) return [`No intervals are given${because}.`]
  const sentences = [
    `Intervals are 95 %, from ${replicates.toLocaleString('en-US')} resamples of ${units.toLocaleString('en-US')} ${unit}${because}, and hold for traffic like this log's.`,
  ]
  if (compared > 1) {
    sentences.push(
      `${compared} policies are compared: each interval stands at 95 % on its own, and the best of several looks better than it is.`,
    )
  }
  return sentences
}

/** The references are looked up in the log, where nothing was broken. */
function faultSentences(faulty: boolean): string[] {
  if (!faulty) return []
  return [
    'Faults were injected into this replay: costs are what the provider bills, of calls that broke off or failed what they had used by then; the pools are charged the reservations of lost and failed calls, so they may hold more than was billed. The single models, their mixes and the shuffled decisions are without faults.',
  ]
}

function assessmentSentences(counts: AssessmentCounts | undefined): string[] {
  if (counts === undefined) return []
  const { service, recorded, failed } = counts
  const all = (recorded + failed).toLocaleString('en-US')
  const because =
    failed === 0
      ? ''
      : ` On ${failed.toLocaleString('en-US')} of them the log has none, or it came too late: the rules assessed, and what was reserved was charged.`
  return [
    `The service ${service} was asked about ${all} requests; what it answered is what the log recorded.${because}`,
  ]
}

function scoreSentences(scores: ScoreCounts | undefined): string[] {
  if (scores === undefined) return []
  const { scorer, recorded, simulated, missing, errorRate } = scores
  const all = recorded + simulated + missing
  if (all === 0) return []
  const share = (count: number): string => percent(count / all)
  return [
    `A cascade: ${all.toLocaleString('en-US')} answers were scored (${scorer}), ${share(recorded)} of them by what the log says of them.`,
    ...(simulated === 0
      ? []
      : [
          `Simulated, not deployable: ${share(simulated)} of the scores come from a scorer that knows which answers are right and errs on ${percent(errorRate ?? 0)} of them.`,
        ]),
    ...(missing === 0
      ? []
      : [`Of ${share(missing)} of the answers no score is known: the next rung was asked.`]),
    'The time of a cascade is the sum of its rungs. The shuffled decisions hand out the same models without the rungs below them.',
  ]
}

/** Never rounds a small share to 0, or an incomplete one to 100. */
function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 0.1) return 'less than 0.1 %'
  if (value < 100 && value > 99.9) return 'more than 99.9 %'
  return `${Number(value.toFixed(1))} %`
}
