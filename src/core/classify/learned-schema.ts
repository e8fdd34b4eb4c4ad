import { z } from 'zod'
import { LENGTH_NAMES, SHAPE_NAMES } from './text-shape.js'
import { BUCKETS } from './text-vector.js'

/**
 * What `tollgate train` has learned, as it stands in a policy: plain numbers, and bytes in base64. Lists by task have a first
 * entry for requests whose task is unknown, then one a task of `tasks`.
 */

const number = z.number()

/** Bytes in base64, of a length that is known. */
const bytes = (length: number): z.ZodString =>
  z
    .string()
    .length(4 * Math.ceil(length / 3), `must be ${length} bytes in base64`)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64')

const shape = z.array(number).length(SHAPE_NAMES.length)

/** A linear function of a request: a task's offset, the text's shape (alone and by task), and `scale` x a signed byte a bucket. */
const linear = z.strictObject({
  byTask: z.array(number).min(1),
  shape,
  shapeByTask: z.array(shape).min(1),
  scale: number,
  weights: bytes(2 * BUCKETS).describe('signed bytes'),
})

const lengths = z.array(number).length(LENGTH_NAMES.length)

const successHead = z.strictObject({
  prior: z.number().min(0).max(1).describe('mean quality in the log: what counts where the text is unknown'),
  score: linear,
  difficulty: number.describe('weight of the difficulty'),
  squaredDifficulty: number,
  difficultyByTask: z.array(number).min(1),
})

const amountHead = z.strictObject({
  byTask: z.array(number).min(1).describe('of ln(1 + amount)'),
  lengths: lengths,
  scale: number,
  weights: bytes(BUCKETS).describe('signed bytes, for the words alone'),
  correction: z.array(z.number().min(0)).min(1).describe('by task: what turns the median into the mean'),
  most: z.number().min(0),
})

export const learnedSchema = z.strictObject({
  version: z.literal(1),
  commonLines: z.array(z.int()).describe('hashes of lines that many requests share: they are left out'),
  idf: bytes(2 * BUCKETS).describe('inverse document frequency a bucket, bytes'),
  idfScale: number,
  tasks: z.array(z.string()),
  shapeMeans: z.array(shape).min(1),
  shapeScale: shape.describe('1 / standard deviation; 0 where a value never changes'),
  lengthMeans: lengths,
  lengthScale: lengths,
  difficulty: z.strictObject({ score: linear, means: z.array(number).min(1), scale: number }),
  calibration: z
    .array(z.tuple([number, z.number().min(0).max(1)]))
    .min(1)
    .describe('score and probability, both rising; straight lines between'),
  models: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        success: successHead.optional(),
        outputTokens: amountHead.optional(),
        costUsd: amountHead.optional().describe('in millionths of a dollar; for models without a price'),
      }),
    )
    .min(1),
})

export type LearnedSpec = z.output<typeof learnedSchema>
export type LinearSpec = z.output<typeof linear>
export type SuccessHead = z.output<typeof successHead>
export type AmountHead = z.output<typeof amountHead>
