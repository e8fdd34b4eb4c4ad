import type { Comparison, RunMetrics } from '../../metrics/result.js'
import {
  count,
  listed,
  money,
  percent,
  percentInterval,
  plainName,
  sentenceName,
  shortName,
  points,
  pointsInterval,
  roundMoney,
  roundMoneyInterval,
} from '../format.js'
import { moneyScale, scaled, scaledInterval, type MoneyScale } from '../monthly.js'
import { comparedBudgetScale, heldAt } from './budget-scale.js'
import { savedShare } from '../../metrics/savings.js'
import { featured, type Featured } from './featured.js'
import { isCostEstimated, marked } from './estimated.js'
import { estimateSentence as estimates } from './estimates.js'
import { inBrackets, isPaid, type Figure, type Told } from './figure.js'
import { heldOutCards, heldOutFirst, heldOutSentence, wholeLogSentence } from './held-out.js'
import { capsSentence, evidenceWords, serviceSentence, skillSentence } from './words.js'

/** The answer: three figures and the sentences that qualify them. Plain text; whoever shows it escapes it. */
export interface Headline {
  readonly featured: Featured | null
  readonly scale: MoneyScale
  /** Of the held-out requests for a policy that was tuned on this log, else of all. */
  readonly sentence: string
  /** Then the same of all requests, else null. */
  readonly wholeLog: string | null
  readonly figures: readonly Figure[]
  /** What the main sentence must not be read without. */
  readonly caveats: readonly string[]
  readonly sentences: readonly string[]
}

export function headline(comparison: Comparison): Headline {
  const scale = moneyScale(comparison)
  const choice = featured(comparison)
  const baseline = comparison.runs[0]
  if (baseline === undefined || choice === null) {
    const cost = roundMoney(scaled(baseline?.meanCostUsd ?? null, scale))
    const sentence = `The baseline costs ${cost} ${scale.unit}; no policy was compared with it.`
    return {
      featured: null,
      scale,
      sentence,
      wholeLog: null,
      figures: [],
      caveats: [],
      sentences: [scale.because],
    }
  }
  const { run } = choice
  const isIdle = baseline.served === 0 || run.served === 0
  return {
    featured: choice,
    scale,
    ...(isIdle
      ? { sentence: nothingServed([baseline, run]), wholeLog: null, figures: [] }
      : answered({ comparison, baseline, run, scale })),
    caveats: [
      ...tuningSentence(comparison, choice, scale),
      ...chosenSentence(comparison, choice),
      ...estimateSentence(baseline, run),
      ...howKnown([baseline, run]),
      ...refusingSentence(run, scale),
      ...comparedBudgetScale(comparison),
    ],
    sentences: [
      `${serviceSentence(run)} ${capsSentence(run.budget, heldAt(comparison))}`,
      skillSentence(run),
      `Evidence is ${evidenceWords(run.evidence.mode, comparison.qualityUnit)}.`,
      scale.because + filterSentence(comparison),
    ],
  }
}

function answered(told: Told): Pick<Headline, 'sentence' | 'wholeLog' | 'figures'> {
  const { comparison, baseline, run, scale } = told
  const sentence = mainSentence(told)
  const held = heldOutFirst(comparison, run)
  if (held === null) {
    const figures = [
      payFigure(comparison, baseline, scale),
      wouldPayFigure(run, scale),
      qualityFigure(run, baseline),
    ]
    return { sentence, wholeLog: null, figures }
  }
  return {
    sentence: heldOutSentence(held, told),
    wholeLog: wholeLogSentence(comparison, sentence),
    figures: heldOutCards(held, told),
  }
}

