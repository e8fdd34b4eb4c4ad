import type { LogTable } from '../../core/log-table.js'
import type { Policy } from '../../core/policy.js'
import { singleModelPolicy } from '../../core/single-model-policy.js'
import { findBreakEven } from './break-even.js'
import type { Change, Pricing } from './change.js'
import { changedPolicy } from './changed-policy.js'
import { bestOf, contend, type Contended } from './contender.js'
import { withModel } from './models.js'
import { atPrices, priceBetween } from './prices.js'
import { taskShare, withShift, withTraffic } from './traffic.js'

export interface WhatIfInput {
  readonly tableOf: (policy: Policy) => LogTable
  readonly policies: readonly Policy[]
  readonly change: Change
  /** Needs that occur in the log: a single model is taken to meet them all. */
  readonly needs: readonly string[]
  /** How much worse than the best the cheapest may be and still count as best, as a fraction. */
  readonly maxQualityDrop: number
  /** Of the lot by which traffic and tasks change. */
  readonly seed: number
}

/** One policy, or one model for everything, today and under the change; null where there is none on that side. */
export interface WhatIfRow {
  readonly name: string
  readonly kind: 'policy' | 'model'
  readonly today: Contended | null
  readonly changed: Contended | null
}

export interface PriceChange {
  readonly model: string
  /** Null: the policy had no price. */
  readonly today: Pricing | null
  readonly changed: Pricing
}

export interface WhatIfBreakEven {
  /** How far the price moves: 1 is the change itself. */
  readonly at: number
  /** Prices at which the best contender flips. */
  readonly prices: readonly { readonly model: string; readonly pricing: Pricing }[]
  readonly from: string
  readonly to: string
}

export interface WhatIfResult {
  readonly rows: readonly WhatIfRow[]
  readonly priceChanges: readonly PriceChange[]
  readonly traffic: number
  readonly shifts: readonly { readonly task: string; readonly from: number; readonly to: number }[]
  readonly maxQualityDrop: number
  readonly bestToday: string | null
  readonly bestChanged: string | null
  /** Null: no flip up to sixteen times the change, or no price changes. */
  readonly breakEven: WhatIfBreakEven | null
}

interface Contender {
  readonly name: string
  readonly kind: WhatIfRow['kind']
  /** A model for everything is read as this policy reads the log. */
  readonly reader: Policy
  readonly policy: Policy
}

/**
 * The log replayed under the change next to today's: each policy and each of its models alone, which of them is best, and
 * at which price another one would be. Deterministic: the same input gives the same figures.
 */
export function whatIf(input: WhatIfInput): WhatIfResult {
  const today = new Map(input.policies.flatMap(pricesOf))
  const now = new World(input, NO_CHANGE, today)
  const then = new World(input, input.change, today)
  const before = now.contenders()
  const after = then.contenders()
  const names = [...new Set([...before, ...after].map(({ name }) => name))]
  const rows = names.map((name): WhatIfRow => {
    const [first, second] = [before, after].map((all) => all.find((one) => one.name === name))
    return {
      name,
      kind: (first ?? second)?.kind ?? 'policy',
      today: first === undefined ? null : now.contend(first),
      changed: second === undefined ? null : then.contend(second),
    }
  })
  return {
    rows,
    priceChanges: [...input.change.prices].map(([model, changed]) => ({
      model,
      today: today.get(model) ?? null,
      changed,
    })),
    traffic: input.change.traffic,
    shifts: input.change.shifts.map(({ task }) => ({
      task,
      from: taskShare(now.anyTable(), task),
      to: taskShare(then.anyTable(), task),
    })),
    maxQualityDrop: input.maxQualityDrop,
    bestToday: bestName(rows, 'today', input.maxQualityDrop),
    bestChanged: bestName(rows, 'changed', input.maxQualityDrop),
    breakEven: breakEven(input, today),
  }
}

const NO_CHANGE: Change = { removeModels: [], addModels: [], prices: new Map(), shifts: [], traffic: 1 }

