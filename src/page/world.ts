import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import type { PolicyFile } from '../core/policy-schema.js'
import type { Replayable } from '../replay/packed/replayable.js'
import type { Pricing } from '../tune/what-if/change.js'
import { atPrices } from '../tune/what-if/prices.js'
import { entry } from './entry.js'
import type { Moved } from './knobs/knob.js'
import { movedPrices } from './knobs/prices.js'

/** List prices by model, as they are and as they were moved. */
export interface Prices {
  readonly today: ReadonlyMap<string, Pricing>
  readonly next: ReadonlyMap<string, Pricing>
}

export function pricesOf(file: PolicyFile, moved: Moved): Prices {
  const today = file.models.flatMap(({ id, pricing }): [string, Pricing][] =>
    pricing === undefined ? [] : [[id, pricing]],
  )
  return { today: new Map(today), next: movedPrices(file, moved) }
}

/** The same text for the same world; empty where no price was moved. */
export function keyOfPrices({ today, next }: Prices): string {
  return next.size === 0 ? '' : JSON.stringify([...next].map(([id, pricing]) => [id, pricing, today.get(id)]))
}

/** The log at one set of prices, as a policy made of the one at `origin` reads it. */
export interface World {
  tableFor(policy: Policy, origin: number): LogTable
}

/** `given` are the policies as they were replayed. */
export function createWorld(
  { table, policies, features }: Replayable,
  given: readonly Policy[],
  { today, next }: Prices,
): World {
  const priced = next.size === 0 ? table : atPrices(table, next, today)
  return {
    tableFor({ classifier }, origin) {
      const columns = features(entry(policies, origin).features)
      const before = entry(given, origin).classifier.extractor.names
      const { names } = classifier.extractor
      if (names.length === before.length) return { ...priced, features: columns }
      // Without some of its models a learned classifier reads only what is predicted of the others.
      return { ...priced, features: names.map((name) => entry(columns, before.indexOf(name))) }
    },
  }
}
