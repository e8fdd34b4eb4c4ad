import { durationMs } from '../duration.js'
import { add, createPoolRows, endInRow, holdInRow, notePeak, openRow } from './pool-rows.js'
import type { Pools, PoolsState } from './pools.js'
import type { WindowSpec } from '../policy-schema.js'

/**
 * A cap without replenishment. With `forgetAfter`, an account that admitted nothing for that long and has nothing in
 * flight begins a new lifetime, which is a new pool with a new row: the audit shows both.
 */
export function createLifetimePools(
  window: Extract<WindowSpec, { kind: 'lifetime' }>,
  state?: PoolsState,
): Pools {
  const forgetAfter = window.forgetAfter === undefined ? Infinity : durationMs(window.forgetAfter)
  const rows = state?.rows ?? createPoolRows()
  const own = (state?.own as Columns | undefined) ?? { rowOf: [], lastAdmission: [] }

  const rowAt = (account: number, at: number): number => {
    const row = own.rowOf[account] ?? -1
    if (row < 0) return -1
    const forgotten = at >= (own.lastAdmission[row] as number) + forgetAfter && rows.held[row] === 0
    return forgotten ? -1 : row
  }
  const usedSum = (account: number, at: number): number => {
    const row = rowAt(account, at)
    return row < 0 ? 0 : (rows.spent[row] as number) + (rows.held[row] as number)
  }
  const open = (account: number, at: number): number => {
    let row = rowAt(account, at)
    if (row < 0) {
      row = openRow(rows, account, at, null)
      while (own.rowOf.length <= account) own.rowOf.push(-1)
      own.rowOf[account] = row
      own.lastAdmission.push(at)
    }
    own.lastAdmission[row] = at
    return row
  }

  return {
    rows,
    free: (account, capNanoUsd, at) => capNanoUsd - usedSum(account, at),
    ahead: () => 1,
    bounds: () => null,
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
      if (capNanoUsd - usedSum(account, at) >= amount) return at
      const row = rowAt(account, at)
      if (amount > capNanoUsd || forgetAfter === Infinity || row < 0) return null
      const forgotten = (own.lastAdmission[row] as number) + forgetAfter
      // Due already, but held up by a call in flight: worth asking when that long has passed again.
      return forgotten > at ? forgotten : at + forgetAfter
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
    save: () => ({ rows, own: { ...own } }),
  }
}

interface Columns extends Record<string, unknown> {
  /** Newest row by account, -1 = none yet. */
  readonly rowOf: number[]
  readonly lastAdmission: number[]
}
