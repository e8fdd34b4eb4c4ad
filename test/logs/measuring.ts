import { createExtractor, type FeatureExtractor } from '../../src/core/classify/features.js'
import { heuristicSchema } from '../../src/core/classify/heuristic-schema.js'
import type { TokenCounter } from '../../src/core/tokens/counter.js'

/** A counter without the 2 MB of ranks: tests of the store do not depend on exact tokens. */
export const wordCounter: TokenCounter = {
  name: 'words',
  count: (text) => text.split(/\s+/).filter(Boolean).length,
}

export const extractor: FeatureExtractor = createExtractor(heuristicSchema.parse({}))

/** The heuristic with one keyword more: another extractor, another key. */
export const otherExtractor: FeatureExtractor = createExtractor(
  heuristicSchema.parse({ keywords: { pirate: { words: ['arr'], weight: 0.1 } } }),
)
