import { gunzipSync, gzipSync } from 'node:zlib'
import type { LabelRows } from '../metrics/label-rows.js'
import type { Comparison, RunCharts } from '../metrics/result.js'
import { isRenamed, renameReplayable } from '../replay/packed/rename.js'
import { createPseudonyms, type Pseudonyms } from './pseudonyms.js'

/** A comparison, and the log's columns and policies that its page replays, packed and gzipped. */
export interface ComparisonWithColumns {
  readonly comparison: Comparison
  /** Undefined where there are none, or none that name nobody. */
  readonly columns: Uint8Array | undefined
}

/** Both under the same names: who is `user 1` in a table is `user 1` in what the page replays. */
export function redactWithColumns({ comparison, columns }: ComparisonWithColumns): ComparisonWithColumns {
  if (comparison.redacted === true)
    return { comparison, columns: columns !== undefined && nameNobody(columns) ? columns : undefined }
  const names = createPseudonyms(comparison.charts)
  // First, since they know every value, and the tables of the comparison only those that cost most.
  const renamed = columns === undefined ? undefined : renameReplayable(gunzipSync(columns), names.of)
  return {
    comparison: redact(comparison, names),
    columns: renamed === undefined ? undefined : gzipSync(renamed, { level: 9 }),
  }
}

/** Whether packed and gzipped columns may stand in a redacted page. */
export function nameNobody(columns: Uint8Array): boolean {
  return isRenamed(gunzipSync(columns))
}

/**
 * A comparison that may be mailed: no name of an organisation, team, user or any other label, no id of a request, no filter that
 * might quote one; and marked, so that no page of it shows a prompt. Labels get names by what they cost (`user 1` costs most),
 * the same in every run. Figures, models, policies and tasks stay as they are. Redacting twice changes nothing.
 */
export function redact(
  comparison: Comparison,
  names: Pseudonyms = createPseudonyms(comparison.charts),
): Comparison {
  if (comparison.redacted === true) return comparison
  const { provenance, charts } = comparison
  return {
    ...comparison,
    filters: comparison.filters.map(withoutQuote),
    charts: charts.map((own) => redactCharts(own, names)),
    ...(provenance === undefined
      ? {}
      : { provenance: { ...provenance, command: withoutFilters(provenance.command) } }),
    redacted: true,
  }
}

const REDACTED = '(redacted)'

function redactCharts(charts: RunCharts, names: Pseudonyms): RunCharts {
  const { labels, qualityLost } = charts
  const ofPool = <Pool extends { readonly label: string }>(pool: Pool): Pool => ({
    ...pool,
    label: names.ofPool(pool.label),
  })
  return {
    ...charts,
    poolSpend: charts.poolSpend.map(ofPool),
    poolWindows: charts.poolWindows.map(ofPool),
    ...(labels === undefined ? {} : { labels: labels.map((own) => redactLabel(own, names)) }),
    ...(qualityLost === undefined || qualityLost === null
      ? {}
      : {
          qualityLost: {
            ...qualityLost,
            worst: qualityLost.worst.map((request, at) => ({ ...request, id: `request ${at + 1}` })),
          },
        }),
  }
}

function redactLabel(labelRows: LabelRows, names: Pseudonyms): LabelRows {
  const { label, rows } = labelRows
  return {
    ...labelRows,
    rows: rows.map((row) => ({
      ...row,
      value: row.value === null ? null : names.of(label, row.value),
    })),
  }
}

/** `where user=ada` says who; `complete cases` does not. */
function withoutQuote(filter: string): string {
  return filter.startsWith('where ') ? `where ${REDACTED}` : filter
}

function withoutFilters(words: readonly string[]): string[] {
  return words.map((word, at) => (words[at - 1] === '--where' ? REDACTED : word))
}
