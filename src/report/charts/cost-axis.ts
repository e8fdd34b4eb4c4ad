/** The cost axis: logarithmic where costs span decades, with ticks of our own, since labels must also fit a phone. */

import { tidyMoney } from '../format.js'

/** A factor of twenty: below, a linear axis keeps the cheap ones apart too. */
const LOG_FROM_DECADES = 1.3

export interface CostAxis {
  readonly type: 'linear' | 'log' | 'symlog'
  readonly domain: readonly [number, number]
  readonly ticks: readonly number[]
  /** 0 at the left end, 1 at the right end. */
  readonly place: (cost: number) => number
  readonly unplace: (share: number) => number
  /** Of `symlog`: where it turns from linear to logarithmic. */
  readonly constant: number
}

/** A free model (cost 0) has no place on a logarithmic axis: it gets `symlog`, which is linear near zero. */
export function costAxis(costs: readonly number[], maxTicks: number): CostAxis {
  const known = costs.filter((cost) => Number.isFinite(cost) && cost >= 0)
  const positive = known.filter((cost) => cost > 0)
  const high = Math.max(...positive, 0)
  const low = Math.min(...positive, high)
  if (high === 0) return linear(0, 1, maxTicks)
  const decades = Math.log10(high / low)
  if (decades <= LOG_FROM_DECADES) return linear(Math.min(...known), high, maxTicks)
  return positive.length === known.length ? logarithmic(low, high, maxTicks) : symmetric(low, high, maxTicks)
}

/** Costs per request as money per 1,000 requests: a number that people can read. */
export function tickLabel(cost: number): string {
  return tidyMoney(cost * 1000)
}

function linear(low: number, high: number, maxTicks: number): CostAxis {
  const from = low < high / 3 ? 0 : Math.max(0, low - (high - low) * 0.15)
  const to = high + (high - from) * 0.08
  return axis('linear', [from, to], linearTicks(from, to, maxTicks), { forth: (x) => x, back: (x) => x })
}

function logarithmic(low: number, high: number, maxTicks: number): CostAxis {
  const domain = [low / 1.6, high * 1.6] as const
  return axis('log', domain, decadeTicks(domain, maxTicks), { forth: Math.log10, back: (x) => 10 ** x })
}

function symmetric(low: number, high: number, maxTicks: number): CostAxis {
  const domain = [0, high * 1.6] as const
  const ticks = [0, ...decadeTicks([low, domain[1]], maxTicks - 1)]
  const bend = { forth: (x: number) => Math.log1p(x / low), back: (x: number) => Math.expm1(x) * low }
  return { ...axis('symlog', domain, ticks, bend), constant: low }
}

interface Bend {
  readonly forth: (x: number) => number
  readonly back: (x: number) => number
}

function axis(
  type: CostAxis['type'],
  domain: readonly [number, number],
  ticks: readonly number[],
  bend: Bend,
): CostAxis {
  const start = bend.forth(domain[0])
  const length = bend.forth(domain[1]) - start
  return {
    type,
    domain,
    ticks,
    constant: 1,
    place: (cost) => (bend.forth(cost) - start) / length,
    unplace: (share) => bend.back(start + share * length),
  }
}

/** Round numbers (1, 2, 5 times a power of ten) inside the range, at most `maxTicks`. */
export function linearTicks(from: number, to: number, maxTicks: number): number[] {
  const rough = (to - from) / Math.max(1, maxTicks)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  )
}

function decadeTicks(domain: readonly [number, number], maxTicks: number): number[] {
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = powers(domain, factors)
    if (ticks.length <= maxTicks) return ticks
  }
  const decades = powers(domain, [1])
  const step = Math.ceil(decades.length / maxTicks)
  return decades.filter((_, i) => i % step === 0)
}

function powers(domain: readonly [number, number], factors: readonly number[]): number[] {
  const first = Math.floor(Math.log10(domain[0]))
  const last = Math.ceil(Math.log10(domain[1]))
  const all = Array.from({ length: last - first + 1 }, (_, i) =>
    factors.map((f) => f * 10 ** (first + i)),
  ).flat()
  return all.map((x) => Number(x.toPrecision(6))).filter((x) => x >= domain[0] && x <= domain[1])
}
