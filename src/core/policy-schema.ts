import { z } from 'zod'
import { DURATION_PATTERN } from './duration.js'
import { PRIORITIES } from './request.js'
import { forecastSchema } from './forecast-schema.js'
import { heuristicSchema } from './classify/heuristic-schema.js'
import { scorerSchema } from './score/scorer-schema.js'
import { learnedSchema } from './classify/learned-schema.js'
import { serviceFields } from './classify/service-schema.js'
import { estimateSchema, outputTokensSchema } from './output-tokens-schema.js'

/** The policy file's shape (DESIGN section 4). Checks that span fields are in `policy-checks`. */

const price = z.number().min(0).describe('US dollars')
const usdAmount = z.number().min(0).max(9_007_199).describe('US dollars')
const duration = z.string().regex(DURATION_PATTERN, 'must look like 90s, 15m, 24h, 1d, 1w or 1mo')
const count = z.int().min(0)

const rates = {
  promptPer1m: price,
  completionPer1m: price,
  cachedInputPer1m: price.optional(),
  cacheWritePer1m: price.optional(),
}
const pricingSchema = z
  .strictObject({
    currency: z.literal('USD').default('USD'),
    ...rates,
    perRequest: price.default(0),
    priceTiers: z
      .array(z.strictObject({ aboveInputTokens: count.min(1), ...rates }))
      .default([])
      .describe(
        'rates of calls with more input tokens than that; the whole call is billed at the last tier it reaches',
      ),
  })
  .describe('US dollars per million tokens; perRequest in US dollars a call')

const modelSchema = z.strictObject({
  id: z.string().min(1),
  provider: z.string().optional(),
  tier: count.max(31),
  contextWindow: count.min(1).default(1_000_000),
  maxOutputTokens: count.min(1).default(8192),
  expectedOutputTokens: count.default(400),
  outputTokens: outputTokensSchema.optional(),
  inputOverheadTokens: count.default(0),
  capabilities: z.array(z.string()).default([]),
  expectedLatencyMs: z.number().min(0).default(2000),
  pricing: pricingSchema.optional(),
  promptCache: z
    .strictObject({
      minTokens: count.default(1024).describe('shorter prefixes are not cached'),
      ttlMs: z.int().min(1).default(300_000).describe('how long a prefix is kept after its last use'),
      granularity: count.min(1).default(1).describe('prefixes are cached in blocks of so many tokens'),
    })
    .optional()
    .describe("how the provider caches prompts, at pricing's cachedInputPer1m and cacheWritePer1m"),
  expectedCostUsd: z
    .number()
    .min(0)
    .max(9007)
    .optional()
    .describe('mean cost of a call in a log, for models without a price'),
})

const heuristicClassifier = z.strictObject({
  kind: z.literal('heuristic'),
  heuristic: heuristicSchema.prefault({}),
})
const learnedClassifier = z.strictObject({ kind: z.literal('learned'), learned: learnedSchema })
const hybridClassifier = z.strictObject({
  kind: z.literal('hybrid'),
  boundaryMargin: z
    .number()
    .min(0)
    .max(1)
    .default(0.15)
    .describe('a heuristic difficulty this near to a tier boundary is decided by what is inside'),
  heuristic: heuristicSchema.prefault({}),
  inside: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('learned'),
      learned: learnedSchema,
      tierBoundaries: z
        .array(z.number().min(0).max(1))
        .describe("tier boundaries of the learned difficulty, as many as the policy's"),
    }),
    z.strictObject({ kind: z.literal('service'), ...serviceFields }),
  ]),
})
const serviceClassifier = z.strictObject({
  kind: z.literal('service'),
  ...serviceFields,
  heuristic: heuristicSchema.prefault({}),
})
const classifierSchema = z.discriminatedUnion('kind', [
  heuristicClassifier,
  learnedClassifier,
  hybridClassifier,
  serviceClassifier,
])

const selectorSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cheapestCapable') }),
  z.strictObject({ kind: z.literal('fixed'), model: z.string() }),
  z.strictObject({
    kind: z.literal('threshold'),
    strong: z.string(),
    weak: z.string(),
    threshold: z.number().describe('difficulty at and above which the strong model is asked'),
  }),
  z.strictObject({
    kind: z.literal('utility'),
    costWeight: z
      .number()
      .min(0)
      .describe('success probability that a dollar is worth: 1 / the dollars that a right answer is worth'),
  }),
  z.strictObject({
    kind: z.literal('cascade'),
    rungs: z
      .array(
        z.strictObject({
          model: z.string(),
          accept: z
            .number()
            .min(0)
            .max(1)
            .optional()
            .describe('an answer that scores at least this is taken; the last rung has none'),
          samples: z.int().min(1).max(32).default(1).describe('calls of the model on this rung'),
          skipBelow: z
            .number()
            .min(0)
            .max(1)
            .default(0)
            .describe('the rung is not asked where its success is expected to be below this'),
        }),
      )
      .min(2)
      .max(8),
    scorer: scorerSchema,
  }),
  z.strictObject({
    kind: z.literal('paced'),
    budget: z.string().describe('id of the budget whose use the cost weight follows'),
    costWeight: z
      .number()
      .positive()
      .describe('as of utility, where the budget is used as planned: in windows without an end, half used'),
    pace: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe(
        'how hard the cost weight follows, as the exponent of planned share left / share left; default 6, in windows without an end 2',
      ),
    profile: z
      .array(z.number().min(0))
      .min(1)
      .max(1000)
      .optional()
      .describe('relative traffic of equal parts of a fixed window; default: all the same'),
  }),
  z.strictObject({
    kind: z.literal('mix'),
    shares: z
      .record(z.string(), z.number().min(0))
      .describe('share of requests per model id; scaled to sum to 1'),
  }),
])

const reservationSchema = z.strictObject({
  mode: z.enum(['worstCase', 'estimateWithMargin']).default('worstCase'),
  margin: z.number().min(0).max(100).default(0.3),
  estimate: estimateSchema.default('mean'),
  defaultMaxOutputTokens: count.min(1).default(2048),
  minOutputTokens: count.min(1).default(64),
  ttlMs: z.int().min(1).default(600_000),
  truncatedQuality: z.number().min(0).max(1).default(0),
})

const windowSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fixed'),
    budgetDuration: duration,
    timeZone: z.string().default('UTC'),
    anchor: z.string().optional().describe('ISO 8601 date or date-time from which windows are counted'),
    rollover: z
      .strictObject({ maxUsd: usdAmount })
      .optional()
      .describe('what a window leaves over is added to the next one, up to maxUsd'),
  }),
  z.strictObject({
    kind: z.literal('sliding'),
    budgetDuration: duration,
    buckets: z.int().min(1).max(10_000).default(60),
  }),
  z.strictObject({
    kind: z.literal('tokenBucket'),
    capacity: usdAmount,
    refillRate: z.strictObject({ usd: usdAmount, per: duration }),
  }),
  z.strictObject({ kind: z.literal('lifetime'), forgetAfter: duration.optional() }),
])

const budgetSchema = z.strictObject({
  id: z.string().min(1),
  scope: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  maxBudget: usdAmount.optional().describe('the cap in US dollars; a token bucket has its capacity instead'),
  softBudget: usdAmount
    .optional()
    .describe(
      'use above this, in US dollars, is warned of and not refused; the same for every pool of the budget',
    ),
  window: windowSchema,
  priorityReserve: z
    .strictObject({
      share: z.number().min(0).max(1),
      minPriority: z.enum(PRIORITIES),
      release: z.enum(['none', 'linear']).default('none'),
    })
    .optional(),
  overrides: z
    .record(z.string(), usdAmount)
    .default({})
    .describe(
      'cap per label, * for requests without it; labels of a composite scope are joined by /, and a % / or * within one of them is written %25, %2F or %2A',
    ),
  onMissingLabel: z.enum(['reject', 'sharedPool', 'skip']).default('sharedPool'),
})

