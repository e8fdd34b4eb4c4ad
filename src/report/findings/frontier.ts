import type { LogSummary } from '../../metrics/result.js'
import type { ClassifierFrontier, FrontierResult, SimulatedCascade } from '../../tune/frontier.js'
import type { Gain, MatchedSaving } from '../../tune/frontier/judge.js'
import {
  count,
  money,
  percent,
  percentInterval,
  plainName,
  pointsInterval,
  points,
  UNKNOWN,
} from '../format.js'
import { moneyScale, scaled, type MoneyScale } from '../monthly.js'

/** What `tollgate frontier` found, and where. */
export interface FrontierReport extends FrontierResult {
  readonly log: LogSummary
  readonly filters: readonly string[]
  readonly scaleToRequestsPerDay: number | null
}

/** The answer: money first, then whether a classifier is worth having. */
export function frontierSentences(report: FrontierReport): readonly string[] {
  const scale = moneyScale(report)
  const cost = (usd: number): string => `${money(scaled(usd, scale))} ${scale.unit}`
  const { bestSingle } = report
  const alone = `${plainName(bestSingle.label)} for everything costs ${cost(bestSingle.costUsd)} at ${percent(bestSingle.quality)} quality.`
  const best = bestClassifier(report)
  if (best === undefined)
    return [
      `${alone} No classifier is shown to beat a fixed mix of single models: mix them, or stay with one.`,
    ]
  const { kind, chosen, gainOverHull } = best
  return [
    `${alone} Routing by the ${kind} classifier costs ${cost(chosen.costUsd)} at ${percent(chosen.quality)}: ${points(gainOverHull.points / 100)} over the best fixed mix at that cost (95 %: ${gainInterval(gainOverHull.ci)}).`,
    ...taskSentence(best),
    ...savingSentence(best, report, scale),
  ]
}

/** A gain over the hull that tasks explain needs no classifier but a table of tasks. */
function taskSentence({ kind, gainOverTaskHull: gain }: ClassifierFrontier): string[] {
  if (gain === null) return []
  return (gain.ci?.[0] ?? 0) > 0
    ? [`It tells requests apart within tasks, too: ${points(gain.points / 100)} over the best mix by task.`]
    : [
        `${kind === 'task' ? 'It' : 'That may be no more than telling tasks apart: it'} shows nothing over the best mix by task (${points(gain.points / 100)}), so a fixed model for each task may do.`,
      ]
}

/** A classifier seldom beats the best model at every request; a point less is where it pays. */
function savingSentence(
  { kind, savingAtMatchedQuality: matched, savingWithinOnePoint: near }: ClassifierFrontier,
  { bestSingle }: FrontierReport,
  scale: MoneyScale,
): string[] {
  const name = plainName(bestSingle.label)
  const isMatched = matched !== null && matched.share > 0
  const saving = isMatched ? matched : near
  if (saving === null || saving.share <= 0)
    return [`Within a point of the quality of ${name}, the ${kind} classifier saves nothing.`]
  const saved = money(scaled(saving.share * bestSingle.costUsd, scale))
  const aim = isMatched ? `match ${name}` : `stay within a point of ${name}`
  return [
    `Set to ${aim}, it saves ${saved} ${scale.unit}, ${percent(saving.share)} of its cost (95 %: ${percentInterval(saving.ci)}), and its quality differs by ${points(saving.qualityDelta)} (95 %: ${pointsInterval(saving.qualityDeltaCi)}).`,
  ]
}

/** Of those with skill, the one with the highest lower limit. */
function bestClassifier({ classifiers }: FrontierResult): ClassifierFrontier | undefined {
  const lower = ({ gainOverHull: { ci } }: ClassifierFrontier): number => ci?.[0] ?? -Infinity
  return classifiers.filter(({ verdict }) => verdict === 'skill').sort((a, b) => lower(b) - lower(a))[0]
}

/** Gains are in points of 0 to 100 already. */
function gainInterval(ci: readonly [number, number] | null): string {
  return pointsInterval(ci === null ? null : [ci[0] / 100, ci[1] / 100])
}

export const FRONTIER_WORDS: readonly (readonly [term: string, meaning: string])[] = [
  [
    'over hull',
    'quality above the best fixed mix of the single models at the same cost, which is what a random mix reaches',
  ],
  [
    'over task hull',
    'the same above the best mix for each task; what is left is found out within tasks. Those mixes are fitted to the very requests they are quoted on, so with few requests a task this is too low',
  ],
  [
    'shuffled',
    'the gain over the hull after each prompt got the outcomes of another, and of a cascade, each answer the score of another, mean of five permutations: should be 0 or less',
  ],
  [
    'saving',
    'of the best single model’s cost, by the cheapest setting that reached its quality (within 1: came within one point of it) where it was learned',
  ],
]

