import type { Policy } from './policy.js'

/** Why a policy's caps rest on an estimate: only a worst case at known prices is a proof. Null where they do not. */
export function whyEstimated({ file, models }: Policy): string | null {
  if (file.reservation.mode !== 'worstCase') return 'reservations are estimates with a margin'
  const unpriced = models.filter(({ prices }) => prices === undefined).map(({ id }) => id)
  if (file.unknownPrice === 'assumeTierMaximum' && unpriced.length > 0)
    return `the price of ${unpriced.join(', ')} is assumed`
  return null
}
