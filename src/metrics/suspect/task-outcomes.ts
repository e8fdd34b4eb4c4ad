import type { LogTable } from '../../core/log-table.js'

/** Known qualities of one task: a column a model of the log, NaN where unknown. */
export interface TaskOutcomes {
  /** For people: the task's name, or what stands for requests without one. */
  readonly task: string
  readonly size: number
  readonly models: readonly { readonly model: string; readonly quality: Float64Array }[]
}

/** The log by task; requests without a task are one of their own, and models without a known quality left out. */
export function taskOutcomes({ task, outcomes, size }: LogTable): readonly TaskOutcomes[] {
  const rows = new Map<number, number[]>()
  for (let row = 0; row < size; row++) {
    const code = task.codes[row] ?? -1
    const own = rows.get(code)
    if (own === undefined) rows.set(code, [row])
    else own.push(row)
  }
  return [...rows].map(([code, own]) => ({
    task: task.values[code] ?? (rows.size === 1 ? 'this log' : 'requests without a task'),
    size: own.length,
    models: outcomes
      .map(({ model, quality }) => ({ model, quality: Float64Array.from(own, (row) => quality[row] ?? NaN) }))
      .filter(({ quality }) => quality.some((value) => !Number.isNaN(value))),
  }))
}
