import type { Interval } from '../../metrics/result.js'
import type { PolicyChange, RunChanges } from '../../metrics/run-changes.js'
import {
  listed,
  money,
  percent,
  percentInterval,
  plainName,
  plural,
  points,
  pointsInterval,
  roundMoney,
  count,
  sentenceName,
} from '../format.js'
import { moneyScale, scaled, scaledInterval, type MoneyScale } from '../monthly.js'

/** What two runs say of each policy, in words. Plain text; whoever shows it escapes it. */
export function changeSentences(changes: RunChanges): string[] {
  const scale = moneyScale(changes)
  const changed = changes.policies.filter((policy) => !isUnchanged(policy))
  const same = changes.policies.length - changed.length
  const sentences = changed.map((policy) => changeSentence(policy, scale))
  if (changed.length === 0)
    return ['Nothing changed: every policy that both runs have has the same figures in both.']
  return same === 0
    ? sentences
    : [...sentences, `${plural(same, 'policy has', 'policies have')} the same figures in both runs.`]
}

/** What a reader must know of how the differences were made. */
export function changeNotes(changes: RunChanges): string[] {
  const { from, to, onlyFrom, onlyTo, differences, replicates } = changes
  const scale = moneyScale(changes)
  const drawn = [
    ...new Set(
      changes.policies.flatMap(({ unit, units }) => (unit === null ? [] : [`${count(units)} ${unit}`])),
    ),
  ]
  return [
    `First run ${plainName(from.runId)}, second run ${plainName(to.runId)}; every figure is second minus first, over the same requests.`,
    scale.because,
    ...(drawn.length === 0
      ? []
      : [
          `Intervals are 95 %, by ${replicates.toLocaleString('en-US')} replicates that draw whole ${listed(drawn)}.`,
        ]),
    ...(differences.length === 0
      ? []
      : [`The runs differ in more than policies: ${differences.map(plainName).join('; ')}.`]),
    ...only('first', onlyFrom),
    ...only('second', onlyTo),
    ...changes.policies.flatMap((policy) =>
      policy.because === null || isUnchanged(policy)
        ? []
        : [`${plainName(policy.policyId)}: no interval, since ${plainName(policy.because)}.`],
    ),
  ]
}

export function isUnchanged({ meanCostUsd, quality, servedShare }: PolicyChange): boolean {
  return [meanCostUsd, quality, servedShare].every(({ change }) => change === 0)
}

export function changeName({ policyId, renamedTo }: PolicyChange): string {
  return renamedTo === null ? plainName(policyId) : `${plainName(policyId)} → ${plainName(renamedTo)}`
}

/** A difference of money: dearer is `+`. */
export function signedMoney(usd: number | null): string {
  if (usd === 0) return '±$0'
  return usd !== null && usd > 0 ? `+${money(usd)}` : money(usd)
}

export function signedMoneyInterval(interval: Interval | null): string {
  return interval === null ? 'no interval' : `${signedMoney(interval[0])} to ${signedMoney(interval[1])}`
}

export function signedShare(share: number | null): string {
  return share !== null && share > 0 ? `+${percent(share)}` : percent(share)
}

export function pointsOf(interval: Interval | null): string {
  return interval === null ? 'no interval' : pointsInterval(interval)
}

function changeSentence(policy: PolicyChange, scale: MoneyScale): string {
  const { meanCostUsd, costShare, quality } = policy
  const cost = scaled(meanCostUsd.change, scale)
  const parts = [
    cost === null
      ? 'its cost under both runs is unknown'
      : `it costs ${moneyWords(cost)} ${scale.unit}${inBrackets(signedMoneyInterval(scaledInterval(meanCostUsd.ci, scale)), meanCostUsd.ci)}${costShare.change === null || cost === 0 ? '' : `, ${signedShare(costShare.change)}${inBrackets(costShare.ci === null ? '' : percentInterval(costShare.ci), costShare.ci)}`}`,
    quality.change === null
      ? 'its quality under both runs is unknown'
      : `quality changes by ${points(quality.change)}${inBrackets(pointsOf(quality.ci), quality.ci)}`,
  ]
  return `${changedName(policy)}: ${parts.join('; ')}. ${verdict(policy)}`.trim()
}

function changedName({ policyId, renamedTo }: PolicyChange): string {
  const first = `“${sentenceName(policyId)}”`
  return renamedTo === null ? first : `“${sentenceName(renamedTo)}” in place of ${first}`
}

function moneyWords(change: number): string {
  if (change === 0) return 'the same'
  return `${roundMoney(Math.abs(change))} ${change > 0 ? 'more' : 'less'}`
}

/** What the intervals allow to be said, and no more. */
function verdict({ meanCostUsd, quality }: PolicyChange): string {
  const said = [
    ...(meanCostUsd.ci === null
      ? []
      : [sided(meanCostUsd.ci, 'cheaper', 'dearer', 'no difference in cost is shown')]),
    ...(quality.ci === null
      ? []
      : [sided(quality.ci, 'worse', 'better', 'no difference in quality is shown')]),
  ]
  if (said.length === 0) return ''
  const text = listed(said)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function sided([low, high]: Interval, below: string, above: string, neither: string): string {
  return high < 0 ? below : low > 0 ? above : neither
}

function inBrackets(text: string, interval: Interval | null): string {
  return interval === null ? '' : ` (${text})`
}

function only(which: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`Only in the ${which} run: ${names.map(plainName).join(', ')}.`]
}
