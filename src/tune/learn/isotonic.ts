/** A score and the probability that goes with it. */
export type Knot = readonly [score: number, probability: number]

/** Knots kept at most: more would follow the noise. */
const MOST_KNOTS = 12

/**
 * Isotonic regression of outcomes in [0, 1] on scores by pooling adjacent violators (Ayer et al. 1955; for calibration Zadrozny &
 * Elkan 2002, https://doi.org/10.1145/775047.775151), on groups of equal size, so that the line between knots is steady
 * with few labels. Each knot is shrunk to the mean by one outcome's worth. Rows with a NaN are left out; empty without any.
 */
export function isotonic(scores: ArrayLike<number>, outcomes: ArrayLike<number>): Knot[] {
  const order = knownRows(scores, outcomes).sort((a, b) => (scores[a] as number) - (scores[b] as number))
  if (order.length === 0) return []
  const mean = order.reduce((sum, row) => sum + (outcomes[row] as number), 0) / order.length
  const groups = Math.min(MOST_KNOTS, Math.max(1, Math.floor(order.length / 15)))
  const blocks: Block[] = []
  for (let from = 0; from < order.length;) {
    const group = Math.floor((from * groups) / order.length)
    let to = Math.max(from + 1, Math.floor(((group + 1) * order.length) / groups))
    // Equal scores are one: their order says nothing.
    while (to < order.length && scores[order[to] as number] === scores[order[to - 1] as number]) to++
    blocks.push(blockOf(order.slice(from, to), scores, outcomes, mean))
    while (violates(blocks.at(-2), blocks.at(-1)))
      blocks.push(merged(blocks.pop() as Block, blocks.pop() as Block))
    from = to
  }
  return rising(
    blocks.map(({ weight, score, outcome }): Knot => [round(score / weight), round(outcome / weight)]),
  )
}

interface Block {
  readonly weight: number
  readonly score: number
  readonly outcome: number
}

function knownRows(scores: ArrayLike<number>, outcomes: ArrayLike<number>): number[] {
  const rows: number[] = []
  for (let row = 0; row < scores.length; row++)
    if (!Number.isNaN((scores[row] as number) + (outcomes[row] as number))) rows.push(row)
  return rows
}

function blockOf(
  rows: readonly number[],
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  mean: number,
): Block {
  const total = (values: ArrayLike<number>): number =>
    rows.reduce((sum, row) => sum + (values[row] as number), 0)
  const score = total(scores)
  return { weight: rows.length + 1, score: score * (1 + 1 / rows.length), outcome: total(outcomes) + mean }
}

function violates(before: Block | undefined, last: Block | undefined): boolean {
  if (before === undefined || last === undefined) return false
  return before.outcome / before.weight >= last.outcome / last.weight
}

function merged(a: Block, b: Block): Block {
  return { weight: a.weight + b.weight, score: a.score + b.score, outcome: a.outcome + b.outcome }
}

/** Equal scores after rounding keep the last probability. */
function rising(knots: readonly Knot[]): Knot[] {
  return knots.filter(([score], i) => score !== knots[i + 1]?.[0])
}

function round(value: number): number {
  return Number(value.toFixed(6))
}