function mainSentence({ comparison, baseline, run, scale }: Told): string {
  const { unit } = scale
  const model = sentenceName(comparison.baseline.label)
  const policy = `“${sentenceName(run.policyId)}”`
  const pays =
    baseline.meanCostUsd === null
      ? isPaid(comparison)
        ? `What you pay for ${model} is unknown`
        : `What ${model} for everything would cost is unknown`
      : isPaid(comparison)
        ? `You pay ${costWords(baseline, scale)} ${unit} for ${model}`
        : `${model} for everything would cost ${costWords(baseline, scale)} ${unit}`
  const would =
    run.meanCostUsd === null
      ? `what you would pay with ${policy} is unknown`
      : `with ${policy} you would pay ${costWords(run, scale)}${baseline.meanCostUsd === null ? ` ${unit}` : ''}${inBrackets(roundMoneyInterval(scaledInterval(run.costCi, scale)))}${savedClause(run)}`
  return `${pays}; ${would}${qualityClause(run, baseline)}`
}

function costWords(run: RunMetrics, scale: MoneyScale): string {
  const amount = roundMoney(scaled(run.meanCostUsd, scale))
  return isCostEstimated(run) ? `an estimated ${amount}` : amount
}

/** A policy that serves nobody costs nothing: `$0` would read like a bargain. */
function nothingServed(runs: readonly RunMetrics[]): string {
  const idle = runs.filter(({ served }) => served === 0)
  const names = listed([...new Set(idle.map((run) => `“${sentenceName(run.policyId)}”`))])
  return `There is nothing to compare: ${names} served none of the ${count(idle[0]?.offered ?? null)} requests.`
}

function qualityClause(run: RunMetrics, baseline: RunMetrics): string {
  if (run.quality === null) return '; what quality you would keep is unknown.'
  const kept = `${percent(run.quality)}${inBrackets(percentInterval(run.qualityCi))}`
  if (baseline.quality === null) return `, at a quality of ${kept}; the baseline’s is unknown.`
  return `, and keep a quality of ${kept} where the baseline has ${percent(baseline.quality)}.`
}

/** Only what routing saved: what was not spent since requests were refused is no saving. */
function savedClause(run: RunMetrics): string {
  const share = savedShare(run)
  if (share === null) return ''
  return share >= 0
    ? `, ${percent(share)} less${run.routingSkill === 'yes' ? ' by routing' : ''}`
    : `, ${percent(-share)} more`
}

function payFigure(comparison: Comparison, baseline: RunMetrics, scale: MoneyScale): Figure {
  const { label, rule } = comparison.baseline
  return {
    name: isPaid(comparison) ? 'You pay' : 'It would cost',
    value: perUnit(baseline, scale),
    note: `Baseline: every request to ${sentenceName(label)} (${plainName(rule)}).${estimateNote(baseline)}${intervalNote(baseline, roundMoneyInterval(scaledInterval(baseline.costCi, scale)))}`,
  }
}

function wouldPayFigure(run: RunMetrics, scale: MoneyScale): Figure {
  const share = savedShare(run)
  const saved =
    share === null ? '' : ` Saved by routing: ${percent(share)}${inBrackets(percentInterval(run.savingsCi))}.`
  return {
    name: `You would pay, with ${sentenceName(run.policyId)}`,
    value: perUnit(run, scale),
    note: `${estimateNote(run)}${intervalNote(run, roundMoneyInterval(scaledInterval(run.costCi, scale)))}${saved}`.trim(),
  }
}

function qualityFigure(run: RunMetrics, baseline: RunMetrics): Figure {
  const bounds =
    run.quality === null
      ? ` Were every unknown answer wrong, or right: ${percentInterval(run.evidence.qualityBounds)}.`
      : ''
  return {
    name: 'Quality you would keep',
    value: percent(run.quality),
    note: `Baseline: ${percent(baseline.quality)}.${intervalNote(run, percentInterval(run.qualityCi))} Difference: ${points(run.qualityDelta)}${inBrackets(pointsInterval(run.qualityDeltaCi))}.${bounds}`,
  }
}

