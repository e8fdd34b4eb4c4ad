/** Things that fall due a fixed time after they were added: first in, first out, one queue a waiting time. */
export interface DueQueue<Item> {
  add(at: number, waitMs: number, item: Item): void
  /** Removes and yields what is due at `at`, in the order in which it fell due; at the same time, in the order it was added. */
  take(at: number): Iterable<Item>
}

interface Entry<Item> {
  readonly due: number
  readonly order: number
  readonly item: Item
}

interface Lane<Item> {
  readonly entries: Entry<Item>[]
  head: number
}

export function createDueQueue<Item>(): DueQueue<Item> {
  const lanes = new Map<number, Lane<Item>>()
  let added = 0
  return {
    add(at, waitMs, item) {
      let lane = lanes.get(waitMs)
      if (lane === undefined) lanes.set(waitMs, (lane = { entries: [], head: 0 }))
      lane.entries.push({ due: at + waitMs, order: added++, item })
    },
    *take(at) {
      for (let lane = firstDue(lanes, at); lane !== undefined; lane = firstDue(lanes, at)) {
        const { item } = lane.entries[lane.head++] as Entry<Item>
        compact(lane)
        yield item
      }
    },
  }
}

/** There are as many lanes as different waiting times: one, or a few. */
function firstDue<Item>(lanes: ReadonlyMap<number, Lane<Item>>, at: number): Lane<Item> | undefined {
  let first: Lane<Item> | undefined
  let best: Entry<Item> | undefined
  for (const lane of lanes.values()) {
    const entry = lane.entries[lane.head]
    if (entry === undefined || entry.due > at) continue
    if (best === undefined || entry.due < best.due || (entry.due === best.due && entry.order < best.order)) {
      first = lane
      best = entry
    }
  }
  return first
}

/** Drops the taken front once it is half of the list: constant time per entry over all. */
function compact<Item>(lane: Lane<Item>): void {
  if (lane.head < 1024 || lane.head * 2 < lane.entries.length) return
  lane.entries.splice(0, lane.head)
  lane.head = 0
}
