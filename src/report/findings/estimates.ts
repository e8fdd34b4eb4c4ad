import type { Estimators, RunMetrics } from '../../metrics/result.js'
import { count, percent, percentInterval, plainName } from '../format.js'

export const ESTIMATOR_WORDS = {
  ips: 'IPS: inverse propensity weights',
  snips: 'SNIPS: the same, self-normalised',
  clippedIps: 'IPS with clipped weights (may be biased)',
  dm: 'Direct method: the outcome model alone (as wrong as it is)',
  dr: 'DR: doubly robust, cross-fitted',
  switchDr: 'Switch-DR: DR without the largest weights (may be biased)',
} as const satisfies Partial<Record<keyof Estimators, string>>

/** How a run's quality and cost are known where they were not looked up; null where they were. */
export function estimateSentence(run: RunMetrics): string | null {
  const { estimators, evidence } = run
  if (evidence.identification === 'not identified' && evidence.mode !== 'cost-only') return notIdentified(run)
  if (estimators === undefined || estimators.quoted === null) return null
  const { overlap, ess, quoted, refused } = estimators
  const what = [refused.quality === null ? 'quality' : '', refused.cost === null ? 'cost' : '']
    .filter((word) => word !== '')
    .join(' and ')
  const others = refused.quality === null ? otherEstimates(estimators) : ''
  return `${what} estimated by ${quoted === 'dr' ? 'DR' : 'SNIPS'} from ${count(Math.round(overlap.sameCallShare * overlap.calls))} recorded calls (worth ${count(Math.floor(ess))} of equal weight)${others}.`
}

/** Estimators that rest on the same weights: far apart, they say that something is wrong. */
function otherEstimates({ quoted, ips, snips, dr }: Estimators): string {
  const named = { IPS: ips, SNIPS: snips, DR: dr }
  const told = Object.entries(named).filter(([name]) => name.toLowerCase() !== quoted)
  return `; ${told.map(([name, { quality }]) => `${name} says ${percent(quality)}`).join(', ')}`
}

function notIdentified({ evidence, estimators }: RunMetrics): string {
  const bounds = `it lies in ${percentInterval(evidence.qualityBounds)} whatever the unseen answers are worth`
  const assisted = estimators?.bounds.qualityAssisted
  const narrower =
    assisted === null || assisted === undefined
      ? ''
      : `; ${percentInterval(assisted)} with weights where the log gave a chance`
  const because = estimators?.refused.quality
  return `quality is not identified: ${bounds}${narrower}${because === null || because === undefined ? '' : `. Why: ${plainName(because)}`}.`
}
