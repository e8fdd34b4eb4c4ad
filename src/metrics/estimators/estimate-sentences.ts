import { KNOWN_ENOUGH } from '../contributions.js'
import type { Estimators, Identification } from '../result.js'

const NAMES = {
  dr: 'a cross-fitted doubly robust estimate (DR)',
  snips: 'self-normalised inverse propensity weights (SNIPS)',
} as const

/** How the quality of a run is known. */
export function identificationOf(knownShare: number, estimators: Estimators | undefined): Identification {
  if (estimators?.refused.quality === null) return 'estimated'
  return knownShare >= KNOWN_ENOUGH ? 'recorded' : 'not identified'
}

/** What was estimated, by what, from how much; and why the rest was not. Nothing where all was looked up. */
export function estimateBasis(estimators: Estimators | undefined): string[] {
  if (estimators === undefined) return []
  const { refused, quoted, because, ess, overlap } = estimators
  const estimated = (['quality', 'cost'] as const).filter((figure) => refused[figure] === null)
  return [
    ...(quoted === null
      ? []
      : [
          `${capital(estimated.join(' and '))}: estimated, not looked up, by ${NAMES[quoted]}: ${because}. It rests on ${Math.round(overlap.sameCallShare * overlap.calls).toLocaleString('en-US')} recorded calls, which count as ${Math.floor(ess).toLocaleString('en-US')} of equal weight; the decisions are those of this replay, with its lots and its budgets.`,
        ]),
    ...refusals(refused),
  ]
}

/** Looked-up figures need no word. */
function refusals({ quality, cost }: Estimators['refused']): string[] {
  const reasons = [quality, cost].map((reason) => (reason?.includes('looked up') === true ? null : reason))
  const [ofQuality, ofCost] = reasons
  if (ofQuality === ofCost)
    return ofQuality === null || ofQuality === undefined ? [] : [notIdentified('Quality', ofQuality)]
  return [
    ...(ofQuality === null || ofQuality === undefined ? [] : [notIdentified('Quality', ofQuality)]),
    ...(ofCost === null || ofCost === undefined
      ? []
      : [`The cost of calls that are not in the log is not identified by weights: ${ofCost}.`]),
  ]
}

function notIdentified(what: string, reason: string): string {
  return `${what} is not identified: ${reason}.`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
