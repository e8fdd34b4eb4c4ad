import type { Point } from '../result.js'

/** A setting of a router between two models: the share of requests that it sends to the strong one, and mean results. */
export interface CurvePoint {
  /** In [0, 1]. */
  readonly strongShare: number
  /** Mean per request. */
  readonly costUsd: number
  readonly quality: number
}

/** The two models that a router chooses from, each alone on the same requests. */
export interface ModelPair {
  readonly weak: Point
  readonly strong: Point
}

/**
 * A router's curve from share 0 (the weak model alone) to share 1 (the strong one alone), by share. Between neighbours
 * it is linear, which is what a coin toss between two settings gives. Two qualities at one share are a step upwards.
 */
export function fullCurve(points: readonly CurvePoint[], { weak, strong }: ModelPair): readonly CurvePoint[] {
  const outside = points.find(({ strongShare }) => !(strongShare >= 0 && strongShare <= 1))
  if (outside !== undefined) {
    throw new RangeError(`strongShare must be in [0, 1], got ${outside.strongShare}`)
  }
  const between = [...points].sort((a, b) => a.strongShare - b.strongShare || a.quality - b.quality)
  return [
    { strongShare: 0, costUsd: weak.costUsd, quality: weak.quality },
    ...between,
    { strongShare: 1, costUsd: strong.costUsd, quality: strong.quality },
  ]
}

/**
 * The places of a curve that reach a quality and are the first or last of their segment to do so: its corners at or
 * above it, and where its segments cross it. The least share and the least cost at which the quality is reached are
 * among them, since both are linear on a segment.
 */
export function whereReached(curve: readonly CurvePoint[], quality: number): readonly CurvePoint[] {
  const places: CurvePoint[] = []
  let left: CurvePoint | undefined
  for (const right of curve) {
    if (left !== undefined && left.quality < quality !== right.quality < quality) {
      places.push(between(left, right, quality))
    }
    if (right.quality >= quality) places.push(right)
    left = right
  }
  return places
}

function between(left: CurvePoint, right: CurvePoint, quality: number): CurvePoint {
  const part = (quality - left.quality) / (right.quality - left.quality)
  return {
    strongShare: left.strongShare + part * (right.strongShare - left.strongShare),
    costUsd: left.costUsd + part * (right.costUsd - left.costUsd),
    quality,
  }
}
