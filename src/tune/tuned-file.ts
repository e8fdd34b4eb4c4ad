import { sealPolicy, type Policy } from '../core/policy.js'
import { savedShare } from '../metrics/savings.js'
import type { TuneEstimate, Tuning } from '../metrics/result.js'
import type { PartFigures } from './figures.js'
import type { TuneOptions } from './tune.js'

export interface TunedFileInput {
  readonly options: TuneOptions
  /** The policy as given. */
  readonly parent: Policy
  /** The chosen one. */
  readonly file: Readonly<Record<string, unknown>>
  /** What its classifier was learned from, if somebody says. */
  readonly learnedFrom: unknown
  readonly summary: Pick<Tuning, 'candidates' | 'objective' | 'constraints' | 'split'>
  readonly promised: TuneEstimate
  readonly heldOut: PartFigures
}

export type TunedFile = Readonly<Record<string, unknown>> & {
  readonly policyId: string
  readonly contentHash: string
}

/** The tuned policy as a sealed file: it names its parent, what it was chosen on, and what unseen requests gave. */
export function tunedFile(input: TunedFileInput): TunedFile {
  const { options, parent, file, heldOut } = input
  const { createdAt: _old, ...chosen } = file
  const sealed = sealPolicy({
    ...chosen,
    policyId: `${parent.policyId}-tuned`,
    parentId: parent.policyId,
    description: description(input),
    ...(options.createdAt === undefined ? {} : { createdAt: options.createdAt }),
    evidence: evidence(input),
    forecast: forecast(heldOut, options.qualityUnit === 'session'),
  })
  return sealed as TunedFile
}

function description({ parent, summary }: TunedFileInput): string {
  const { objective, constraints } = summary
  const subject = constraints.length === 0 ? '' : ` subject to ${constraints.join(', ')}`
  return `${parent.policyId}, tuned for ${objective}${subject}.`
}

/** Figures of the test part, next to what the validate part had promised. */
function evidence({
  options,
  learnedFrom,
  summary,
  promised,
  heldOut,
}: TunedFileInput): Record<string, unknown> {
  const { metrics, baseline } = heldOut
  return {
    logHash: options.table.hash,
    arrivals: options.table.arrivals,
    syntheticData: options.table.syntheticData === true,
    split: summary.split.rule,
    requests: { tune: summary.split.tune, validate: summary.split.validate, test: summary.split.test },
    ...(learnedFrom === undefined ? {} : { learnedFrom }),
    seed: options.seed,
    mode: metrics.evidence.mode,
    ...(options.qualityUnit === 'session' ? { qualityUnit: 'session' } : {}),
    objective: summary.objective,
    constraints: summary.constraints,
    candidates: summary.candidates,
    baseline: { label: options.baseline.label, costUsd: baseline.meanCostUsd, quality: baseline.quality },
    metrics: {
      costUsd: metrics.meanCostUsd,
      quality: metrics.quality,
      qualityDelta: metrics.qualityDelta,
      savedShare: savedShare(metrics),
      servedShare: metrics.servedShare,
      rejectShare: heldOut.rejectShare,
      downgradedShare: metrics.downgraded / Math.max(1, metrics.offered),
      latencyMs: metrics.latencyMs,
      overspendUsd: metrics.budget.overspendUsd,
    },
    intervals: {
      costUsd: metrics.costCi,
      quality: metrics.qualityCi,
      qualityDelta: metrics.qualityDeltaCi,
      savedShare: metrics.savingsCi,
      rejectShare: heldOut.rejectInterval,
    },
    promised,
    heldOut: heldOut.estimate,
    routingSkill: metrics.routingSkill,
    capGuarantee: metrics.budget.capGuarantee,
  }
}

/**
 * What production should look like: [low, mean, high] with the 95 % interval of the test part, and its profile, which
 * `tollgate drift` holds decision logs against.
 */
function forecast(
  { metrics, estimate, rejectShare, rejectInterval, profile }: PartFigures,
  isBySession: boolean,
): Record<string, unknown> {
  return {
    costPerRequestUsd: around(estimate.costUsd, estimate.costInterval),
    // Decision logs are held against the quality of requests.
    quality: isBySession ? [null, null, null] : around(estimate.quality, estimate.qualityInterval),
    modelShare: metrics.modelShare,
    rejectShare: around(rejectShare, rejectInterval),
    profile,
  }
}

function around(mean: number | null, interval: readonly [number, number] | null): (number | null)[] {
  return [interval?.[0] ?? null, mean, interval?.[1] ?? null]
}
