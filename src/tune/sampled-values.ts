import type { LogTable } from '../core/log-table.js'
import { targetActions } from '../metrics/estimators/target-rows.js'
import type { Steps } from '../replay/steps.js'

/**
 * What a policy adds to a mean, a request each, on a log of which a sample was asked of other models: where the policy
 * calls the model that the log called, what came of it; where it calls another, what that is expected to be worth, and on the
 * requests that were drawn, the error of that expectation / the chance to be drawn. The expectation only has to be near:
 * the mean is right on average whatever it is (difference estimator: Särndal, Swensson & Wretman 1992, Model Assisted
 * Survey Sampling, section 6.3), and what the sample does not tell is in the spread of the values.
 * Quality is expected to differ from the log's by as much as it does on the drawn, cost to be as many times the log's.
 * Without a sample these are what replay made of them, as they are.
 */
export function sampledValues(
  table: LogTable,
  steps: Steps,
  figure: 'quality' | 'cost',
  replayed: Float64Array,
): Float64Array {
  const { chosen, sampled } = table
  if (sampled === undefined) return replayed
  const logged = loggedValues(table, figure)
  const actions = targetActions(table, steps)
  const expected = table.outcomes.map((outcome, place) =>
    sampled.models.includes(outcome.model) ? expectationOf(table, logged, { place, figure }) : undefined,
  )
  return Float64Array.from(actions, (action, row) => {
    const value = replayed[row] as number
    if (action < 0 || action === chosen[row]) return value
    const drawn = sampled.probability[row] ?? NaN
    const rule = expected[action]
    if (rule === undefined || Number.isNaN(drawn)) return NaN
    const guess = rule(logged[row] as number)
    return drawn > 0 ? guess + (value - guess) / drawn : guess
  })
}

/** Other models than those asked have answers nowhere but on the requests that the log gave them. */
export function isSampled({ sampled, chosen, outcomes }: LogTable, models: readonly string[]): boolean {
  if (sampled === undefined) return false
  const called = new Set(chosen)
  return models.every(
    (id) => sampled.models.includes(id) || called.has(outcomes.findIndex(({ model }) => model === id)),
  )
}

/** Of these rows, how many were drawn. */
export function drawnOf({ sampled }: LogTable, rows: ArrayLike<number>): number {
  return Array.from(rows).filter((row) => (sampled?.probability[row] ?? 0) > 0).length
}

function valuesOf(
  { outcomes }: LogTable,
  place: number,
  figure: 'quality' | 'cost',
): Float64Array | undefined {
  return figure === 'quality' ? outcomes[place]?.quality : outcomes[place]?.costNanoUsd
}

/** Of the log's own call, NaN unknown. */
function loggedValues(table: LogTable, figure: 'quality' | 'cost'): Float64Array {
  return Float64Array.from(table.chosen, (place, row) => valuesOf(table, place, figure)?.[row] ?? NaN)
}

/** Over the drawn requests, each weighed by 1 / its chance. */
function expectationOf(
  table: LogTable,
  logged: Float64Array,
  { place, figure }: { readonly place: number; readonly figure: 'quality' | 'cost' },
): (logged: number) => number {
  const own = valuesOf(table, place, figure)
  let [weights, mine, theirs] = [0, 0, 0]
  table.sampled?.probability.forEach((drawn, row) => {
    const [value, other] = [own?.[row] ?? NaN, logged[row] ?? NaN]
    if (!(drawn > 0) || Number.isNaN(value) || Number.isNaN(other)) return
    weights += 1 / drawn
    mine += value / drawn
    theirs += other / drawn
  })
  if (figure === 'cost') return (value) => (theirs > 0 ? (value * mine) / theirs : value)
  return (value) => (weights > 0 ? value + (mine - theirs) / weights : value)
}
