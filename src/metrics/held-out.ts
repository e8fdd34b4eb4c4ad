import type { Interval } from './result.js'
import type { SkillVerdict } from './routing-skill.js'

/** What a tuned policy's own file says of requests that it was not chosen on. */
export interface HeldOut {
  readonly verdict: SkillVerdict
  readonly sentences: readonly string[]
}

/**
 * The held-out figures of a policy that was chosen on this very log, where its figures are in-sample and prove nothing;
 * undefined for any other. `evidence` is what `tune` writes into the policy's file.
 */
export function heldOut(evidence: unknown, logHash: string): HeldOut | undefined {
  const stored = object(evidence)
  if (stored['logHash'] !== logHash) return undefined
  const known = stored['routingSkill'] === 'yes' || stored['routingSkill'] === 'no evidence'
  return {
    verdict: {
      routingSkill: stored['routingSkill'] === 'yes' ? 'yes' : 'no evidence',
      because: known
        ? 'The policy was chosen on this log, so the verdict is that of the requests held out when it was tuned.'
        : 'The policy was chosen on this log, which is no proof of skill, and its file holds no verdict on held-out requests.',
    },
    sentences: [
      `This policy was chosen on this log: its figures here are in-sample and look better than it is.${figures(stored)}`,
    ],
  }
}

function figures(stored: Readonly<Record<string, unknown>>): string {
  const estimate = object(stored['heldOut'])
  const requests = object(stored['requests'])['test']
  const parts = [
    ...figure('cost', estimate['costUsd'], estimate['costInterval'], (usd) => `$${digits(usd * 1000)}`),
    ...figure('quality', estimate['quality'], estimate['qualityInterval'], (value) => value.toFixed(3)),
  ]
  if (parts.length === 0) return ' Its file holds no figures of held-out requests.'
  const where =
    typeof requests === 'number' ? `the ${requests.toLocaleString('en-US')} requests` : 'the requests'
  return ` On ${where} held out when it was tuned: ${parts.join(', ')}.`
}

function figure(name: string, value: unknown, interval: unknown, text: (value: number) => string): string[] {
  if (typeof value !== 'number') return []
  const unit = name === 'cost' ? ' per 1,000 requests' : ''
  const range = isInterval(interval) ? ` (95 % interval ${text(interval[0])} to ${text(interval[1])})` : ''
  return [`${name} ${text(value)}${unit}${range}`]
}

function digits(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

function isInterval(value: unknown): value is Interval {
  return Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === 'number')
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
