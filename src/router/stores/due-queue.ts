/** Things that fall due a fixed time after they were added: one queue a waiting time, in which the first in is the first out. */
export interface DueQueue<Item> {
  add(at: number, waitMs: number, item: Item): void
  /** Removes the first thing that is due at `at`, by due time, then as it was added; undefined when nothing is. */
  take(at: number): Item | undefined
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
    take(at) {
      const lane = earliest(lanes)
      const entry = lane?.entries[lane.head]
      if (lane === undefined || entry === undefined || entry.due > at) return undefined
      lane.head++
      compact(lane)
      return entry.item
    },
  }
}

/** The lane whose first entry is due first. Policies have one waiting time or two, so there are few lanes. */
function earliest<Item>(lanes: ReadonlyMap<number, Lane<Item>>): Lane<Item> | undefined {
  let best: Lane<Item> | undefined
  let first: Entry<Item> | undefined
  for (const lane of lanes.values()) {
    const entry = lane.entries[lane.head]
    if (entry === undefined || (first !== undefined && !isBefore(entry, first))) continue
    best = lane
    first = entry
  }
  return best
}

function isBefore<Item>(a: Entry<Item>, b: Entry<Item>): boolean {
  return a.due !== b.due ? a.due < b.due : a.order < b.order
}

/** Drops the taken front once it is half of the list: constant time per entry over all. */
function compact<Item>(lane: Lane<Item>): void {
  if (lane.head < 1024 || lane.head * 2 < lane.entries.length) return
  lane.entries.splice(0, lane.head)
  lane.head = 0
}
