import type { Comparison, HeldOutFigures, RunMetrics } from '../../metrics/result.js'
import {
  count,
  percent,
  percentInterval,
  points,
  pointsInterval,
  roundMoney,
  roundMoneyInterval,
  sentenceName,
  UNKNOWN,
} from '../format.js'
import { scaled, scaledInterval, type MoneyScale } from '../monthly.js'
import { marked } from './estimated.js'
import { inBrackets, isPaid, type Figure, type Told } from './figure.js'

/**
 * What the headline quotes first of a policy that was tuned on this log: figures of the whole log flatter it. Null for any
 * other policy, and where the comparison itself is about nothing but the held-out requests.
 */
export function heldOutFirst({ tuning }: Comparison, run: RunMetrics): HeldOutFigures | null {
  if (tuning?.policyId === run.policyId && run.offered === tuning.split.test) return null
  return run.heldOut ?? null
}

export function heldOutSentence(held: HeldOutFigures, told: Told): string {
  return `On ${requestsOf(held)} held out when it was tuned, ${costClause(held, told)}${qualityClause(held)}.`
}

function costClause(held: HeldOutFigures, { baseline: today, run, scale }: Told): string {
  const name = `“${sentenceName(run.policyId)}”`
  const { costUsd, costInterval, baseline } = held
  const model = baselineName(held)
  if (costUsd === null) return `what ${name} costs is unknown`
  const costs = `${name} costs ${marked(run, moneyOf(costUsd, scale))} ${scale.unit}${inBrackets(roundMoneyInterval(scaledInterval(costInterval, scale)))}`
  if (baseline.costUsd === null) return `${costs}, while the cost of ${model} is unknown`
  return `${costs}, ${comparedWith(held, run)} the ${marked(today, moneyOf(baseline.costUsd, scale))} of ${model}`
}

/** Only what routing saved, as in the sentence of the whole log. */
function comparedWith({ savedShare: share }: HeldOutFigures, { routingSkill }: RunMetrics): string {
  if (share === null) return 'against'
  if (share < 0) return `${percent(-share)} more than`
  return `${percent(share)} less${routingSkill === 'yes' ? ' by routing' : ''} than`
}

function qualityClause({ quality, qualityInterval, baseline }: HeldOutFigures): string {
  if (quality === null) return '; what quality it keeps is unknown'
  const kept = `${percent(quality)}${inBrackets(percentInterval(qualityInterval))}`
  if (baseline.quality === null) return `, at a quality of ${kept}; the baseline’s is unknown`
  return `, and keeps a quality of ${kept} where the baseline has ${percent(baseline.quality)}`
}

/** The main sentence of all requests, as the second thing said. */
export function wholeLogSentence({ filters }: Comparison, sentence: string): string {
  const whole = filters.length === 0 ? 'the whole log' : 'the part of the log that was replayed'
  return `Over ${whole}, which includes requests that the policy was chosen on: ${sentence.replace(/^(You|What) /, (word) => word.toLowerCase())}`
}

export function heldOutCards(held: HeldOutFigures, told: Told): readonly Figure[] {
  const { comparison, baseline, run, scale } = told
  const whole = (text: string): string => ` Over all requests: ${text}.`
  const cost = (one: RunMetrics, mean = one.meanCostUsd): string => marked(one, moneyOf(mean, scale))
  const saved =
    held.savedShare === null
      ? ''
      : ` Saved by routing: ${percent(held.savedShare)}${inBrackets(percentInterval(held.savedShareInterval))}.`
  return [
    {
      name: isPaid(comparison) ? 'You pay' : 'It would cost',
      value: perUnit(cost(baseline, held.baseline.costUsd), scale),
      note: `Baseline: ${baselineName(held)} for everything, on ${requestsOf(held)} held out when the policy was tuned.${whole(cost(baseline))}`,
    },
    {
      name: `You would pay, with ${sentenceName(run.policyId)}`,
      value: perUnit(cost(run, held.costUsd), scale),
      note: `On the same requests.${intervalNote(roundMoneyInterval(scaledInterval(held.costInterval, scale)))}${saved}${whole(`${cost(run)}${inBrackets(roundMoneyInterval(scaledInterval(run.costCi, scale)))}`)}`,
    },
    {
      name: 'Quality you would keep',
      value: percent(held.quality),
      note: `On the same requests. Baseline: ${percent(held.baseline.quality)}.${intervalNote(percentInterval(held.qualityInterval))} Difference: ${points(held.qualityDelta)}${inBrackets(pointsInterval(held.qualityDeltaInterval))}.${whole(`${percent(run.quality)}${inBrackets(percentInterval(run.qualityCi))}`)}`,
    },
  ]
}

function requestsOf({ requests }: HeldOutFigures): string {
  return requests === null ? 'the requests' : `the ${count(requests)} requests`
}

function baselineName({ baseline: { label } }: HeldOutFigures): string {
  return label === null ? 'the baseline' : sentenceName(label)
}

function moneyOf(mean: number | null, scale: MoneyScale): string {
  return roundMoney(scaled(mean, scale))
}

function perUnit(amount: string, { unit }: MoneyScale): string {
  return amount === UNKNOWN ? amount : `${amount} ${unit}`
}

function intervalNote(interval: string): string {
  return interval === UNKNOWN ? ' No interval.' : ` 95\u00a0% interval: ${interval}.`
}
