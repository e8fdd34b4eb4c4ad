import { createWindow } from '../../core/budget/index.js'
import type { LogTable } from '../../core/log-table.js'
import type { WindowSpec } from '../../core/policy-schema.js'

/** Parts of a window: hours of a day, 7 hours of a week. */
const PARTS = 24

/**
 * Requests by equal parts of a budget's window, counted over the windows that these rows cover whole: half a window says
 * nothing of its other half. One more each, so that a part without traffic is planned for, too. Undefined where no window is
 * whole, windows have no end or times are made up: then nothing is known but the clock.
 */
export function windowProfile(
  table: Pick<LogTable, 'at' | 'arrivals'>,
  rows: readonly number[],
  spec: WindowSpec,
): number[] | undefined {
  if (table.arrivals !== 'logged') return undefined
  const window = createWindow(spec)
  const times = rows.map((row) => table.at[row] as number)
  const from = times.reduce((first, at) => Math.min(first, at), Infinity)
  const to = times.reduce((last, at) => Math.max(last, at), -Infinity)
  const counts = new Array<number>(PARTS).fill(1)
  let known = false
  for (const at of times) {
    const bounds = window.bounds(at)
    if (bounds === null) return undefined
    const { start, end } = bounds
    const length = end - start
    if (start < from - length / PARTS || end > to + length / PARTS) continue
    const part = Math.floor(((at - start) / length) * PARTS)
    counts[part] = (counts[part] ?? 0) + 1
    known = true
  }
  return known ? counts : undefined
}
