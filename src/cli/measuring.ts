import { createExtractor } from '../core/classify/features.js'
import { heuristicSchema } from '../core/classify/heuristic-schema.js'
import type { Counter, Extractor } from '../logs/store-merge.js'
import { defaultCounter } from '../router/default-counter.js'

/**
 * The counter and extractor that a command uses without a policy: the runtime's own counter, and the features of the
 * default heuristic. A policy with other keyword lists has another extractor; `loadTable` then computes its features.
 */
export function defaultMeasuring(): { counter: Counter; extractor: Extractor } {
  return { counter: defaultCounter(), extractor: createExtractor(heuristicSchema.parse({})) }
}
