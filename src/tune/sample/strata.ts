import type { LogTable } from '../../core/log-table.js'

/** Requests of which some are drawn, each with the same chance. */
export interface Stratum {
  readonly name: string
  readonly rows: readonly number[]
}

/** Smaller groups are put together: a few requests of each would cost more than their parting gains. */
const LEAST = 30
const MOST_TASKS = 12

/**
 * Groups of requests that are more alike than the log: by task, within a task by difficulty in thirds, and within those by
 * what asking would cost, below and above the median. Groups below 30 requests stay with their task, such tasks together.
 */
export function strataOf(table: LogTable, difficulty: Float64Array, costs: Float64Array): readonly Stratum[] {
  return byTask(table).flatMap((task) => {
    const thirds = parts(task, difficulty, ['easy', 'middling', 'hard'])
    return thirds.flatMap((third) => parts(third, costs, ['cheap', 'dear']))
  })
}

function byTask({ task, size }: LogTable): readonly Stratum[] {
  const groups = new Map<string, number[]>()
  for (let row = 0; row < size; row++) {
    const name = task.values[task.codes[row] ?? -1] ?? 'no task'
    const own = groups.get(name)
    if (own === undefined) groups.set(name, [row])
    else own.push(row)
  }
  const sorted = [...groups]
    .map(([name, rows]) => ({ name, rows }))
    .sort((a, b) => b.rows.length - a.rows.length || (a.name < b.name ? -1 : 1))
  const large = sorted.filter(({ rows }, place) => place < MOST_TASKS && rows.length >= LEAST)
  const rest = sorted.filter((group) => !large.includes(group)).flatMap(({ rows }) => rows)
  const name = large.length === 0 ? 'all' : 'other tasks'
  return rest.length === 0 ? large : [...large, { name, rows: rest }]
}

/** Equal parts by a value; all in one where it is unknown or the parts would be too small. */
function parts({ name, rows }: Stratum, values: Float64Array, names: readonly string[]): readonly Stratum[] {
  const isKnown = rows.every((row) => !Number.isNaN(values[row]))
  if (!isKnown || rows.length < LEAST * names.length) return [{ name, rows }]
  const sorted = [...rows].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b)
  if (values[sorted[0] ?? 0] === values[sorted.at(-1) ?? 0]) return [{ name, rows }]
  return names.map((part, place) => ({
    name: `${name}, ${part}`,
    rows: sorted.slice(
      Math.floor((place * sorted.length) / names.length),
      Math.floor(((place + 1) * sorted.length) / names.length),
    ),
  }))
}