function perUnit(run: RunMetrics, scale: MoneyScale): string {
  return run.meanCostUsd === null
    ? 'unknown'
    : `${marked(run, roundMoney(scaled(run.meanCostUsd, scale)))} ${scale.unit}`
}

/** Which share of a card's money nobody recorded. */
function estimateNote(run: RunMetrics): string {
  return isCostEstimated(run)
    ? ` The cost of ${percent(run.evidence.costEstimatedShare)} of the requests is estimated.`
    : ''
}

function estimateSentence(baseline: RunMetrics, run: RunMetrics): string[] {
  const estimated = [baseline, run].filter(isCostEstimated)
  if (estimated.length === 0) return []
  const parts = estimated.map(
    (one) =>
      `${percent(one.evidence.costEstimatedShare)} of the requests under “${sentenceName(one.policyId)}”`,
  )
  return [`Costs marked ~ are estimated, not recorded: ${listed(parts)}.`]
}

/** Estimates by weights, and what no log without exploration can say. */
function howKnown(runs: readonly RunMetrics[]): string[] {
  return runs.flatMap((run) => {
    const sentence = estimates(run)
    return sentence === null ? [] : [`“${sentenceName(run.policyId)}”: ${sentence}`]
  })
}

/** The interval, or the reason why there is none. */
function intervalNote(run: RunMetrics, interval: string): string {
  if (interval !== 'unknown') return ` 95\u00a0% interval: ${interval}.`
  const { note } = run.evidence.resampling
  return note === null ? ' No interval.' : ` No interval: ${plainName(note)}.`
}

/** The same of policies that were tuned on this log before this comparison. */
function chosenSentence(comparison: Comparison, { run }: Featured): string[] {
  const { tuning, runs } = comparison
  const said = heldOutFirst(comparison, run) === null ? tuning?.policyId : run.policyId
  const chosen = runs.filter((one) => isChosenHere(one) && one.policyId !== said)
  const others = chosen.filter((one) => one !== run).map((one) => `“${sentenceName(one.policyId)}”`)
  return [
    ...(chosen.includes(run) ? ['These figures include requests that the policy was chosen on.'] : []),
    ...(others.length === 0
      ? []
      : [`The figures of ${listed(others)} include requests that the policy was chosen on.`]),
  ]
}

function isChosenHere(run: RunMetrics): boolean {
  return 'chosenOnThisLog' in run && run.chosenOnThisLog === true
}

/** The held-out figures beside those of all requests, in results whose runs do not hold them. */
function tuningSentence(comparison: Comparison, { run }: Featured, scale: MoneyScale): string[] {
  const { tuning } = comparison
  if (tuning === null || run.policyId !== tuning.policyId || heldOutFirst(comparison, run) !== null) return []
  if (run.offered === tuning.split.test)
    return ['These figures are from requests that the search had never seen.']
  const { heldOut } = tuning
  const cost = `${roundMoney(scaled(heldOut.costUsd, scale))} ${scale.unit} (${roundMoneyInterval(scaledInterval(heldOut.costInterval, scale))})`
  const quality = `${percent(heldOut.quality)} quality (${percentInterval(heldOut.qualityInterval)})`
  return [
    `These figures include requests that the policy was chosen on. On those it had never seen: ${cost}, ${quality}.`,
  ]
}

function refusingSentence(run: RunMetrics, scale: MoneyScale): string[] {
  const avoided = run.avoidedByRefusing
  if (avoided === null || !(avoided > 0) || run.offered === 0) return []
  const amount = money(scaled(avoided / run.offered, scale))
  return [
    `Another ${amount} ${scale.unit} was not spent because requests were refused; that is not counted as a saving.`,
  ]
}

function filterSentence({ filters }: Comparison): string {
  if (filters.length === 0) return ''
  return ` Only a part of the log was replayed (${filters.map((filter) => shortName(filter, 160)).join(', ')}); the money assumes that all traffic is like it.`
}
