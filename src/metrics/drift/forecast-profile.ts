import { InputError } from '../../core/errors.js'
import type { Profile } from '../../core/forecast-schema.js'
import type { Policy } from '../../core/policy.js'

/**
 * What the policy's forecast says of the requests to come.
 * @throws InputError where it has none.
 */
export function forecastProfile({ policyId, file }: Policy): Profile {
  const profile = file.forecast?.profile
  if (profile !== undefined) return profile
  throw new InputError(
    `${policyId} has no forecast to hold a log against: tollgate tune writes one, or name a log of better days with --against`,
  )
}
