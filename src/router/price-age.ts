import type { Policy } from '../core/policy.js'

/** The policy's prices are of a day that is longer ago than the policy allows: what calls cost may no longer be what is charged. */
export interface StalePrices {
  readonly kind: 'stalePrices'
  /** As the policy's `prices` name them. */
  readonly book: string
  readonly date: string
  readonly ageDays: number
  readonly maxPriceAgeDays: number
}

const DAY_MS = 86_400_000

/** Tells of stale prices when a policy begins, and from then on once in every day (UTC) in which requests come. */
export interface PriceAgeWatch {
  begin(policy: Policy, at: number): void
  request(policy: Policy, at: number): void
}

export function watchPriceAge(warn: (warning: StalePrices) => void): PriceAgeWatch {
  let checkedDay = -Infinity
  const begin = (policy: Policy, at: number): void => {
    checkedDay = Math.floor(at / DAY_MS)
    const stale = stalePrices(policy, checkedDay)
    if (stale !== undefined) warn(stale)
  }
  return {
    begin,
    request(policy, at) {
      if (Math.floor(at / DAY_MS) > checkedDay) begin(policy, at)
    },
  }
}

function stalePrices({ file: { prices, maxPriceAgeDays } }: Policy, day: number): StalePrices | undefined {
  if (prices === undefined || maxPriceAgeDays === undefined) return undefined
  const ageDays = day - Date.parse(`${prices.date}T00:00:00Z`) / DAY_MS
  return ageDays > maxPriceAgeDays ? { kind: 'stalePrices', ...prices, ageDays, maxPriceAgeDays } : undefined
}
