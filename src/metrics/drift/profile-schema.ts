import { z } from 'zod'
import { InputError } from '../../core/errors.js'
import type { Policy } from '../../core/policy.js'
import { BINNED, MEASURES, type Profile } from './profile.js'

const count = z.number().int().min(0)
const mean = z.strictObject({ mean: z.number(), se: z.number().min(0), known: count, units: count })
const bins = z
  .strictObject({
    edges: z.array(z.number()).min(1),
    shares: z.array(z.number().min(0).max(1)),
    effective: count,
  })
  .refine(({ edges, shares }) => shares.length === edges.length + 1, 'must have one share more than edges')

const profileSchema = z.strictObject({
  requests: count,
  means: z.record(z.string(), z.partialRecord(z.enum(MEASURES), mean)),
  bins: z.partialRecord(z.enum(BINNED), bins),
})

/**
 * What the policy's forecast says of the requests to come.
 * @throws InputError where it has none, or one that was edited out of shape.
 */
export function forecastProfile({ policyId, file }: Policy): Profile {
  const value = file.forecast?.['profile']
  if (value === undefined)
    throw new InputError(
      `${policyId} has no forecast to hold a log against: tollgate tune writes one, or name a log of better days with --against`,
    )
  const parsed = profileSchema.safeParse(value)
  if (parsed.success) return parsed.data as Profile
  const issues = parsed.error.issues.map(({ path, message }) => ({
    path: ['forecast', 'profile', ...path].join('.'),
    message,
  }))
  throw new InputError(`the forecast of ${policyId} is out of shape:`, issues)
}
