import type { Point } from './result.js'

/**
 * What chance reaches: mixes of neighbouring hull models that never look at the prompt, `perSegment` points between
 * each two neighbours, hull points included. Expected cost and quality of a mix are linear in its shares, so the points
 * lie on the hull; this is RouteLLM's "random" baseline (https://arxiv.org/abs/2406.18665) for more than two models.
 */
export function randomMix(hull: readonly Point[], perSegment = 4): readonly Point[] {
  const points: Point[] = []
  let left: Point | undefined
  for (const right of hull) {
    if (left !== undefined) points.push(...mixesBetween(left, right, perSegment))
    points.push(right)
    left = right
  }
  return points
}

function mixesBetween(left: Point, right: Point, count: number): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const share = (index + 1) / (count + 1)
    return {
      label: `${percent(1 - share)} ${left.label} + ${percent(share)} ${right.label}`,
      costUsd: left.costUsd + share * (right.costUsd - left.costUsd),
      quality: left.quality + share * (right.quality - left.quality),
    }
  })
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
