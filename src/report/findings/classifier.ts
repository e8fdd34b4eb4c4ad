import type { ClassifierQuality, FeatureSkill } from '../../metrics/classifier-quality.js'
import { count, percent, plainName, sentenceName } from '../format.js'

export interface TierShares {
  /** Of the requests, sent to the smallest tier that would have done. */
  readonly right: number
  /** Asked for less than it took: quality was at risk. */
  readonly tooLow: number
  /** Asked for more than it took: money was wasted. */
  readonly tooHigh: number
}

export function tierShares({ confusion, requests }: ClassifierQuality): TierShares {
  const share = (holds: (asked: number, needed: number) => boolean): number =>
    confusion.flatMap((row, asked) => row.filter((_, needed) => holds(asked, needed))).reduce(sum, 0) /
    Math.max(1, requests)
  return {
    right: share((asked, needed) => asked === needed),
    tooLow: share((asked, needed) => asked < needed),
    tooHigh: share((asked, needed) => asked > needed),
  }
}

function sum(a: number, b: number): number {
  return a + b
}

/** How often it was right, and what its mistakes cost. */
export function classifierSentence(quality: ClassifierQuality): string {
  const { right, tooLow, tooHigh } = tierShares(quality)
  return `Of ${count(quality.requests)} requests it put ${percent(right)} in the smallest tier that would have done, ${percent(tooLow)} in a lower one (quality at risk) and ${percent(tooHigh)} in a higher one (money wasted).${hopelessSentence(quality)}`
}

function hopelessSentence({ hopeless, requests }: ClassifierQuality): string {
  if (hopeless === 0) return ''
  return ` ${percent(hopeless / requests)} were answered acceptably by no model and count as asking for the top tier, though none would have helped.`
}

/** What an area under the curve means, without the name. */
export function aucSentence({ auc }: ClassifierQuality): string {
  if (auc === null)
    return 'Nothing can be told apart: the smallest tier does for all of these requests, or for none.'
  return `Of two requests of which the smallest tier answers one and fails the other, the one it fails looks harder in ${percent(auc)} of all pairs (50 % is chance).`
}

const FEATURES: Readonly<Record<string, string>> = {
  tokens: 'length of the request',
  codeBlocks: 'code blocks',
  indentedCode: 'indented code',
  turns: 'earlier turns of the conversation',
  stackTrace: 'stack trace',
  question: 'asks a question',
  requirements: 'number of things asked for',
}

/** A feature as a person would call it; names of keyword groups and models are the policy's own. */
export function featureName({ name }: FeatureSkill): string {
  if (name.startsWith('keywords.')) return `words of the group “${plainName(name.slice('keywords.'.length))}”`
  if (name.startsWith('success.'))
    return `predicted success of ${sentenceName(name.slice('success.'.length))}`
  return FEATURES[name] ?? plainName(name)
}

/** Nearer to chance than that is none. */
export function isTelling({ auc }: FeatureSkill): boolean {
  return Math.abs(auc - 0.5) >= 0.02
}

/** Which way a feature speaks: one that is higher for easy requests tells as much as one that is higher for hard ones. */
export function featureDirection({ auc }: FeatureSkill): string {
  return auc > 0.5 ? 'speaks for hard' : 'speaks for easy'
}
