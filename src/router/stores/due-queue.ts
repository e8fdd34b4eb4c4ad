/** Things that fall due a fixed time after they were added: first in, first out, one queue a waiting time. */
export interface DueQueue<Item> {
  add(at: number, waitMs: number, item: Item): void
  /** Removes and yields what is due at `at`, the oldest of each waiting time first. */
  take(at: number): Iterable<Item>
}

interface Lane<Item> {
  readonly entries: { readonly due: number; readonly item: Item }[]
  head: number
}

export function createDueQueue<Item>(): DueQueue<Item> {
  const lanes = new Map<number, Lane<Item>>()
  return {
    add(at, waitMs, item) {
      let lane = lanes.get(waitMs)
      if (lane === undefined) lanes.set(waitMs, (lane = { entries: [], head: 0 }))
      lane.entries.push({ due: at + waitMs, item })
    },
    *take(at) {
      for (const lane of lanes.values()) {
        for (
          let entry = lane.entries[lane.head];
          entry !== undefined && entry.due <= at;
          entry = lane.entries[lane.head]
        ) {
          lane.head++
          compact(lane)
          yield entry.item
        }
      }
    },
  }
}

/** Drops the taken front once it is half of the list: constant time per entry over all. */
function compact<Item>(lane: Lane<Item>): void {
  if (lane.head < 1024 || lane.head * 2 < lane.entries.length) return
  lane.entries.splice(0, lane.head)
  lane.head = 0
}
