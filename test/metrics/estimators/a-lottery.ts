import type { LogTable } from '../../../src/core/log-table.js'
import { createRandom } from '../../../src/core/random.js'
import { loggedOnly } from '../../../src/replay/rows.js'
import type { Logger } from './known-matrix.js'

/** The log of a router that drew its calls with these chances: one outcome a request. `tellsAll`: the chances of the others too. */
export function aLottery(full: LogTable, logger: Logger, seed: number, tellsAll = false): LogTable {
  const random = createRandom(seed)
  const chosen = Int32Array.from(full.ids, (_, row) => {
    let left = random.next()
    const chances = logger(row)
    const drawn = chances.findIndex((chance) => (left -= chance) < 0)
    return drawn < 0 ? chances.findLastIndex((chance) => chance > 0) : drawn
  })
  const chances = full.outcomes.map(({ model }, index) => [
    model,
    Float64Array.from(full.ids, (_, row) => logger(row)[index] ?? 0),
  ])
  return loggedOnly({
    ...full,
    chosen,
    propensity: Float64Array.from(chosen, (model, row) => logger(row)[model] ?? 0),
    ...(tellsAll ? { propensities: Object.fromEntries(chances) as Record<string, Float64Array> } : {}),
  })
}
