/** Where the best contender changes as prices move from today's towards the changed ones, and beyond. */
export interface BreakEven {
  /** How far: 0 is today's price, 1 the changed one, 2 twice the change. */
  readonly at: number
  /** Indices of the contenders that are best just before and just after. */
  readonly from: number
  readonly to: number
}

/** How much further than the change itself is looked. */
export const FURTHEST = 16

/** Halvings until the two sides are as near as prices can tell apart. */
const HALVINGS = 20
/** Steps at which the way to the change is looked at before it is bisected, so that a flip there and back is seen. */
const STEPS = [0, 0.25, 0.5, 0.75, 1, 2, 4, 8, FURTHEST]

/**
 * The first flip of `best` along the way, by bisection; undefined when there is none up to sixteen times the change.
 * `best` gives the index of the best contender at a distance, or undefined where none is known.
 */
export function findBreakEven(best: (t: number) => number | undefined): BreakEven | undefined {
  const first = best(0)
  if (first === undefined) return undefined
  let low = 0
  for (const t of STEPS.slice(1)) {
    const there = best(t)
    if (there === undefined) return undefined
    if (there !== first) return bisect(best, { first, low, high: t, there })
    low = t
  }
  return undefined
}

function bisect(
  best: (t: number) => number | undefined,
  {
    first,
    low,
    high,
    there,
  }: { readonly first: number; readonly low: number; readonly high: number; readonly there: number },
): BreakEven {
  let [near, far, to] = [low, high, there]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (near + far) / 2
    const between = best(middle) ?? first
    if (between === first) near = middle
    else [far, to] = [middle, between]
  }
  return { at: far, from: first, to }
}