export function frontierNotes(report: FrontierReport): readonly string[] {
  const { log, filters, split, resampling, models, skipped, withoutText } = report
  return [
    `${plainName(log.path)}: ${count(log.requests)} requests${filters.length === 0 ? '' : ` (${filters.map(plainName).join(', ')})`}. Learned, and every knob chosen, on ${count(split.learned)}; every figure is of ${count(split.judged)} others (${split.rule}).${split.leftOut === 0 ? '' : ` ${count(split.leftOut)} were left out, since an outcome is unknown.`}`,
    `Models: ${models.because}.`,
    `Intervals: 95 %, bootstrap over ${count(resampling.units)} ${resampling.unit}, hull computed anew each time; they hold for what was learned here and for this traffic.${resampling.note === null ? '' : ` ${resampling.note}.`}`,
    'No budgets take part: recorded outcomes of each request are compared as if every call could be paid for (tollgate replay has budgets).',
    moneyScale(report).because,
    ...report.classifiers.map(
      ({ kind, chosen, verdict, verdictBecause, gainOverTaskHull }) =>
        `${kind} at ${chosen.label}: ${verdict}, since ${verdictBecause}.${verdict === 'skill' && (gainOverTaskHull?.ci?.[0] ?? 1) <= 0 ? ' A table of tasks reaches as much.' : ''}`,
    ),
    ...skipped.map(({ kind, because }) => `Not swept: ${kind}, since ${because}.`),
    ...(withoutText === 0 ? [] : [`${count(withoutText)} requests have no text.`]),
  ]
}

export const FAILURE_PRICED_HEADS = [
  'with wrong answers, per 1,000',
  'best single model so',
  'saved [95 %]',
  'setting',
] as const

/** A row's cells, in the order of `FAILURE_PRICED_HEADS`. */
export function failurePricedCells({ failurePriced }: ClassifierFrontier): readonly string[] {
  if (failurePriced === undefined || failurePriced === null) return FAILURE_PRICED_HEADS.map(() => UNKNOWN)
  const { usd, single, saved, savedCi, label } = failurePriced
  return [
    money(usd * 1000),
    `${plainName(single.label)} ${money(single.usd * 1000)}`,
    `${percent(saved)} ${brackets(savedCi, (share) => share * 100)}`,
    plainName(label),
  ]
}

/** What stands beside every figure of a scorer that knows the truth. */
export const SIMULATED =
  'Simulated, not deployable: the scorer of these cascades knows which answers are right and errs by lot on a share of them. They say what a scorer that good would be worth; the row named cascade is what the log can really score'

/** A row's cells, in the order of `SIMULATED_HEADS`. */
export function simulatedCells(
  { errorRate, savingAtMatchedQuality: saving }: SimulatedCascade,
  { bestSingle }: FrontierResult,
): readonly string[] {
  return [
    percent(errorRate),
    savingText(saving),
    saving === null ? UNKNOWN : percent(bestSingle.quality + saving.qualityDelta),
    saving === null
      ? UNKNOWN
      : `${points(saving.qualityDelta)} (95 %: ${pointsInterval(saving.qualityDeltaCi)})`,
    saving === null ? UNKNOWN : plainName(saving.label),
  ]
}

export const SIMULATED_HEADS = [
  'scorer error',
  'saving [95 %]',
  'quality',
  'against the best single model',
  'ladder',
] as const

/** Warnings as sentences; names come from the log. */
export function frontierWarningLines({ warnings }: FrontierResult): readonly string[] {
  return warnings.map(({ message }) => `Warning: ${plainName(message)}.`)
}

export function savingText(saving: MatchedSaving | null): string {
  if (saving === null) return 'not reached'
  return saving.share === 0
    ? percent(0)
    : `${percent(saving.share)} ${brackets(saving.ci, (share) => share * 100)}`
}

/** In points of 0 to 100. */
export function gainText({ points, ci }: Gain): string {
  return `${signed(points)} ${brackets(ci, (point) => point)}`
}

function brackets(ci: readonly [number, number] | null, scale: (value: number) => number): string {
  return ci === null ? `[${UNKNOWN}]` : `[${signed(scale(ci[0]))}, ${signed(scale(ci[1]))}]`
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(1)
  return text === '0.0' ? '0.0' : `${value < 0 ? '−' : '+'}${text}`
}
