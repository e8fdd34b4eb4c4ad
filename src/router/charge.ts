import type { Settlement } from '../core/log-record.js'
import { ceilToNano } from '../core/money.js'
import type { Policy } from '../core/policy.js'
import { checkUsage, costPicoUsd, type Usage } from '../core/usage.js'
import type { Attempt } from './decision-record.js'

export interface Charge {
  readonly chargeNanoUsd: number
  readonly settlement: Settlement
}

/**
 * Usage of all of an attempt's samples at the price of the model called, with what scoring the answer costs: summed in pico
 * and rounded up once, as the reservation was. The whole reservation where a usage is unknown.
 * @throws RangeError naming a count that makes no sense, or a cost that is too large.
 */
export function chargeOf(
  { models }: Policy,
  { record, samples, scoringNanoUsd }: Attempt,
  usages: readonly (Usage | undefined)[],
): Charge {
  const known = usages.flatMap((usage) => usage ?? [])
  known.forEach(checkUsage)
  const model = models.find(({ id }) => id === record.model)
  if (known.length < Math.max(samples, usages.length) || model === undefined)
    return { chargeNanoUsd: record.reservedNanoUsd, settlement: 'bound' }
  const { prices } = model
  if (prices === undefined) return { chargeNanoUsd: record.reservedNanoUsd, settlement: 'estimated' }
  const pico = known.reduce((sum, usage) => sum + costPicoUsd(prices, usage), 0)
  const chargeNanoUsd = ceilToNano(pico) + scoringNanoUsd
  if (!Number.isSafeInteger(pico) || !Number.isSafeInteger(chargeNanoUsd)) {
    throw new RangeError(`usage must cost less than 2^53 pico-dollars (about $9,007), got ${pico}`)
  }
  return { chargeNanoUsd, settlement: 'actual' }
}
