import type { Point } from '../../metrics/result.js'

const SAMPLES_PER_SEGMENT = 16

/** The hull as many short steps: a mix of two models is straight in cost, which a logarithmic axis makes a curve. */
export function hullLine(hull: readonly Point[]): Pick<Point, 'costUsd' | 'quality'>[] {
  return hull.flatMap((left, i) => {
    const right = hull[i + 1]
    if (right === undefined) return [{ costUsd: left.costUsd, quality: left.quality }]
    return Array.from({ length: SAMPLES_PER_SEGMENT }, (_, k) => {
      const share = k / SAMPLES_PER_SEGMENT
      return {
        costUsd: left.costUsd + share * (right.costUsd - left.costUsd),
        quality: left.quality + share * (right.quality - left.quality),
      }
    })
  })
}
