import type { TextColumn } from '../core/log-table.js'
import { usd } from '../core/money.js'
import type { Steps } from '../replay/steps.js'
import { KNOWN_ENOUGH } from './contributions.js'
import type { RunCharts } from './result.js'

const NO_TASK = '(no task)'

/** Answered requests by task and model: how many, mean quality (null under 95 % known), total cost. Largest task first. */
export function mixByTask(steps: Steps, task: TextColumn): RunCharts['mixByTask'] {
  const models = steps.models.length
  const cells = Array.from({ length: (task.values.length + 1) * models }, () => ({
    requests: 0,
    quality: 0,
    known: 0,
    nano: 0,
  }))
  steps.model.forEach((model, row) => {
    const cell = model < 0 ? undefined : cells[((task.codes[row] ?? -1) + 1) * models + model]
    if (cell === undefined) return
    const quality = steps.quality[row] ?? NaN
    const cost = steps.costNanoUsd[row] ?? NaN
    cell.requests++
    cell.nano += Number.isNaN(cost) ? 0 : cost
    if (Number.isNaN(quality)) return
    cell.quality += quality
    cell.known++
  })
  const rows = cells.map(({ requests, quality, known, nano }, index) => ({
    task: task.values[Math.floor(index / models) - 1] ?? NO_TASK,
    model: steps.models[index % models]?.id ?? '',
    requests,
    quality: known === 0 || known < requests * KNOWN_ENOUGH ? null : quality / known,
    costUsd: usd(nano),
  }))
  return bySize(rows.filter((row) => row.requests > 0))
}

function bySize<T extends { readonly task: string; readonly requests: number }>(rows: readonly T[]): T[] {
  const sizes = new Map<string, number>()
  for (const { task, requests } of rows) sizes.set(task, (sizes.get(task) ?? 0) + requests)
  const sizeOf = (task: string): number => sizes.get(task) ?? 0
  return [...rows].sort((a, b) => sizeOf(b.task) - sizeOf(a.task) || compareText(a.task, b.task))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
