/**
 * A pool's whole state: a row of doubles, `Window.stride` of them. In memory the records of one budget lie behind one another
 * in one `Float64Array`; a database keeps a record as it is. Every kind begins with the columns below; its own follow from
 * `OWN` on. All but END are whole numbers below 2^53; END is Infinity where the window has no end.
 */
export const SPENT = 0
export const HELD = 1
/** Smallest cap under which something was admitted. */
export const CAP = 2
/** Most that was charged in one window at any time. */
export const PEAK = 3
export const OVERSPEND = 4
/** How often something was held. */
export const RESERVATIONS = 5
export const START = 6
export const END = 7
export const OWN = 8

/** The common columns as names: what the audit, the report and the caps' proof read. */
export interface PoolRow {
  readonly start: number
  /** null where the window has no end. */
  readonly end: number | null
  readonly cap: number
  readonly spent: number
  readonly held: number
  readonly peak: number
  readonly overspend: number
  readonly reservations: number
}

export function readPool(data: Float64Array, p: number): PoolRow {
  const end = at(data, p + END)
  return {
    start: at(data, p + START),
    end: end === Infinity ? null : end,
    cap: at(data, p + CAP),
    spent: at(data, p + SPENT),
    held: at(data, p + HELD),
    peak: at(data, p + PEAK),
    overspend: at(data, p + OVERSPEND),
    reservations: at(data, p + RESERVATIONS),
  }
}

/** One number of a record that is there. */
export function at(data: Float64Array, index: number): number {
  return data[index] as number
}

export function add(data: Float64Array, index: number, amount: number): void {
  data[index] = (data[index] as number) + amount
}

/** The common columns of a new record; the array was made of zeros. */
export function beginPool(data: Float64Array, p: number, start: number, end: number): void {
  data[p + CAP] = Number.MAX_SAFE_INTEGER
  data[p + START] = start
  data[p + END] = end
}

export function holdInPool(data: Float64Array, p: number, capNanoUsd: number, amount: number): void {
  add(data, p + HELD, amount)
  add(data, p + RESERVATIONS, 1)
  if (capNanoUsd < at(data, p + CAP)) data[p + CAP] = capNanoUsd
}

export function endInPool(data: Float64Array, p: number, held: number, charged: number): void {
  add(data, p + HELD, -held)
  add(data, p + SPENT, charged)
  if (charged > held) add(data, p + OVERSPEND, charged - held)
}

/** A charge of a window whose charges all stand in its own record. */
export function chargeInPool(data: Float64Array, p: number, amount: number): void {
  add(data, p + SPENT, amount)
  notePeak(data, p, at(data, p + SPENT))
}

/** `windowSpent` is what the window that matters holds now: the record's own sum, or for sliding the live buckets'. */
export function notePeak(data: Float64Array, p: number, windowSpent: number): void {
  if (windowSpent > at(data, p + PEAK)) data[p + PEAK] = windowSpent
}
