/**
 * Choose one option for each item so that the sum of values is greatest and no constraint's sum of costs is above its budget: the
 * multiple-choice knapsack with several budgets, an item's cost counting in each constraint that it belongs to.
 */
export interface Knapsack {
  /** By item: costs and values of its options, the first of cost 0 (nothing done); each rising in cost and in value, with falling slope. */
  readonly items: readonly Envelope[]
  /** By constraint: its items and its budget. */
  readonly constraints: readonly { readonly items: Int32Array; readonly budget: number }[]
}

export interface Envelope {
  readonly costs: readonly number[]
  readonly values: readonly number[]
}

export interface KnapsackBound {
  /** No choice within the budgets has a larger sum of values. */
  readonly bound: number
  /** By constraint: what one more unit of budget would be worth. 0 = it does not bind. */
  readonly prices: Float64Array
}

/**
 * The Lagrangian relaxation: with a price λ ≥ 0 on each budget, Σ max(value − μ·cost) + Σ λ·budget, μ the sum of the item's
 * prices, is never below the best choice, whatever the prices (Fisher 1981, https://doi.org/10.1287/mnsc.27.1.1). It is
 * convex in them. Prices are set one at a time, each to its exact minimum, until nothing is gained any more; where budgets
 * nest that may end at a kink that only several prices together lead away from, so steps along averaged subgradients follow
 * (the volume algorithm, Barahona and Anbil 2000, https://doi.org/10.1007/s101070050002), and each price by itself again.
 * Its least value is the linear relaxation's; with one budget that is above the best choice by less than one option's value
 * (Sinha and Zoltners 1979, https://doi.org/10.1287/opre.27.3.503).
 */
export function knapsackBound({ items, constraints }: Knapsack): KnapsackBound {
  const problem = { items, constraints }
  let best = descend(problem, new Float64Array(constraints.length))
  const binding = best.prices.reduce((count, price) => (price > 0 ? count + 1 : count), 0)
  // With one price its exact minimum is the least of all.
  for (let round = 0; round < MOST_ROUNDS && binding > 1; round++) {
    const next = descend(problem, alongSubgradients(problem, best))
    const gained = best.bound - next.bound
    if (gained > 0) best = next
    if (gained <= LEAST_GAIN * Math.max(1, Math.abs(best.bound))) break
  }
  return best
}

const MOST_ROUNDS = 6
const MOST_SWEEPS = 200
/** Relative; far below what a figure shows. */
const LEAST_GAIN = 1e-7
const BISECTIONS = 60

/** From these prices on, one price at a time. */
function descend({ items, constraints }: Knapsack, from: Float64Array): KnapsackBound {
  const prices = from.slice()
  const itemPrices = new Float64Array(items.length)
  restate(constraints, prices, itemPrices)
  let bound = dual(items, constraints, prices, itemPrices)
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    constraints.forEach((constraint, index) => {
      const before = prices[index] ?? 0
      const after = bestPrice(items, constraint, itemPrices, before)
      if (after === before) return
      prices[index] = after
      for (const item of constraint.items) itemPrices[item] = (itemPrices[item] ?? 0) + after - before
    })
    // Differences of sums leave a rest where the true price is 0.
    restate(constraints, prices, itemPrices)
    const next = dual(items, constraints, prices, itemPrices)
    const gained = bound - next
    bound = Math.min(bound, next)
    if (gained <= LEAST_GAIN * Math.max(1, Math.abs(bound))) break
  }
  return { bound, prices }
}

const STEPS = 800
/** Share of the newest subgradient in the direction. */
const NEWEST = 0.1
/** How far below the best value so far a step aims, relative; less where steps do not get there. */
const FIRST_AIM = 0.02
const LEAST_AIM = 1e-6

/** Prices of the least value found on the way. A budget's price is stepped in units of the budget, so that large and small ones move alike. */
function alongSubgradients({ items, constraints }: Knapsack, start: KnapsackBound): Float64Array {
  const scale = Float64Array.from(constraints, ({ budget }) => Math.max(budget, Number.MIN_VALUE))
  let [best, centre] = [start.bound, start.prices]
  let direction = slacks(items, constraints, centre)
  let aim = FIRST_AIM
  for (let step = 0; step < STEPS && aim > LEAST_AIM; step++) {
    const length = direction.reduce((sum, slack, at) => sum + (slack / (scale[at] ?? 1)) ** 2, 0)
    if (length === 0) break
    const stride = (aim * Math.max(1, Math.abs(best))) / length
    const prices = centre.map((price, at) =>
      Math.max(0, price - (stride * (direction[at] ?? 0)) / (scale[at] ?? 1) ** 2),
    )
    const slack = slacks(items, constraints, prices)
    const itemPrices = new Float64Array(items.length)
    restate(constraints, prices, itemPrices)
    const value = dual(items, constraints, prices, itemPrices)
    direction = direction.map((before, at) => (1 - NEWEST) * before + NEWEST * (slack[at] ?? 0))
    if (value < best) [best, centre] = [value, prices]
    else aim *= 0.98
  }
  return centre
}

