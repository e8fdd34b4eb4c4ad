import { durationMs } from '../duration.js'
import {
  add,
  at as read,
  beginPool,
  chargeInPool,
  endInPool,
  HELD,
  holdInPool,
  notePeak,
  OWN,
  SPENT,
} from './pool-record.js'
import type { Window } from './window.js'
import type { WindowSpec } from '../policy-schema.js'

const LAST_ADMISSION = OWN

/**
 * A cap without replenishment. With `forgetAfter`, an account that admitted nothing for that long and has nothing in
 * flight begins a new lifetime, which is a new pool with a new record: the audit shows both.
 */
export function createLifetimeWindow(spec: Extract<WindowSpec, { kind: 'lifetime' }>): Window {
  const forgetAfter = spec.forgetAfter === undefined ? Infinity : durationMs(spec.forgetAfter)
  const isOver = (data: Float64Array, p: number, at: number): boolean =>
    at >= read(data, p + LAST_ADMISSION) + forgetAfter && read(data, p + HELD) === 0
  const sum = (data: Float64Array, p: number): number => read(data, p + SPENT) + read(data, p + HELD)

  return {
    stride: OWN + 1,
    free: (data, p, capNanoUsd, at) => (isOver(data, p, at) ? capNanoUsd : capNanoUsd - sum(data, p)),
    used: (data, p, at) =>
      isOver(data, p, at)
        ? { spent: 0, held: 0 }
        : { spent: read(data, p + SPENT), held: read(data, p + HELD) },
    isOver,
    begin(data, p, { at }) {
      beginPool(data, p, at, Infinity)
      data[p + LAST_ADMISSION] = at
    },
    hold(data, p, capNanoUsd, amount, at) {
      holdInPool(data, p, capNanoUsd, amount)
      data[p + LAST_ADMISSION] = at
    },
    end(data, p, { held, charged }) {
      endInPool(data, p, held, charged)
      notePeak(data, p, read(data, p + SPENT))
    },
    refund: (data, p, { amount }) => add(data, p + SPENT, -amount),
    charge: chargeInPool,
    earliest(data, p, { capNanoUsd, amount, at }) {
      const lives = p >= 0 && !isOver(data, p, at)
      if (capNanoUsd - (lives ? sum(data, p) : 0) >= amount) return at
      if (amount > capNanoUsd || forgetAfter === Infinity || !lives) return null
      const forgotten = read(data, p + LAST_ADMISSION) + forgetAfter
      // Due already, but held up by a call in flight: worth asking when that long has passed again.
      return forgotten > at ? forgotten : at + forgetAfter
    },
    ahead: () => 1,
    bounds: () => null,
  }
}
