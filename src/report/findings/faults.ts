import type { Comparison, RunFaults, RunMetrics } from '../../metrics/result.js'
import { listed, plainName, plural } from '../format.js'

/** What nobody may overlook of a replay with faults; null of one without. */
export function faultBanner({ faults, seed }: Partial<Pick<Comparison, 'faults' | 'seed'>>): string | null {
  if (faults === undefined) return null
  return `Faults were injected into every run (${plainName(faults)}, seed ${seed}): these are the figures of a bad day, not of what happened.`
}

/** How many of each kind a run had; null of one without the option. */
export function faultSentence({ faults }: RunMetrics): string | null {
  if (faults === undefined) return null
  const parts = FAULT_WORDS.flatMap(([kind, one, many]) =>
    faults[kind] === 0 ? [] : [plural(faults[kind], one, many)],
  )
  const injected = parts.length === 0 ? 'nothing' : listed(parts)
  return `injected ${injected}; ${plural(faults.unanswered, 'request')} got no answer.`
}

/** By kind: the words of one and of many. */
export const FAULT_WORDS: readonly (readonly [kind: keyof RunFaults, one: string, many: string])[] = [
  ['aborted', 'aborted call', 'aborted calls'],
  ['lost', 'lost settlement', 'lost settlements'],
  ['failed', 'failed call', 'failed calls'],
  ['duplicated', 'duplicated settlement', 'duplicated settlements'],
  ['slow', 'slow call', 'slow calls'],
  ['clockSteps', 'clock step', 'clock steps'],
]
