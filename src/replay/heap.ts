/** What can be due; its number breaks ties at the same time, so that money returns before it is asked for. */
export const EXPIRE = 0
export const COMPLETE = 1
export const WAKE = 2
/** A settlement comes once more. */
export const REPEAT = 3

/** A heap of due events ordered by (time, kind, sequence). Columns, no object per event. */
export interface EventHeap {
  readonly size: number
  push(time: number, kind: number, payload: number): void
  /** Time of the first event, Infinity when there is none. */
  peekTime(): number
  pop(): void
  /** Kind and payload of the event that `pop` took. */
  readonly kind: number
  readonly payload: number
}

export function createEventHeap(): EventHeap {
  const times: number[] = []
  /** kind x 2^46 + sequence: one comparison breaks a tie. */
  const orders: number[] = []
  const payloads: number[] = []
  let sequence = 0
  let kind = 0
  let payload = 0

  const before = (time: number, order: number, other: number): boolean =>
    time < (times[other] as number) || (time === times[other] && order < (orders[other] as number))
  const put = (index: number, time: number, order: number, value: number): void => {
    times[index] = time
    orders[index] = order
    payloads[index] = value
  }
  const move = (from: number, to: number): void =>
    put(to, times[from] as number, orders[from] as number, payloads[from] as number)

  return {
    get size() {
      return times.length
    },
    get kind() {
      return kind
    },
    get payload() {
      return payload
    },
    peekTime: () => (times.length === 0 ? Infinity : (times[0] as number)),
    push(time, eventKind, value) {
      const order = eventKind * 2 ** 46 + sequence++
      let hole = times.length
      times.push(time)
      orders.push(order)
      payloads.push(value)
      while (hole > 0) {
        const parent = (hole - 1) >> 1
        if (!before(time, order, parent)) break
        move(parent, hole)
        hole = parent
      }
      put(hole, time, order, value)
    },
    pop() {
      kind = Math.floor((orders[0] as number) / 2 ** 46)
      payload = payloads[0] as number
      const time = times.pop() as number
      const order = orders.pop() as number
      const value = payloads.pop() as number
      const size = times.length
      if (size === 0) return
      let hole = 0
      for (let child = 1; child < size; child = 2 * hole + 1) {
        const right = child + 1
        if (right < size && before(times[right] as number, orders[right] as number, child)) child = right
        if (before(time, order, child)) break
        move(child, hole)
        hole = child
      }
      put(hole, time, order, value)
    },
  }
}
