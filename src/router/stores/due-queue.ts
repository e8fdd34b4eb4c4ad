/** Things that fall due a fixed time after they were added: one queue a waiting time, in which the first in is the first out. */
export interface DueQueue<Item> {
  add(at: number, waitMs: number, item: Item): void
  /** Removes the first thing that is due at `at`, by due time, then as it was added; undefined when nothing is. */
  take(at: number): Item | undefined
}

/** Columns, not objects: a store remembers a million ended calls, and each object more is one more for the collector to move. */
interface Lane<Item> {
  readonly due: number[]
  readonly order: number[]
  readonly items: Item[]
  head: number
}

export function createDueQueue<Item>(): DueQueue<Item> {
  const lanes = new Map<number, Lane<Item>>()
  let added = 0
  return {
    add(at, waitMs, item) {
      let lane = lanes.get(waitMs)
      if (lane === undefined) lanes.set(waitMs, (lane = { due: [], order: [], items: [], head: 0 }))
      lane.due.push(at + waitMs)
      lane.order.push(added++)
      lane.items.push(item)
    },
    take(at) {
      const lane = earliest(lanes, at)
      const item = lane?.items[lane.head++]
      if (lane !== undefined) compact(lane)
      return item
    },
  }
}

/** The lane whose first entry is due first, if it is due at `at`. Policies have one waiting time or two, so there are few lanes. */
function earliest<Item>(lanes: ReadonlyMap<number, Lane<Item>>, at: number): Lane<Item> | undefined {
  let best: Lane<Item> | undefined
  for (const lane of lanes.values()) {
    if ((lane.due[lane.head] ?? Infinity) <= at && (best === undefined || isBefore(lane, best))) best = lane
  }
  return best
}

function isBefore(a: Lane<unknown>, b: Lane<unknown>): boolean {
  const [dueA, dueB] = [a.due[a.head] as number, b.due[b.head] as number]
  return dueA !== dueB ? dueA < dueB : (a.order[a.head] as number) < (b.order[b.head] as number)
}

/** Drops the taken front once it is half of the list: constant time per entry over all. */
function compact<Item>(lane: Lane<Item>): void {
  if (lane.head < 1024 || lane.head * 2 < lane.items.length) return
  for (const column of [lane.due, lane.order, lane.items]) column.splice(0, lane.head)
  lane.head = 0
}
