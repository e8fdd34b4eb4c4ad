import type { LogTable } from '../core/log-table.js'
import { permutation } from '../core/random.js'
import { pickOutcomeRows } from '../replay/rows.js'

/**
 * The log with whole outcome rows (basis, quality, cost, tokens, latency of every model, and which model was called)
 * handed to other requests by lot: what a request looks like then says nothing of what its outcomes are. Whoever finds
 * skill, a gain or a tuned policy that beats a fixed mix in such a log is broken.
 */
export function shuffledRows(table: LogTable, seed: number): LogTable {
  const source = Int32Array.from(permutation(table.size, seed))
  return {
    ...table,
    hash: `${table.hash}#shuffledRows=${seed}`,
    chosen: table.chosen.map((_, row) => table.chosen[source[row] ?? 0] ?? -1),
    propensity: table.propensity.map((_, row) => table.propensity[source[row] ?? 0] ?? NaN),
    propensities:
      table.propensities &&
      Object.fromEntries(
        Object.entries(table.propensities).map(([model, chances]) => [
          model,
          chances.map((_, row) => chances[source[row] ?? 0] ?? NaN),
        ]),
      ),
    outcomes: table.outcomes.map((outcome) => pickOutcomeRows(outcome, source)),
  }
}
