import { estimateBasis } from '../metrics/estimators/estimate-sentences.js'
import type { Arena, Trial } from './evaluate.js'
import { isSure, type Finalist, type Judged } from './choose.js'
import type { PartFigures } from './figures.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import type { Objective } from './objective.js'
import { isTailMetric } from './metrics.js'
import { ABOVE } from './tail.js'

/** A model of the policy asked for everything, under the same budgets, on the validate part. */
export interface JudgedSingle {
  readonly id: string
  readonly judged: Judged
}

export const NOTHING_TO_TUNE =
  'This policy has nothing to tune: its selector looks at no request, and it has neither a margin nor a reserve.'

export const NO_TEXTS =
  'No texts are known, so requests that nearly repeat earlier ones could not be left out of the held-out ones.'

export function sessionNote(unit: QualityUnit | undefined): string[] {
  if (unit !== 'session') return []
  return [
    'Quality is by session: of a candidate it is known where it answers at least 95 % of the sessions as the log did, so the search stays near what the log did.',
  ]
}

/** What a reader of the tuned policy must not miss, as sentences. Figures are of the validate part unless they say so. */
export function startNote(judged: readonly Finalist[], chosen: Finalist): string[] {
  const start = judged[0]
  if (start === undefined) return []
  if (chosen === start) return ['The policy as given is the best that was found: nothing was changed.']
  const kept = isSure(start)
    ? 'and keeps the constraints'
    : start.slack >= 0
      ? 'and keeps the constraints on average, but not surely'
      : 'and misses the constraints'
  return [
    `The policy as given ${figures(start)} ${kept}; the tuned one ${figures(chosen)} (both on validate).`,
  ]
}

/** The choice is not only one of numbers. */
export function shapeNote(name: string, shape: number): string[] {
  return shape === 0 ? [] : [`The tuned policy is of another kind than the one given: ${name}.`]
}

/** A router has to beat the plain choice of a model. */
export function fixedModelNotes(
  objective: Objective,
  chosen: Finalist | undefined,
  singles: readonly JudgedSingle[],
): string[] {
  const fit = singles
    .filter(({ judged }) => isSure(judged))
    .sort((a, b) => a.judged.trial.loss - b.judged.trial.loss)[0]
  if (fit === undefined) {
    return chosen === undefined ? ['No single model of the policy keeps the constraints either.'] : []
  }
  if (chosen === undefined) {
    return [`A fixed model keeps the constraints: ${fit.id} for everything ${figures(fit.judged)}.`]
  }
  if (fit.judged.trial.loss > chosen.trial.loss) return []
  return [
    `A fixed model is as good: ${fit.id} for everything ${figures(fit.judged)} and keeps the constraints, for “${objective.text}” no worse than the tuned policy.`,
  ]
}

/** What the held-out requests say of the router itself. */
export function testNotes({ metrics }: PartFigures): string[] {
  const skill =
    metrics.routingSkill === 'yes'
      ? []
      : [`No evidence of routing skill on the held-out requests. ${metrics.routingSkillBecause}`]
  const unsure =
    metrics.qualityCi === null && metrics.evidence.resampling.note !== null
      ? [`No interval on the held-out requests: ${metrics.evidence.resampling.note}.`]
      : []
  const sampled = estimateBasis(metrics.estimators).map((sentence) => `Held out. ${sentence}`)
  const estimated =
    sampled.length === 0 && metrics.evidence.costEstimatedShare > 0.01
      ? [
          `${percent(metrics.evidence.costEstimatedShare)} of the costs on the held-out requests are expected ones, not recorded.`,
        ]
      : []
  return [...skill, ...unsure, ...sampled, ...estimated]
}

/** Whether the constraints hold where nothing was chosen: the promise kept or broken. */
export function heldOutNote(trial: Trial, { constraints }: Arena): string {
  const broken = missed(trial, constraints)
  if (broken.length === 0) return 'The constraints hold on the held-out requests too.'
  return `NOT KEPT on the held-out requests: ${broken.join(', ')}.`
}

/** Why nothing was chosen: the closest candidate and what it misses. */
export function whyNone(near: Finalist | undefined, { constraints, clusters, table }: Arena): string {
  if (near === undefined) return 'No candidate could be judged on the validate part.'
  if (!clusters.sufficient)
    return `The constraints cannot be judged on the validate part: ${clusters.note ?? ''}.`
  const broken = missed(near.trial, constraints)
  if (broken.length > 0)
    return `No candidate keeps the constraints: the closest ${figures(near)} and misses ${broken.join(', ')}.`
  return `No candidate keeps the constraints surely: the closest ${figures(near)} and keeps them on average, but ${table.size} requests leave too much to luck. A longer log or a constraint with more room would settle it.`
}

function missed({ slacks }: Trial, constraints: Arena['constraints']): string[] {
  return slacks.flatMap(({ firm, value }, index) => {
    const constraint = constraints[index]
    if (firm || constraint === undefined) return []
    if (Number.isNaN(value)) return [`${constraint.text} (unknown for too many requests)`]
    return value < -1e-12 ? [`${constraint.text} (${missedBy(value, constraint)})`] : []
  })
}

/** Of a percentile it is known how many requests are on the wrong side of it, and not by how far. */
function missedBy(value: number, { metric, op }: Arena['constraints'][number]): string {
  if (!isTailMetric(metric)) return `by ${Number((-value).toPrecision(2))}`
  const above = op === '<=' ? ABOVE - value : ABOVE + value
  return `above it are ${percent(above)} of the requests, ${op === '<=' ? 'at most' : 'at least'} ${100 * ABOVE} % may`
}

function figures({ trial: { costUsd, quality } }: Judged): string {
  const cost = Number.isNaN(costUsd) ? 'an unknown amount' : `$${(costUsd * 1000).toPrecision(3)}`
  const worth = Number.isNaN(quality) ? 'unknown' : percent(quality)
  return `costs ${cost} per 1,000 requests at quality ${worth}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
