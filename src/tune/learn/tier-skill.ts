import { tierOf } from '../../core/plan.js'

/** Share of held-out requests that were put in the tier they require; null where the log does not tell. */
export interface TierSkill {
  readonly requests: number
  readonly learned: number | null
  readonly heuristic: number | null
  readonly shuffled: number | null
  /** Of always naming the tier that most requests require. */
  readonly commonest: number | null
}

export interface HybridPoint {
  readonly margin: number
  /** Share of requests that the learned classifier decides. */
  readonly share: number
  readonly accuracy: number
}

/** The learned classifier decides at most this share in a hybrid that is chosen. */
const HYBRID_SHARE = 0.4
const MARGINS = [0, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1]

export function only(values: Float64Array, rows: readonly number[]): Float64Array {
  const kept = new Float64Array(values.length).fill(NaN)
  for (const row of rows) kept[row] = values[row] as number
  return kept
}

export function tierAt(difficulty: number, boundaries: readonly number[]): number {
  return Number.isNaN(difficulty) ? NaN : tierOf(difficulty, boundaries)
}

/** Of rows where both are known; null without any. */
export function accuracy(
  tiers: ArrayLike<number>,
  truth: Float64Array,
  rows: readonly number[],
): number | null {
  let [right, known] = [0, 0]
  for (const row of rows) {
    if (Number.isNaN((truth[row] as number) + (tiers[row] as number))) continue
    known++
    if (truth[row] === tiers[row]) right++
  }
  return known === 0 ? null : right / known
}

export function commonestShare(
  truth: Float64Array,
  learnRows: readonly number[],
  testRows: readonly number[],
): number | null {
  const counts = new Map<number, number>()
  for (const row of learnRows) {
    const tier = truth[row] as number
    if (!Number.isNaN(tier)) counts.set(tier, (counts.get(tier) ?? 0) + 1)
  }
  const commonest = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
  return commonest === undefined
    ? null
    : accuracy(
        truth.map(() => commonest),
        truth,
        testRows,
      )
}

function isInside(difficulty: number, boundaries: readonly number[], margin: number): boolean {
  return boundaries.some((boundary) => Math.abs(difficulty - boundary) <= margin)
}

function shareInside(
  heuristic: Float64Array,
  boundaries: readonly number[],
  margin: number,
  rows: readonly number[],
): number {
  return (
    rows.filter((row) => isInside(heuristic[row] as number, boundaries, margin)).length /
    Math.max(1, rows.length)
  )
}

export function hybridCurve(
  heuristic: Float64Array,
  boundaries: readonly number[],
  learnedTiers: Float64Array,
  truth: Float64Array,
  rows: readonly number[],
): HybridPoint[] {
  return MARGINS.flatMap((margin) => {
    const tiers = heuristic.map((difficulty, row) =>
      isInside(difficulty, boundaries, margin)
        ? (learnedTiers[row] as number)
        : tierAt(difficulty, boundaries),
    )
    const right = accuracy(tiers, truth, rows)
    return right === null
      ? []
      : [{ margin, share: shareInside(heuristic, boundaries, margin, rows), accuracy: right }]
  })
}

/** The band that puts most in the right tier of those that ask the learned classifier little enough; the narrowest of equals. */
export function chooseMargin(curve: readonly HybridPoint[]): number {
  let best: HybridPoint | undefined
  for (const point of curve)
    if (point.share <= HYBRID_SHARE && point.accuracy > (best?.accuracy ?? -1)) best = point
  return best?.margin ?? 0
}
