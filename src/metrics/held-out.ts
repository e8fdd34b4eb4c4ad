import type { HeldOutFigures, Interval } from './result.js'
import type { SkillVerdict } from './routing-skill.js'
import type { QualityUnit } from './session-quality.js'

/** What a tuned policy's own file says of requests that it was not chosen on. */
export interface HeldOut {
  readonly verdict: SkillVerdict
  /** Null where the file holds neither a cost nor a quality. */
  readonly figures: HeldOutFigures | null
  readonly sentences: readonly string[]
}

/**
 * The held-out figures of a policy that was chosen on this very log, where its figures are in-sample and prove nothing;
 * undefined for any other. `evidence` is what `tune` writes into the policy's file; its figures count where their quality is of
 * the same unit.
 */
export function heldOut(
  evidence: unknown,
  logHash: string,
  unit: QualityUnit = 'request',
): HeldOut | undefined {
  const stored = object(evidence)
  if (stored['logHash'] !== logHash) return undefined
  const figures = (stored['qualityUnit'] ?? 'request') === unit ? figuresOf(stored) : null
  const known = stored['routingSkill'] === 'yes' || stored['routingSkill'] === 'no evidence'
  return {
    verdict: {
      routingSkill: stored['routingSkill'] === 'yes' ? 'yes' : 'no evidence',
      because: known
        ? 'The policy was chosen on this log, so the verdict is that of the requests held out when it was tuned.'
        : 'The policy was chosen on this log, which is no proof of skill, and its file holds no verdict on held-out requests.',
    },
    figures,
    sentences: [
      `This policy was chosen on this log: its figures here are in-sample and look better than it is.${inWords(figures)}`,
    ],
  }
}

function figuresOf(stored: Readonly<Record<string, unknown>>): HeldOutFigures | null {
  const [estimate, baseline] = [object(stored['heldOut']), object(stored['baseline'])]
  const [metrics, intervals] = [object(stored['metrics']), object(stored['intervals'])]
  const costUsd = number(estimate['costUsd'])
  const quality = number(estimate['quality'])
  if (costUsd === null && quality === null) return null
  return {
    requests: number(object(stored['requests'])['test']),
    costUsd,
    costInterval: interval(estimate['costInterval']),
    quality,
    qualityInterval: interval(estimate['qualityInterval']),
    baseline: {
      label: typeof baseline['label'] === 'string' ? baseline['label'] : null,
      costUsd: number(baseline['costUsd']),
      quality: number(baseline['quality']),
    },
    qualityDelta: number(metrics['qualityDelta']),
    qualityDeltaInterval: interval(intervals['qualityDelta']),
    savedShare: number(metrics['savedShare']),
    savedShareInterval: interval(intervals['savedShare']),
  }
}

function inWords(figures: HeldOutFigures | null): string {
  if (figures === null) return ' Its file holds no figures of held-out requests.'
  const { requests, costUsd, costInterval, quality, qualityInterval } = figures
  const parts = [
    ...figure('cost', costUsd, costInterval, (usd) => `$${digits(usd * 1000)}`),
    ...figure('quality', quality, qualityInterval, (value) => value.toFixed(3)),
  ]
  const where = requests === null ? 'the requests' : `the ${requests.toLocaleString('en-US')} requests`
  return ` On ${where} held out when it was tuned: ${parts.join(', ')}.`
}

function figure(
  name: string,
  value: number | null,
  range: Interval | null,
  text: (value: number) => string,
): string[] {
  if (value === null) return []
  const unit = name === 'cost' ? ' per 1,000 requests' : ''
  const ends = range === null ? '' : ` (95 % interval ${text(range[0])} to ${text(range[1])})`
  return [`${name} ${text(value)}${unit}${ends}`]
}

function digits(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function interval(value: unknown): Interval | null {
  const isPair = Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === 'number')
  return isPair ? (value as unknown as Interval) : null
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
