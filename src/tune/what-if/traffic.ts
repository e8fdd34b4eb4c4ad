import type { LogTable } from '../../core/log-table.js'
import { createRandom, draw } from '../../core/random.js'
import { selectRows } from '../../replay/rows.js'
import type { Shift } from './change.js'

/**
 * `factor` requests where one came, at the same time and with the same labels: the same users ask more, and the shape of
 * the traffic through the day stays. A factor that is not whole keeps or drops the last copy of each request by lot.
 */
export function withTraffic(table: LogTable, factor: number, seed: number): LogTable {
  if (factor === 1) return table
  const rows: number[] = []
  const ids: string[] = []
  table.ids.forEach((id, row) => {
    const copies = Math.floor(factor) + (draw(seed, id, 'traffic') < factor % 1 ? 1 : 0)
    for (let copy = 1; copy <= copies; copy++) {
      rows.push(row)
      ids.push(copy === 1 ? id : `${id}#${copy}`)
    }
  })
  return { ...selectRows(table, rows), ids }
}

/**
 * Another mix of tasks over the same arrivals: as many requests as it takes are replaced, by lot, by requests of the task
 * (or of the other tasks, where its share falls), which bring along their text, labels and outcomes.
 */
export function withShift(table: LogTable, { task, factor }: Shift, seed: number): LogTable {
  const code = table.task.values.indexOf(task)
  const [inside, outside]: [number[], number[]] = [[], []]
  for (let row = 0; row < table.size; row++) (table.task.codes[row] === code ? inside : outside).push(row)
  const wanted = Math.min(table.size, Math.round(inside.length * factor))
  const [replaced, by] = wanted > inside.length ? [outside, inside] : [inside, outside]
  if (code < 0 || by.length === 0 || wanted === inside.length) return table
  const random = createRandom(seed)
  const source = Array.from({ length: table.size }, (_, row) => row)
  const pool = [...replaced]
  for (let left = Math.abs(wanted - inside.length); left > 0; left--) {
    const [row = 0] = pool.splice(random.below(pool.length), 1)
    source[row] = by[random.below(by.length)] ?? row
  }
  const ids = source.map((from, row) => (from === row ? (table.ids[row] ?? '') : `${table.ids[from]}@${row}`))
  return { ...selectRows(table, source), ids, at: table.at }
}

/** Share of the requests of each task, for people to see what a shift did. */
export function taskShare(table: LogTable, task: string): number {
  const code = table.task.values.indexOf(task)
  return table.task.codes.reduce((count, one) => count + (one === code ? 1 : 0), 0) / Math.max(1, table.size)
}
