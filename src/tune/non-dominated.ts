import type { Reached } from './trial.js'

/**
 * Candidates as NSGA-II has them: by front of those that none of the rest dominates, and within a front the ones with the most space
 * around them first (Deb, Pratap, Agarwal, Meyarivan 2002, https://doi.org/10.1109/4235.996017). Who keeps the constraints with
 * the room that the choice will ask for dominates who does not; of those who do not the nearer one dominates; of those who do, who has
 * no more loss and no less room beyond it. Room counts up to half as much again: more is worth nothing. O(n²).
 */
export function byRank<One extends Reached>(candidates: readonly One[]): readonly One[] {
  const ranked: One[] = []
  let left = [...candidates]
  while (left.length > 0) {
    const front = left.filter((one) => !left.some((other) => dominates(other, one)))
    ranked.push(...byCrowding(front))
    const first = new Set(front)
    left = left.filter((one) => !first.has(one))
  }
  return ranked
}

export function dominates(a: Reached, b: Reached): boolean {
  if (a.aimed < 0 || b.aimed < 0) return a.aimed > b.aimed || (a.aimed === b.aimed && a.loss < b.loss)
  const [roomA, roomB] = [roomOf(a), roomOf(b)]
  return a.loss <= b.loss && roomA >= roomB && (a.loss < b.loss || roomA > roomB)
}

/** Share of the extra room that is there, in [0, 1]. */
function roomOf({ aimed, roomy }: Reached): number {
  if (aimed === Infinity || aimed <= 0) return aimed === Infinity ? 1 : 0
  const more = aimed - roomy
  return more <= 0 ? 1 : Math.min(1, aimed / more)
}

/** Ends of the front first, then by the sides of the box that the neighbours leave. */
function byCrowding<One extends Reached>(front: readonly One[]): readonly One[] {
  const sorted = [...front].sort((a, b) => a.loss - b.loss)
  const range = (values: readonly number[]): number =>
    Math.max(1e-12, (values.at(-1) ?? 0) - (values[0] ?? 0))
  const losses = sorted.map(({ loss }) => loss)
  const rooms = sorted.map(roomOf)
  const [lossRange, roomRange] = [range(losses), Math.max(1e-12, Math.max(...rooms) - Math.min(...rooms))]
  const spaces = new Map(
    sorted.map((one, index) => {
      const [before, after] = [sorted[index - 1], sorted[index + 1]]
      const space =
        before === undefined || after === undefined
          ? Infinity
          : (after.loss - before.loss) / lossRange + Math.abs(roomOf(after) - roomOf(before)) / roomRange
      return [one, space]
    }),
  )
  return sorted.sort((a, b) => {
    const [x, y] = [spaces.get(a) ?? 0, spaces.get(b) ?? 0]
    return x === y ? a.loss - b.loss : y - x
  })
}
