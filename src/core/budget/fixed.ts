import { createCalendar } from './calendar.js'
import { add, createPoolRows, endInRow, holdInRow, notePeak, openRow } from './pool-rows.js'
import type { Pools, PoolsState } from './pools.js'
import type { WindowSpec } from '../policy-schema.js'

/**
 * Calendar windows. A reservation belongs to the window of its admission, and each window is a pool of its own: there is
 * no reset to race on. Guarantee: charges of the reservations admitted in a window never exceed its cap.
 */
export function createFixedPools(window: Extract<WindowSpec, { kind: 'fixed' }>, state?: PoolsState): Pools {
  const calendar = createCalendar(window)
  const rows = state?.rows ?? createPoolRows()
  const current = (state?.own.current as number[] | undefined) ?? []

  const rowAt = (account: number, at: number): number => {
    const row = current[account]
    return row !== undefined && row >= 0 && at < (rows.end[row] as number) ? row : -1
  }
  const used = (account: number, at: number): number => {
    const row = rowAt(account, at)
    return row < 0 ? 0 : (rows.spent[row] as number) + (rows.held[row] as number)
  }
  const open = (account: number, at: number): number => {
    const row = rowAt(account, at)
    if (row >= 0) return row
    while (current.length <= account) current.push(-1)
    const { start, end } = calendar(at)
    return (current[account] = openRow(rows, account, start, end))
  }

  return {
    rows,
    free: (account, capNanoUsd, at) => capNanoUsd - used(account, at),
    ahead(at) {
      const { start, end } = calendar(at)
      return (end - at) / (end - start)
    },
    bounds: calendar,
    hold(account, capNanoUsd, amount, at) {
      const row = open(account, at)
      holdInRow(rows, row, capNanoUsd, amount)
      return row
    },
    end(row, _admittedAt, held, charged) {
      endInRow(rows, row, held, charged)
      notePeak(rows, row, rows.spent[row] as number)
    },
    refund: (row, _admittedAt, amount) => void add(rows.spent, row, -amount),
    earliest(account, capNanoUsd, amount, at) {
      if (capNanoUsd - used(account, at) >= amount) return at
      return amount <= capNanoUsd ? calendar(at).end : null
    },
    used(account, at) {
      const row = rowAt(account, at)
      return row < 0
        ? { spent: 0, held: 0 }
        : { spent: rows.spent[row] as number, held: rows.held[row] as number }
    },
    carry(account, capNanoUsd, carried, at) {
      const row = open(account, at)
      holdInRow(rows, row, capNanoUsd, carried.held)
      add(rows.spent, row, carried.spent)
      notePeak(rows, row, rows.spent[row] as number)
      return row
    },
    save: () => ({ rows, own: { current } }),
  }
}
