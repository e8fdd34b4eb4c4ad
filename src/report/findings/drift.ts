import type { Drift, DriftCheck } from '../../metrics/drift/drift.js'
import { count, listed, money, percent, plainName, plural } from '../format.js'

const MEASURES: Readonly<Record<DriftCheck['measure'], string>> = {
  costUsd: 'cost a request',
  quality: 'quality',
  share: 'share of requests',
  rejectShare: 'share refused',
  difficulty: 'difficulty',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
}

export function measureName(measure: DriftCheck['measure']): string {
  return MEASURES[measure]
}

export function segmentName(segment: string): string {
  return segment === 'all' ? 'all requests' : plainName(segment.replace(/^(model|task):/, '$1 '))
}

/** The answer in one sentence: what drifted furthest beyond its limit first. */
export function driftSentence({ alarms, checks }: Drift): string {
  if (checks.length === 0)
    return 'Nothing could be checked: too little is known on one side, or there are fewer than 10 sessions, users or requests.'
  if (alarms === 0)
    return `No drift: none of ${plural(checks.length, 'check')} is beyond its limit by more than chance.`
  const worst = checks
    .filter(({ alarm }) => alarm)
    .sort((a, b) => Math.abs(b.change) / b.limit - Math.abs(a.change) / a.limit)
  return `Drift: ${listed(worst.slice(0, 3).map(whatChanged))}${worst.length > 3 ? `, and ${count(worst.length - 3)} more` : ''}.`
}

function whatChanged(check: DriftCheck): string {
  const { segment, measure, expected, seen } = check
  const what = `${measureName(measure)} of ${segmentName(segment)}`
  if (expected === null || seen === null) return `the distribution of ${what}`
  const show = measure === 'costUsd' ? money : percent
  return `${what} went from ${show(expected)} to ${show(seen)}`
}

export function uncheckedSentence({ unchecked }: Drift): string | null {
  if (unchecked.length === 0) return null
  const names = unchecked.map(({ segment, measure }) => `${measureName(measure)} of ${segmentName(segment)}`)
  const shown = names.slice(0, 3)
  return `Not checked, as too little is known now or was then: ${listed(shown)}${names.length > 3 ? ` and ${count(names.length - 3)} more` : ''}.`
}

export const DRIFT_WORDS: readonly (readonly [term: string, meaning: string])[] = [
  [
    'drifted',
    'the change is beyond its limit, and at most 1 quiet log in 20 has one such check or more by chance (p: Welch’s or Kolmogorov and Smirnov’s test with whole sessions or users as what varies, after Holm’s correction over all checks)',
  ],
  [
    'change',
    'of a cost relative to what was expected, of shares in points, of a distribution the population stability index (below 0.1 is calm, above 0.25 a shift)',
  ],
]
