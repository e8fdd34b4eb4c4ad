import { createCalendar } from './calendar.js'
import {
  add,
  at as read,
  beginPool,
  END,
  endInPool,
  HELD,
  holdInPool,
  notePeak,
  OWN,
  SPENT,
} from './pool-record.js'
import type { Window } from './window.js'
import type { WindowSpec } from '../policy-schema.js'

/**
 * Calendar windows. A reservation belongs to the window of its admission, and each window is a pool of its own: there is
 * no reset to race on. Guarantee: charges of the reservations admitted in a window never exceed its cap.
 */
export function createFixedWindow(spec: Extract<WindowSpec, { kind: 'fixed' }>): Window {
  const calendar = createCalendar(spec)
  const isOver = (data: Float64Array, p: number, at: number): boolean => at >= read(data, p + END)
  const sum = (data: Float64Array, p: number): number => read(data, p + SPENT) + read(data, p + HELD)

  return {
    stride: OWN,
    free: (data, p, capNanoUsd, at) => (isOver(data, p, at) ? capNanoUsd : capNanoUsd - sum(data, p)),
    used: (data, p, at) =>
      isOver(data, p, at)
        ? { spent: 0, held: 0 }
        : { spent: read(data, p + SPENT), held: read(data, p + HELD) },
    isOver,
    begin(data, p, at) {
      const { start, end } = calendar(at)
      beginPool(data, p, start, end)
    },
    hold: holdInPool,
    end(data, p, { held, charged }) {
      endInPool(data, p, held, charged)
      notePeak(data, p, read(data, p + SPENT))
    },
    refund: (data, p, { amount }) => add(data, p + SPENT, -amount),
    charge(data, p, amount) {
      add(data, p + SPENT, amount)
      notePeak(data, p, read(data, p + SPENT))
    },
    earliest(data, p, { capNanoUsd, amount, at }) {
      const used = p < 0 || isOver(data, p, at) ? 0 : sum(data, p)
      if (capNanoUsd - used >= amount) return at
      return amount <= capNanoUsd ? calendar(at).end : null
    },
    ahead(at) {
      const { start, end } = calendar(at)
      return (end - at) / (end - start)
    },
    bounds: calendar,
  }
}
