import { escapeLabel, SHARED_POOL } from '../core/budget/pool-label.js'
import type { LabelRows } from '../metrics/label-rows.js'
import type { Comparison, RunCharts } from '../metrics/result.js'

/** Says what something is, not who. */
type Pseudonyms = ReadonlyMap<string, string>

/**
 * A comparison that may be mailed: no name of an organisation, team, user or any other label, no id of a request, no filter that
 * might quote one; and marked, so that no page of it shows a prompt. Labels get names by what they cost (`user 1` costs most),
 * the same in every run. Figures, models, policies and tasks stay as they are. Redacting twice changes nothing.
 */
export function redact(comparison: Comparison): Comparison {
  if (comparison.redacted === true) return comparison
  const names = pseudonyms(comparison.charts)
  const pools = poolNames(comparison.charts, names)
  const { provenance, charts } = comparison
  return {
    ...comparison,
    filters: comparison.filters.map(withoutQuote),
    charts: charts.map((own) => redactCharts(own, names, pools)),
    ...(provenance === undefined
      ? {}
      : { provenance: { ...provenance, command: withoutFilters(provenance.command) } }),
    redacted: true,
  }
}

const key = (label: string, value: string): string => JSON.stringify([label, value])
const REDACTED = '(redacted)'
/** Of our own: it names nobody. */
const OPEN_LABELS = new Set(['priority'])

function pseudonyms(charts: readonly RunCharts[]): Pseudonyms {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  for (const { label, rows } of charts.flatMap(({ labels }) => labels ?? [])) {
    if (OPEN_LABELS.has(label)) continue
    for (const { value } of rows) {
      if (value === null || names.has(key(label, value))) continue
      const next = (counts.get(label) ?? 0) + 1
      counts.set(label, next)
      names.set(key(label, value), `${label} ${next}`)
    }
  }
  return names
}

/** A pool's label joins values of the labels of its budget's scope: where it is one value that is known, it keeps its new name. */
function poolNames(charts: readonly RunCharts[], names: Pseudonyms): Pseudonyms {
  const byValue = new Map<string, Set<string>>()
  for (const [joined, name] of names) {
    const [, value] = JSON.parse(joined) as [string, string]
    const part = escapeLabel(value)
    byValue.set(part, (byValue.get(part) ?? new Set()).add(name))
  }
  const pools = new Map<string, string>()
  for (const { label } of charts.flatMap(({ poolSpend, poolWindows }) => [...poolSpend, ...poolWindows])) {
    if (pools.has(label) || label === SHARED_POOL) continue
    const parts = label
      .split('/')
      .map((part) => (part === SHARED_POOL ? [SHARED_POOL] : [...(byValue.get(part) ?? [])]))
    const known = parts.every((part) => part.length === 1)
    pools.set(label, known ? parts.flat().join(' / ') : `pool ${pools.size + 1}`)
  }
  return pools
}

function redactCharts(charts: RunCharts, names: Pseudonyms, pools: Pseudonyms): RunCharts {
  const { labels, qualityLost } = charts
  const ofPool = <Pool extends { readonly label: string }>(pool: Pool): Pool => ({
    ...pool,
    label: pools.get(pool.label) ?? pool.label,
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
      value: row.value === null ? null : (names.get(key(label, row.value)) ?? row.value),
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