/** The log and the policies as one change makes them. */
class World {
  readonly #input: WhatIfInput
  readonly #change: Change
  readonly #today: ReadonlyMap<string, Pricing>
  readonly #tables = new Map<LogTable, LogTable>()

  constructor(input: WhatIfInput, change: Change, today: ReadonlyMap<string, Pricing>) {
    this.#input = input
    this.#change = change
    this.#today = today
  }

  contenders(): Contender[] {
    const policies = this.#input.policies.map((policy): Contender => ({
      name: policy.policyId,
      kind: 'policy',
      reader: policy,
      policy: changedPolicy(policy, this.#change),
    }))
    const models = policies.flatMap(({ policy, reader }) =>
      policy.models.map(({ id }): Contender => ({
        name: `model:${id}`,
        kind: 'model',
        reader,
        policy: singleModelPolicy(id, { known: policy.file, needs: this.#input.needs }),
      })),
    )
    return [...policies, ...firstOfEachName(models)]
  }

  contend({ reader, policy }: Contender): Contended {
    return contend(this.#tableOf(reader), policy)
  }

  anyTable(): LogTable {
    const [first] = this.#input.policies
    if (first === undefined) throw new RangeError('policies must hold at least one')
    return this.#tableOf(first)
  }

  #tableOf(policy: Policy): LogTable {
    const table = this.#input.tableOf(policy)
    const known = this.#tables.get(table)
    if (known !== undefined) return known
    const { addModels, prices, shifts, traffic } = this.#change
    const { seed } = this.#input
    let changed = addModels.reduce(withModel, table)
    changed = prices.size === 0 ? changed : atPrices(changed, prices, this.#today)
    changed = shifts.reduce((all, shift) => withShift(all, shift, seed), changed)
    changed = withTraffic(changed, traffic, seed)
    this.#tables.set(table, changed)
    return changed
  }
}

function firstOfEachName(contenders: readonly Contender[]): Contender[] {
  return contenders.filter(({ name }, index) => contenders.findIndex((one) => one.name === name) === index)
}

function pricesOf({ file }: Policy): [string, Pricing][] {
  return file.models.flatMap(({ id, pricing }): [string, Pricing][] =>
    pricing === undefined ? [] : [[id, pricing]],
  )
}

function bestName(
  rows: readonly WhatIfRow[],
  side: 'today' | 'changed',
  maxQualityDrop: number,
): string | null {
  const there = rows.flatMap((row) => {
    const contended = row[side]
    return contended === null ? [] : [{ name: row.name, ...contended }]
  })
  const best = bestOf(there, maxQualityDrop)
  return best === undefined ? null : (there[best]?.name ?? null)
}

/** Prices alone move; models, traffic and tasks stand as the change has them. */
function breakEven(input: WhatIfInput, today: ReadonlyMap<string, Pricing>): WhatIfBreakEven | null {
  const { change, maxQualityDrop } = input
  if (change.prices.size === 0) return null
  const pricesAt = (t: number): Map<string, Pricing> =>
    new Map([...change.prices].map(([model, to]) => [model, priceBetween(today.get(model) ?? to, to, t)]))
  const worldAt = (t: number): World => new World(input, { ...change, prices: pricesAt(t) }, today)
  const names = worldAt(1)
    .contenders()
    .map(({ name }) => name)
  const unmoved = new Map<string, Contended>()
  const found = findBreakEven((t) => {
    const world = worldAt(t)
    const contended = world.contenders().map((one) => {
      const known = unmoved.get(one.name)
      if (known !== undefined) return known
      const result = world.contend(one)
      if (one.policy.models.every(({ id }) => !change.prices.has(id))) unmoved.set(one.name, result)
      return result
    })
    return bestOf(contended, maxQualityDrop)
  })
  if (found === undefined) return null
  return {
    at: found.at,
    prices: [...pricesAt(found.at)].map(([model, pricing]) => ({ model, pricing })),
    from: names[found.from] ?? '',
    to: names[found.to] ?? '',
  }
}
