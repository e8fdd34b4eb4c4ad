import type { LogTable } from '../core/log-table.js'
import type { EvidenceMode } from './result.js'

/** Share of requests that must be known for every model before a log counts as a full matrix. */
const FULL_MATRIX_SHARE = 0.99

/**
 * What a log can say of policies over these models: `full-matrix` when at least 99 % of the requests have a quality of
 * every one of them; `cost-only` when no quality is known at all; else `logged-propensity` when some requests were
 * given to a model with a chance below 1, or a sample was attached, `logged-deterministic` when none were.
 */
export function evidenceMode(table: LogTable, models: readonly string[]): EvidenceMode {
  if (!table.outcomes.some((outcome) => outcome.quality.some((value) => !Number.isNaN(value))))
    return 'cost-only'
  if (models.length > 0 && fullRows(table, models) >= table.size * FULL_MATRIX_SHARE) return 'full-matrix'
  if (table.sampled !== undefined) return 'logged-propensity'
  return table.propensity.some((value) => value < 1) ? 'logged-propensity' : 'logged-deterministic'
}

/** Requests with a known quality of every one of the models. */
function fullRows(table: LogTable, models: readonly string[]): number {
  const columns = models.map((id) => table.outcomes.find((outcome) => outcome.model === id)?.quality)
  let rows = 0
  for (let row = 0; row < table.size; row++) {
    if (columns.every((quality) => !Number.isNaN(quality?.[row] ?? NaN))) rows++
  }
  return rows
}

/** Models whose quality is known on nearly every request. */
export function fullyKnown(table: LogTable): readonly string[] {
  const ids = table.outcomes.map(({ model }) => model)
  return ids.filter((id) => fullRows(table, [id]) >= table.size * FULL_MATRIX_SHARE)
}

/** The same of a whole log, without policies in mind: a full matrix needs two models that nearly every request knows. */
export function logEvidence(table: LogTable): EvidenceMode {
  const covered = fullyKnown(table)
  return evidenceMode(table, covered.length >= 2 ? covered : [])
}
