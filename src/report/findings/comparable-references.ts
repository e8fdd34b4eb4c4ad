import type { Comparison, References } from '../../metrics/result.js'

const NONE: References = { singles: [], hull: [], oracle: null, randomMix: [] }

/**
 * What policies may be drawn and judged beside. Of models alone the log knows single answers: beside policies that are judged by
 * whole sessions these would be figures of another kind.
 */
export function comparableReferences({ references, qualityUnit }: Comparison): References {
  return qualityUnit === 'session' ? NONE : references
}
