import { candidateFor } from '../core/feasibility.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { createRequestReader } from '../replay/requests.js'

/** Of each named model a column: 1 where the policy could ask it for the request, whatever its budgets say. */
export function feasibleModels(
  table: LogTable,
  policy: Policy,
  ids: readonly string[],
): readonly Uint8Array[] {
  const models = ids.map((id) => policy.models.find((model) => model.id === id))
  const columns = ids.map(() => new Uint8Array(table.size))
  // Difficulty decides nothing here, and a given one spares the classifier.
  const easy = { ...table, assessedDifficulty: new Float64Array(table.size) }
  const requests = createRequestReader(easy, policy)
  const scopeOf = scopeReader(table, policy)
  for (let row = 0; row < table.size; row++) {
    const request = requests.read(row, scopeOf(row))
    models.forEach((model, index) => {
      if (model === undefined || typeof candidateFor(policy, model, request, false) === 'string') return
      ;(columns[index] as Uint8Array)[row] = 1
    })
  }
  return columns
}

const NO_SCOPE: Readonly<Record<string, string>> = {}

/** Only the labels that deny rules read. */
function scopeReader(
  { labels }: LogTable,
  { denyRules }: Policy,
): (row: number) => Readonly<Record<string, string>> {
  const names = [...new Set(denyRules.map(({ label }) => label))]
  const columns = names.flatMap((name) => {
    const column = labels[name]
    return column === undefined ? [] : [{ name, ...column }]
  })
  if (columns.length === 0) return () => NO_SCOPE
  return (row) => {
    const scope: Record<string, string> = {}
    for (const { name, values, codes } of columns) {
      const value = values[codes[row] ?? -1]
      if (value !== undefined) scope[name] = value
    }
    return scope
  }
}