/** By constraint what is left of its budget at these prices: a subgradient. */
function slacks(
  items: readonly Envelope[],
  constraints: Knapsack['constraints'],
  prices: Float64Array,
): Float64Array {
  const itemPrices = new Float64Array(items.length)
  restate(constraints, prices, itemPrices)
  const costs = Float64Array.from(items, (envelope, item) => {
    return envelope.costs[optionAt(envelope, itemPrices[item] ?? 0)] ?? 0
  })
  return Float64Array.from(constraints, ({ items: own, budget }) =>
    own.reduce((left, item) => left - (costs[item] ?? 0), budget),
  )
}

function dual(
  items: readonly Envelope[],
  constraints: Knapsack['constraints'],
  prices: Float64Array,
  itemPrices: Float64Array,
): number {
  let sum = 0
  for (const [item, envelope] of items.entries()) {
    const price = itemPrices[item] ?? 0
    const at = optionAt(envelope, price)
    sum += (envelope.values[at] ?? 0) - price * (envelope.costs[at] ?? 0)
  }
  for (const [index, { budget }] of constraints.entries()) sum += (prices[index] ?? 0) * budget
  return sum
}

function restate(constraints: Knapsack['constraints'], prices: Float64Array, itemPrices: Float64Array): void {
  itemPrices.fill(0)
  for (const [index, { items }] of constraints.entries()) {
    const price = prices[index] ?? 0
    if (price > 0) for (const item of items) itemPrices[item] = (itemPrices[item] ?? 0) + price
  }
}

/** The least price at which the constraint's items keep its budget, all other prices as they are. */
function bestPrice(
  items: readonly Envelope[],
  { items: own, budget }: Knapsack['constraints'][number],
  itemPrices: Float64Array,
  price: number,
): number {
  const spent = (candidate: number): number => {
    let sum = 0
    for (const item of own) {
      const envelope = items[item] as Envelope
      const at = optionAt(envelope, Math.max(0, (itemPrices[item] ?? 0) - price + candidate))
      sum += envelope.costs[at] ?? 0
    }
    return sum
  }
  if (spent(0) <= budget) return 0
  let [low, high] = [0, Math.max(price, steepest(items, own))]
  while (spent(high) > budget) high *= 2
  for (let step = 0; step < BISECTIONS && low < high; step++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (spent(middle) > budget) low = middle
    else high = middle
  }
  return high
}

/** Value a unit of cost of the best first step: above it nothing is bought. */
function steepest(items: readonly Envelope[], own: Int32Array): number {
  let most = 0
  for (const item of own) {
    const { costs, values } = items[item] as Envelope
    if (costs.length > 1)
      most = Math.max(most, ((values[1] ?? 0) - (values[0] ?? 0)) / ((costs[1] ?? 1) - (costs[0] ?? 0)))
  }
  return most + Number.MIN_VALUE
}

/** The option of the greatest value less price x cost; of several the cheapest. */
function optionAt({ costs, values }: Envelope, price: number): number {
  let at = 0
  while (
    at + 1 < costs.length &&
    (values[at + 1] ?? 0) - (values[at] ?? 0) > price * ((costs[at + 1] ?? 0) - (costs[at] ?? 0))
  )
    at++
  return at
}

/** Of options those that some price makes best, rising in cost: the upper concave hull, from the cheapest of the best at cost 0 on. */
export function envelopeOf(options: readonly { readonly cost: number; readonly value: number }[]): Envelope {
  const sorted = [...options].sort((a, b) => a.cost - b.cost || b.value - a.value)
  const costs: number[] = []
  const values: number[] = []
  for (const { cost, value } of sorted) {
    if (costs.length > 0 && value <= (values.at(-1) ?? 0)) continue
    while (costs.length > 1) {
      const last = costs.length - 1
      const slope =
        ((values[last] ?? 0) - (values[last - 1] ?? 0)) / ((costs[last] ?? 0) - (costs[last - 1] ?? 0))
      const next = (value - (values[last] ?? 0)) / (cost - (costs[last] ?? 0))
      if (next < slope) break
      costs.pop()
      values.pop()
    }
    costs.push(cost)
    values.push(value)
  }
  return { costs, values }
}
