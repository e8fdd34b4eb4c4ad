import { z } from 'zod'

/** `share`: of the requests that are of the segment. `rejectShare`: of those of the segment that were refused. */
export const MEASURES = ['costUsd', 'quality', 'share', 'rejectShare'] as const
export const BINNED = ['difficulty', 'inputTokens', 'outputTokens'] as const

const count = z.int().min(0)

const meanSchema = z.strictObject({
  mean: z.number(),
  se: z
    .number()
    .min(0)
    .describe('standard error, with whole sessions, else users, else requests as what varies'),
  known: count.describe('values that are known'),
  units: count.describe('sessions, users or requests that they come from'),
})

const binsSchema = z
  .strictObject({
    edges: z
      .array(z.number())
      .min(1)
      .describe('rising; a value belongs to the first bin whose edge is at or above it, else to the last'),
    shares: z.array(z.number().min(0).max(1)),
    effective: count.describe('values that would tell as much if they did not come in clusters'),
  })
  .refine(({ edges, shares }) => shares.length === edges.length + 1, 'must have one share more than edges')

const profileSchema = z.strictObject({
  requests: count,
  means: z
    .record(z.string(), z.partialRecord(z.enum(MEASURES), meanSchema))
    .describe('by segment (all, model:ID, task:NAME), then by measure'),
  bins: z.partialRecord(z.enum(BINNED), binsSchema).describe('what requests look like'),
})

export const forecastSchema = z
  .looseObject({ profile: profileSchema.optional() })
  .describe('what production should look like; tollgate tune writes it, tollgate drift holds logs against it')

export type Measure = (typeof MEASURES)[number]
export type Binned = (typeof BINNED)[number]
export type Mean = z.output<typeof meanSchema>
export type Bins = z.output<typeof binsSchema>
/** What a log was like, small enough for a policy file. */
export type Profile = z.output<typeof profileSchema>
