import type { Point } from '../result.js'

/** One policy under several settings; the label of a point is its setting. */
export interface CurveWithReference {
  readonly points: readonly Point[]
  /** What the policy is compared with, on the same requests: usually the best single model. */
  readonly reference: Point
}

export interface MatchedQuality {
  /** The setting that was chosen on the validation requests. */
  readonly label: string
  /** 1 - its cost / the reference's cost on the test requests; negative where it costs more. */
  readonly share: number
  /** Its quality minus the reference's on the test requests; negative where the match did not hold. */
  readonly qualityDelta: number
}

/**
 * What a policy saves at the reference's quality: the cheapest setting whose quality on the validation requests is at
 * least the reference's is chosen there, and its saving is quoted on the test requests, where nothing was chosen (the
 * best of many settings on the requests that are reported looks better than it is). Both curves have the same settings.
 * Null where no setting reaches the reference on the validation requests, and where the reference costs nothing.
 *
 * CostSave of LLMRouterBench (https://arxiv.org/abs/2601.07206, section 6), 1 - quality-neutral cost of UniRoute
 * (https://arxiv.org/abs/2502.08773); their formulas choose and quote on the same requests, here the choice is held out.
 */
export function savingAtMatchedQuality(
  validation: CurveWithReference,
  test: CurveWithReference,
): MatchedQuality | null {
  const tested = byLabel(test.points, 'test')
  const missing = [...byLabel(validation.points, 'validation').keys()].find((label) => !tested.has(label))
  if (missing !== undefined)
    throw new RangeError(`test.points must have every setting, got none of ${missing}`)
  const matching = validation.points.filter(({ quality }) => quality >= validation.reference.quality)
  const [chosen] = [...matching].sort((a, b) => a.costUsd - b.costUsd || b.quality - a.quality)
  const quoted = chosen === undefined ? undefined : tested.get(chosen.label)
  if (quoted === undefined || !(test.reference.costUsd > 0)) return null
  return {
    label: quoted.label,
    share: 1 - quoted.costUsd / test.reference.costUsd,
    qualityDelta: quoted.quality - test.reference.quality,
  }
}

function byLabel(points: readonly Point[], name: string): ReadonlyMap<string, Point> {
  const found = new Map(points.map((point) => [point.label, point]))
  if (found.size < points.length) throw new RangeError(`${name}.points must have one point a setting`)
  return found
}
