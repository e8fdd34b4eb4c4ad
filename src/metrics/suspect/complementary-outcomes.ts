import { percent, type Finding } from './finding.js'
import type { TaskOutcomes } from './task-outcomes.js'

const FEWEST = 50
/** Exactly one of two is right on at least this share of the requests that both answered … */
const ONE_RIGHT = 0.95
/** … and on this much more than two independent models of their quality would have. */
const ABOVE_CHANCE = 0.2

/**
 * Two models of which one is right where the other is wrong, within a task. Two models that look at the question are right
 * and wrong together; the contrary is the mark of two that give the same answer always, each another one of two. Between
 * them an oracle is always right, and nothing about the request says which to ask but the answer itself.
 */
export function complementaryOutcomes({ task, models }: TaskOutcomes): Finding[] {
  return models.flatMap((first, index) =>
    models.slice(index + 1).flatMap((second) => {
      const { requests, oneRight, expected } = agreement(first.quality, second.quality)
      if (requests < FEWEST || oneRight < ONE_RIGHT || oneRight < expected + ABOVE_CHANCE) return []
      return [
        {
          code: 'complementary-outcomes',
          message: `of ${first.model} and ${second.model} exactly one is right on ${percent(oneRight)} of ${task} (by chance ${percent(expected)}): so are two that always give the same answer, each another one of two; choosing between them is guessing`,
          count: requests,
          figures: { models: [first.model, second.model], task, oneRight, expected, requests },
        },
      ]
    }),
  )
}

/** Of requests where both are known; `expected` if they had nothing to do with each other. */
function agreement(
  first: Float64Array,
  second: Float64Array,
): { readonly requests: number; readonly oneRight: number; readonly expected: number } {
  let [requests, oneRight, ofFirst, ofSecond] = [0, 0, 0, 0]
  for (let row = 0; row < first.length; row++) {
    const [a, b] = [first[row] ?? NaN, second[row] ?? NaN]
    if (Number.isNaN(a + b)) continue
    requests++
    ofFirst += a
    ofSecond += b
    if ((a === 0 && b === 1) || (a === 1 && b === 0)) oneRight++
  }
  const [p, q] = [ofFirst / requests, ofSecond / requests]
  return { requests, oneRight: oneRight / requests, expected: p * (1 - q) + q * (1 - p) }
}
