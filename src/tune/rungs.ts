import type { LogTable } from '../core/log-table.js'
import { usd } from '../core/money.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import { contributions } from '../metrics/contributions.js'
import { inRowOrder } from '../metrics/row-order.js'
import { replay } from '../replay/replay.js'
import type { Knobs } from './knobs.js'
import { withKnobs } from './knobs.js'

/**
 * What every request would cost and be worth at each of the answers that a difficulty can lead to: rung r is taken
 * between cut r - 1 and cut r. Without budgets, so that a rung of one request is independent of all others.
 */
export interface Rungs {
  readonly count: number
  readonly costUsd: readonly Float64Array[]
  /** NaN where unknown. */
  readonly quality: readonly Float64Array[]
}

/**
 * One replay a rung, with every request's difficulty set between two cuts: what the selector does there is asked of the
 * core and not told a second time.
 */
export function readRungs(
  table: LogTable,
  json: Readonly<Record<string, unknown>>,
  policy: Policy,
  knobs: Knobs,
): Rungs {
  const count = knobs.cuts.length + 1
  const cuts = knobs.cuts.map((_, index) => (index + 1) / count)
  const uncapped = parsePolicy({ ...withKnobs(json, policy, { ...knobs, cuts }), budgets: [] })
  const runs = Array.from({ length: count }, (_, rung) => {
    const assessedDifficulty = new Float64Array(table.size).fill((rung + 0.5) / count)
    const { steps } = replay({ ...table, assessedDifficulty }, uncapped)
    return contributions(inRowOrder(steps, table.size), uncapped.file.unservedQuality)
  })
  return {
    count,
    costUsd: runs.map(({ costNanoUsd }) => costNanoUsd.map(usd)),
    quality: runs.map(({ quality }) => quality),
  }
}
