import { z } from 'zod'

const weight = z.number()

/** What a logistic model of acceptance weighs, of one model of the ladder. */
const acceptanceModel = z.strictObject({
  id: z.string(),
  intercept: weight,
  success: weight.describe('of the log odds of the success that the classifier expected'),
  meanSuccess: z.number().min(0).max(1).describe('stands in where the classifier expects nothing'),
  typicalOutputTokens: z.number().min(0).describe('stands in where the classifier expects no length'),
  length: weight.describe('of ln((1 + output tokens) / (1 + expected output tokens))'),
  lengthSquared: weight,
  cut: weight.describe('added where the answer ended at its output limit'),
  filtered: weight,
  refused: weight,
  agreement: weight.describe('of the share of samples that agree, less 0.5'),
})

export const scorerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('external'),
    costUsd: z.number().min(0).max(9007).default(0).describe('US dollars that scoring one answer costs'),
    latencyMs: z.number().min(0).default(0),
    timeoutMs: z.int().min(1).default(10_000).describe('a score that takes longer counts as none'),
  }),
  z.strictObject({ kind: z.literal('agreement') }),
  z.strictObject({ kind: z.literal('acceptance'), models: z.array(acceptanceModel).min(1) }),
])

export type ScorerSpec = z.output<typeof scorerSchema>
export type AcceptanceModel = z.output<typeof acceptanceModel>
