import { NO_OUTCOME, type LogTable, type OutcomeColumns } from '../core/log-table.js'
import { KNOWN_ENOUGH } from './contributions.js'

/** The model that the log says was called most often; undefined where it does not say. */
export function mostCalledModel(table: LogTable): string | undefined {
  const counts = new Array<number>(table.outcomes.length).fill(0)
  for (const code of table.chosen) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1
  const most = Math.max(0, ...counts)
  return most === 0 ? undefined : table.outcomes[counts.indexOf(most)]?.model
}

/**
 * The model to hold policies against where the log names none: of those whose quality is known on at least 95 % of the
 * requests the best, by its mean over the requests known for all of them. A model known on a few easy requests looks better
 * than it is, so where no model is widely known, the one known on most requests stands in. Undefined without models.
 */
export function bestKnownModel(
  table: LogTable,
): { readonly model: string; readonly widelyKnown: boolean } | undefined {
  const widely = table.outcomes.filter(
    (outcome) => table.size > 0 && knownQualities(outcome) >= table.size * KNOWN_ENOUGH,
  )
  if (widely.length > 0) {
    return { model: first(widely, commonQuality(widely)).model, widelyKnown: true }
  }
  if (table.outcomes.length === 0) return undefined
  // Without any quality the number of outcomes decides.
  const coverage = (outcome: OutcomeColumns): number =>
    knownQualities(outcome) + outcomesOf(outcome) / (table.size + 1)
  return { model: first(table.outcomes, coverage).model, widelyKnown: false }
}

/** Total quality over the requests known for all of them: of the same requests, so it orders like the mean. */
function commonQuality(outcomes: readonly OutcomeColumns[]): (outcome: OutcomeColumns) => number {
  return ({ quality }) =>
    quality.reduce(
      (sum, value, row) =>
        outcomes.every((other) => !Number.isNaN(other.quality[row] ?? NaN)) ? sum + value : sum,
      0,
    )
}

/** The largest, the first of equals. */
function first(
  outcomes: readonly OutcomeColumns[],
  worth: (outcome: OutcomeColumns) => number,
): OutcomeColumns {
  const worths = outcomes.map(worth)
  return outcomes[worths.indexOf(Math.max(...worths))] as OutcomeColumns
}

function knownQualities({ quality }: OutcomeColumns): number {
  return quality.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0)
}

function outcomesOf({ basis }: OutcomeColumns): number {
  return basis.reduce((count, value) => (value === NO_OUTCOME ? count : count + 1), 0)
}
