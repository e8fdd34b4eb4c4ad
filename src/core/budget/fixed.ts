import { nanoUsd } from '../money.js'
import type { WindowSpec } from '../policy-schema.js'
import { createCalendar } from './calendar.js'
import {
  add,
  at as read,
  beginPool,
  chargeInPool,
  CAP,
  END,
  endInPool,
  HELD,
  holdInPool,
  notePeak,
  OWN,
  SPENT,
} from './pool-record.js'
import type { Wanted, Window } from './window.js'

/** Number of the calendar window. */
const INDEX = OWN
/** What earlier windows left over and this one may spend on top of the cap. */
const CARRIED = OWN + 1
/** Spent and held when the window closed, plus one: 0 while nothing has ended in it since. */
const CLOSED = OWN + 2

/** Windows looked ahead at most: a request that would have to save up for longer is told to ask again then. */
const LOOK_AHEAD = 1000

/**
 * Calendar windows. A reservation belongs to the window of its admission, and each window is a pool of its own: there is
 * no reset to race on. Guarantee: charges of the reservations admitted in a window never exceed its cap, plus what was
 * carried into it where the budget has a `rollover`.
 *
 * What is carried is fixed at the boundary, with the money held at that time counted in full: what comes back later is gone.
 * It is reckoned by the smaller of the caps of then and now, and windows in which nothing was admitted carry theirs.
 */
export function createFixedWindow(spec: Extract<WindowSpec, { kind: 'fixed' }>): Window {
  const calendar = createCalendar(spec)
  const mostCarried = spec.rollover === undefined ? 0 : nanoUsd(spec.rollover.maxUsd)
  const isOver = (data: Float64Array, p: number, at: number): boolean => at >= read(data, p + END)
  const sum = (data: Float64Array, p: number): number => read(data, p + SPENT) + read(data, p + HELD)

  /** What a window carries into the later one that holds `at`. */
  const carriedInto = (data: Float64Array, p: number, capNanoUsd: number, at: number): number => {
    if (mostCarried === 0) return 0
    const closed = read(data, p + CLOSED)
    const used = closed > 0 ? closed - 1 : sum(data, p)
    // The smallest cap of its reservations: a cap that was raised since leaves nothing over that could have been spent.
    const cap = Math.min(capNanoUsd + read(data, p + CARRIED), read(data, p + CAP))
    const left = Math.min(mostCarried, Math.max(0, cap - used))
    const between = calendar(at).index - read(data, p + INDEX) - 1
    return Math.min(mostCarried, left + between * capNanoUsd)
  }
  /** Before anything ends in a window that is over: what it leaves is as it was at the boundary. */
  const close = (data: Float64Array, p: number, at: number): void => {
    if (mostCarried > 0 && isOver(data, p, at) && read(data, p + CLOSED) === 0)
      data[p + CLOSED] = sum(data, p) + 1
  }
  const free = (data: Float64Array, p: number, capNanoUsd: number, at: number): number =>
    isOver(data, p, at)
      ? capNanoUsd + carriedInto(data, p, capNanoUsd, at)
      : capNanoUsd + read(data, p + CARRIED) - sum(data, p)

  return {
    stride: OWN + 3,
    free,
    used: (data, p, at) =>
      isOver(data, p, at)
        ? { spent: 0, held: 0 }
        : { spent: read(data, p + SPENT), held: read(data, p + HELD) },
    isOver,
    begin(data, p, { at, capNanoUsd, previous }) {
      const { start, end, index } = calendar(at)
      beginPool(data, p, start, end)
      data[p + INDEX] = index
      if (previous >= 0) data[p + CARRIED] = carriedInto(data, previous, capNanoUsd, at)
    },
    hold(data, p, capNanoUsd, amount) {
      holdInPool(data, p, capNanoUsd + read(data, p + CARRIED), amount)
    },
    end(data, p, { held, charged, at }) {
      close(data, p, at)
      endInPool(data, p, held, charged)
      notePeak(data, p, read(data, p + SPENT))
    },
    refund(data, p, { amount, at }) {
      close(data, p, at)
      add(data, p + SPENT, -amount)
    },
    charge: chargeInPool,
    earliest(data, p, wanted) {
      const { capNanoUsd, amount, at } = wanted
      if ((p < 0 ? capNanoUsd : free(data, p, capNanoUsd, at)) >= amount) return at
      return amount <= capNanoUsd ? calendar(at).end : afterSavingUp(data, p, wanted)
    },
    ahead(at) {
      const { start, end } = calendar(at)
      return (end - at) / (end - start)
    },
    bounds: calendar,
  }

  /** More than the cap alone: the first window into which enough is carried. */
  function afterSavingUp(data: Float64Array, p: number, { capNanoUsd, amount, at }: Wanted): number | null {
    if (p < 0 || capNanoUsd === 0 || amount > capNanoUsd + mostCarried) return null
    let time = calendar(at).end
    for (let windows = 1; windows < LOOK_AHEAD; windows++) {
      if (capNanoUsd + carriedInto(data, p, capNanoUsd, time) >= amount) return time
      time = calendar(time).end
    }
    return time
  }
}
