/** A corner of a curve that is linear between its corners. */
export interface Corner {
  readonly x: number
  readonly y: number
}

/**
 * The area under a curve that is linear between its corners, in units of x times y. The corners are in rising order of
 * x; two at the same x are a step and add nothing. 0 for fewer than two. O(n).
 *
 * The trapezoid rule, exact for such curves: https://en.wikipedia.org/wiki/Trapezoidal_rule.
 */
export function areaUnder(corners: readonly Corner[]): number {
  let area = 0
  let left: Corner | undefined
  for (const right of corners) {
    if (left !== undefined) area += ((right.x - left.x) * (left.y + right.y)) / 2
    left = right
  }
  return area
}
