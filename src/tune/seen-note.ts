import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import type { ClassifierSpec } from '../core/policy-schema.js'

/** What `train` writes into its evidence when it left the requests alone that `tune` chooses on. */
export const LEARNED_FROM_TUNE = 'tune'

/**
 * Whether what was learned has seen the requests that a tuning chooses on: then it looks better there than it is, and the promise
 * is too good. `sources`: the policies that the chosen classifier may be from, with the evidence of their training.
 */
export function seenNote(
  chosen: Policy,
  sources: readonly Policy[],
  { table, seed }: { readonly table: LogTable; readonly seed: number },
): string[] {
  const source = sourceOf(chosen, sources)
  const evidence = source?.file.evidence
  if (source === undefined || evidence?.['logHash'] !== table.hash) return []
  const isByLot = String(evidence['split']).startsWith('by lot')
  const isSameSplit = !isByLot || evidence['seed'] === seed
  if (evidence['learnedFrom'] === LEARNED_FROM_TUNE && isSameSplit) return []
  return [
    `The classifier of ${source.policyId} was learned from requests that it is chosen by here: what is promised is too good, and only the held-out line counts. Learn it with train --for-tuning${isByLot ? ` --seed ${seed}` : ''}.`,
  ]
}

/** What its classifier was learned from, for the evidence of a policy that takes it; undefined where nobody says. */
export function learnedFrom(chosen: Policy, sources: readonly Policy[]): unknown {
  return sourceOf(chosen, sources)?.file.evidence?.['learnedFrom']
}

function sourceOf(chosen: Policy, sources: readonly Policy[]): Policy | undefined {
  const learned = learnedOf(chosen.file.classifier)
  return learned === undefined
    ? undefined
    : sources.find(({ file }) => learnedOf(file.classifier) === learned)
}

/** What was learned, as text; undefined where nothing was. */
function learnedOf(classifier: ClassifierSpec): string | undefined {
  if (classifier.kind === 'learned') return JSON.stringify(classifier.learned)
  return classifier.kind === 'hybrid' && classifier.inside.kind === 'learned'
    ? JSON.stringify(classifier.inside.learned)
    : undefined
}