const onExceedAction = z.enum(['downgrade', 'defer', 'reject'])

const sessionAffinitySchema = z.strictObject({
  scope: z.string().min(1).default('session').describe('the label whose value names the session'),
  mode: z
    .enum(['penalty', 'pin', 'blind'])
    .default('penalty')
    .describe(
      'penalty: expected costs count what the session left in each cache; pin: and it keeps its model while that fits; blind: costs are counted as without caches',
    ),
  maxSwitches: count
    .optional()
    .describe(
      'pin: how often the session may go to another model as planned before it keeps to one; default 0',
    ),
})

const explorationSchema = z.strictObject({
  epsilon: z.number().gt(0).max(1).describe('share of requests that ask a model by lot'),
  among: z
    .literal('affordable')
    .default('affordable')
    .describe('feasible models whose whole reservation fits every budget; each is as likely'),
  minTier: z.int().min(0).default(0).describe('models below it are never asked by lot'),
  exclude: z
    .array(z.enum(PRIORITIES))
    .default(['critical'])
    .describe('priorities whose requests never explore'),
})

export const policyFileSchema = z.strictObject({
  $schema: z.string().optional(),
  formatVersion: z.literal(1),
  policyId: z.string().min(1),
  parentId: z.string().nullable().default(null),
  description: z.string().optional(),
  createdAt: z.string().optional(),
  seed: z.int().default(1),
  prices: z
    .strictObject({
      book: z.string().min(1).describe("the price book's file name"),
      date: z.iso.date().describe('the day whose prices the models have, such as 2026-08-06'),
    })
    .optional()
    .describe("where the models' prices are from"),
  maxPriceAgeDays: z
    .int()
    .min(1)
    .optional()
    .describe('the router warns when the day of prices is longer ago than this'),
  models: z.array(modelSchema).min(1),
  classifier: classifierSchema.prefault({ kind: 'heuristic' }),
  tierBoundaries: z.array(z.number().min(0).max(1)).default([]),
  selector: selectorSchema,
  reservation: reservationSchema.prefault({}),
  budgets: z.array(budgetSchema).default([]),
  onExceed: z
    .strictObject({
      low: onExceedAction.default('downgrade'),
      normal: onExceedAction.default('downgrade'),
      high: onExceedAction.default('downgrade'),
      critical: z.literal('downgrade').default('downgrade'),
    })
    .prefault({}),
  defer: z
    .strictObject({
      maxWaitMs: z.int().min(0).default(3_600_000),
      then: z.enum(['downgrade', 'reject']).default('downgrade'),
    })
    .prefault({}),
  sessionAffinity: sessionAffinitySchema
    .optional()
    .describe('how prompt caches count; default penalty, where a model has a promptCache'),
  exploration: explorationSchema
    .optional()
    .describe('asks other models now and then, so that the decision log can say what they are worth'),
  failover: z.strictObject({ maxAttempts: z.int().min(1).max(10).default(3) }).prefault({}),
  denyModels: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe('models that a label may not use: { "org:acme": ["model-id"] }'),
  unknownPrice: z.enum(['reject', 'assumeTierMaximum']).default('reject'),
  unservedQuality: z.number().min(0).max(1).default(0),
  evidence: z.record(z.string(), z.unknown()).optional(),
  forecast: forecastSchema.optional(),
  contentHash: z.string().optional(),
})

/** A policy file with every default filled in. */
export type PolicyFile = z.output<typeof policyFileSchema>
/** A policy file as a person writes it. */
export type PolicyFileInput = z.input<typeof policyFileSchema>
export type BudgetSpec = PolicyFile['budgets'][number]
export type WindowSpec = BudgetSpec['window']
export type SelectorSpec = PolicyFile['selector']
export type ClassifierSpec = PolicyFile['classifier']
export type OnExceed = PolicyFile['onExceed'][keyof PolicyFile['onExceed']]
