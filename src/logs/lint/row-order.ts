import type { LogRecord } from '../../core/log-record.js'
import { addTo, NONE, nothingFound, type Found } from './found.js'

/** What the order of a file's rows says of their times. */
export interface RowOrder {
  /** Rows that lie a whole number of half hours off the rows around them: times of several zones under one. */
  readonly otherZone: Found
  /** The commonest such distance, in hours. */
  readonly zoneHours: number
  /** Single rows that ended more than a minute before the row ahead of them began, in a file that is otherwise in order. */
  readonly outOfOrder: Found
}

const MINUTE = 60_000
const HALF_HOUR = 30 * MINUTE
/** A step back over a whole zone is shorter than it by the time between two rows. */
const MOST_SHORT = 2 * MINUTE
const MOST_LONG = 5000
/** Zones lie between -12 and +14 hours. */
const MOST_HALF_HOURS = 2 * 26
/** Fewer steps back may be files that were put together. */
const LEAST_ROWS = 3
const LEAST_ZONED = 10
/** By chance one step in fourteen lies that near to a multiple of half an hour. */
const LEAST_SHARE_ZONED = 1 / 3
const LEAST_IN_ORDER = 0.9

/** Rows after which one that stood out must be followed by the order it broke; else another part of the file begins. */
const BACK_WITHIN = 5

/** Steps of one sign: those of the file's order, and those against it. */
class Steps {
  count = 0
  /** Those of half an hour and more: at a half hour's multiple, and at none. */
  long = 0
  readonly byHalfHours = new Map<number, number>()
  readonly zoned = nothingFound()
  readonly late = nothingFound()
  /** A row that may stand out, where the row ahead of it stood, and how many rows may still show it. */
  #open: { readonly id: string; readonly ahead: number; left: number } | undefined

  /** `ahead`: the time of the row ahead. `gap`: the step less the time that the row's call took. */
  see(id: string, ahead: number, step: number, gap: number): void {
    this.count++
    const halfHours = Math.ceil((step - MOST_LONG) / HALF_HOUR)
    if (step >= HALF_HOUR - MOST_SHORT) this.long++
    if (halfHours >= 1 && halfHours <= MOST_HALF_HOURS && halfHours * HALF_HOUR - step <= MOST_SHORT) {
      this.byHalfHours.set(halfHours, (this.byHalfHours.get(halfHours) ?? 0) + 1)
      addTo(this.zoned, id)
    } else if (gap > MINUTE) this.#open ??= { id, ahead, left: BACK_WITHIN }
  }

  /** Another row: `isPast` says whether it is where the file was before the row that may stand out. */
  follow(isPast: (ahead: number) => boolean): void {
    const open = this.#open
    if (open === undefined) return
    if (isPast(open.ahead)) addTo(this.late, open.id)
    if (isPast(open.ahead) || --open.left === 0) this.#open = undefined
  }
}

/**
 * Follows the rows of one file. Exports are in order of time, or in its reverse: rows that go against the order of the others have
 * a clock of their own. If most of their long steps are whole half hours, that clock is another zone's.
 */
export class RowOrderReader {
  readonly #forward = new Steps()
  readonly #back = new Steps()
  #last: { readonly at: number; readonly end: number } | undefined

  see({ id, at, outcomes }: LogRecord): void {
    if (at === undefined) return
    const end = at + (outcomes ?? []).reduce((most, { latencyMs = 0 }) => Math.max(most, latencyMs), 0)
    const last = this.#last
    this.#last = { at, end }
    this.#back.follow((ahead) => at >= ahead)
    this.#forward.follow((ahead) => at <= ahead)
    if (last === undefined || at === last.at) return
    // In order of time a row may be written when its call has ended; in reverse order the row ahead may.
    if (at > last.at) this.#forward.see(id, last.at, at - last.at, at - last.end)
    else this.#back.see(id, last.at, last.at - at, last.at - end)
  }

  order(): RowOrder {
    const [most, against] =
      this.#forward.count >= this.#back.count ? [this.#forward, this.#back] : [this.#back, this.#forward]
    const isZoned =
      against.zoned.count >= LEAST_ZONED && against.zoned.count > LEAST_SHARE_ZONED * against.long
    const steps = most.count + against.count
    const odd = against.count - (isZoned ? against.zoned.count : 0)
    const isInOrder = odd <= (1 - LEAST_IN_ORDER) * steps
    const late = isInOrder && against.late.count >= LEAST_ROWS
    const commonest = [...against.byHalfHours].sort(([a, m], [b, n]) => n - m || a - b)[0]?.[0] ?? 0
    return {
      otherZone: isZoned ? against.zoned : NONE,
      zoneHours: isZoned ? commonest / 2 : 0,
      outOfOrder: late ? against.late : NONE,
    }
  }
}
