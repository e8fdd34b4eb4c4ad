import { z } from 'zod'

/** Quantiles of output tokens that a policy stores, ascending. */
export const STORED_QUANTILES = [0.5, 0.75, 0.9, 0.95, 0.99] as const

const tokens = z.int().min(0)

const figures = {
  outcomes: tokens.optional().describe('outcomes with known output tokens that these were learned from'),
  mean: tokens.describe('mean output tokens of an answer'),
  quantiles: z
    .strictObject({ '0.5': tokens, '0.75': tokens, '0.9': tokens, '0.95': tokens, '0.99': tokens })
    .describe('output tokens that this share of the answers did not pass'),
}

/** What a log showed of the length of a model's answers. */
export const outputTokensSchema = z
  .strictObject({
    ...figures,
    byTask: z
      .record(z.string(), z.strictObject(figures))
      .default({})
      .describe('the same for each task with outcomes enough; other tasks have the figures of the model'),
  })
  .describe(
    'output tokens learned from a log (tollgate init); they stand before expectedOutputTokens, which is read only without them',
  )

export type OutputTokens = z.output<typeof outputTokensSchema>
/** Of a model, or of one of its tasks. */
export type OutputFigures = Omit<OutputTokens, 'byTask'>

export const estimateSchema = z
  .union([z.literal('mean'), z.strictObject({ quantile: z.number().gt(0).max(0.99) })], {
    error: 'expected "mean" or { "quantile": q } with 0 < q <= 0.99',
  })
  .describe(
    'output tokens that estimateWithMargin reserves: the mean, or a learned quantile (models[].outputTokens); one that is not stored is answered by the next higher one that is',
  )

export type Estimate = z.output<typeof estimateSchema>
