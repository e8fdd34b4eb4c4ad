/**
 * One row a pool, whatever its window kind: what the audit, the report and the caps' proof read. Columns are plain arrays
 * of numbers, so that they save to JSON as they are.
 */
export interface PoolRows {
  readonly account: number[]
  readonly start: number[]
  /** null where the window has no end. */
  readonly end: (number | null)[]
  /** Smallest cap under which something was admitted. */
  readonly cap: number[]
  readonly spent: number[]
  readonly held: number[]
  /** Most that was charged in one window at any time. */
  readonly peak: number[]
  readonly overspend: number[]
  readonly reservations: number[]
}

export function createPoolRows(): PoolRows {
  return {
    account: [],
    start: [],
    end: [],
    cap: [],
    spent: [],
    held: [],
    peak: [],
    overspend: [],
    reservations: [],
  }
}

export function openRow(rows: PoolRows, account: number, start: number, end: number | null): number {
  rows.start.push(start)
  rows.end.push(end)
  rows.cap.push(Number.MAX_SAFE_INTEGER)
  rows.spent.push(0)
  rows.held.push(0)
  rows.peak.push(0)
  rows.overspend.push(0)
  rows.reservations.push(0)
  return rows.account.push(account) - 1
}

/** Adds to one number of a column. The row exists: it was made by `openRow`. */
export function add(column: number[], row: number, amount: number): number {
  return (column[row] = (column[row] as number) + amount)
}

export function holdInRow(rows: PoolRows, row: number, capNanoUsd: number, amount: number): void {
  add(rows.held, row, amount)
  add(rows.reservations, row, 1)
  if (capNanoUsd < (rows.cap[row] as number)) rows.cap[row] = capNanoUsd
}

/** `windowSpent` is what the window that matters holds now: the row's own sum, or for sliding the live buckets'. */
export function endInRow(rows: PoolRows, row: number, held: number, charged: number): void {
  add(rows.held, row, -held)
  add(rows.spent, row, charged)
  if (charged > held) add(rows.overspend, row, charged - held)
}

export function notePeak(rows: PoolRows, row: number, windowSpent: number): void {
  if (windowSpent > (rows.peak[row] as number)) rows.peak[row] = windowSpent
}
