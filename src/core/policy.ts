import { z } from 'zod'
import { compileBudget, type Budget } from './budget/budget.js'
import { createClassifier } from './classify/index.js'
import type { Classifier } from './classify/classifier.js'
import { contentHash } from './content-hash.js'
import { InputError } from './errors.js'
import { dearerOf, type Model, type ModelSpec, type Prices, type PriceTier, type Rates } from './model.js'
import { nanoUsd, picoPerToken } from './money.js'
import { compileOutputEstimates } from './output-tokens.js'
import { describeIssues } from './policy-issues.js'
import { crossFieldIssues } from './policy-checks.js'
import { policyFileSchema, type PolicyFile } from './policy-schema.js'
import type { Exploration } from './select/explore.js'
import { createSelector } from './select/index.js'
import type { Selector } from './select/selector.js'

/** A policy ready to decide: the file with its defaults, and everything the core reads as numbers. */
export interface Policy {
  readonly file: PolicyFile
  readonly policyId: string
  readonly contentHash: string
  /** False when the file bore no `contentHash`: accepted, but nobody vouches that it is the file that was tuned. */
  readonly sealed: boolean
  readonly models: readonly Model[]
  readonly budgets: readonly Budget[]
  readonly classifier: Classifier
  readonly selector: Selector
  /** By tier: each rate at the dearest of the tier's priced models; undefined where the tier has none. */
  readonly tierMaximumPrices: readonly (Prices | undefined)[]
  readonly denyRules: readonly DenyRule[]
  /** Undefined where every request asks what the selector says. */
  readonly exploration: Exploration | undefined
  /** Undefined where no model has a prompt cache and sessions are not pinned: hosts then keep no track of sessions. */
  readonly sessions: SessionRule | undefined
}

/** What makes a session, and what it counts for. */
export interface SessionRule {
  readonly label: string
  readonly mode: 'penalty' | 'pin' | 'blind'
  /** Of `pin`; undefined in other modes. */
  readonly maxSwitches: number | undefined
}

/** Requests whose label has this value may not use these models. */
export interface DenyRule {
  readonly label: string
  readonly value: string
  readonly models: ReadonlySet<string>
}

/**
 * A policy from parsed JSON. All problems are reported at once, with their paths.
 * @throws InputError listing every problem; also when `contentHash` is present and wrong.
 */
export function parsePolicy(value: unknown): Policy {
  const parsed = policyFileSchema.safeParse(value)
  const issues = [
    ...(parsed.success ? [] : describeIssues(parsed.error.issues, value)),
    ...crossFieldIssues(value),
  ]
  if (!parsed.success || issues.length > 0) {
    throw new InputError(`the policy has ${issues.length} problem${issues.length === 1 ? '' : 's'}:`, issues)
  }
  return compile(parsed.data, contentHash(value as Record<string, unknown>))
}

function compile(file: PolicyFile, hash: string): Policy {
  const models = file.models.map((spec, index) => compileModel(spec, index, file.reservation))
  return {
    file,
    policyId: file.policyId,
    contentHash: hash,
    sealed: file.contentHash !== undefined,
    models,
    budgets: file.budgets.map(compileBudget),
    classifier: createClassifier(file.classifier, { models, tierBoundaries: file.tierBoundaries }),
    selector: createSelector(file.selector, models),
    tierMaximumPrices: tierMaximumPrices(models),
    denyRules: Object.entries(file.denyModels).map(([key, ids]) => {
      const colon = key.indexOf(':')
      return { label: key.slice(0, colon), value: key.slice(colon + 1), models: new Set(ids) }
    }),
    exploration: file.exploration && {
      ...file.exploration,
      exclude: new Set(file.exploration.exclude),
    },
    sessions: sessionRule(file),
  }
}

function sessionRule({ models, sessionAffinity }: PolicyFile): SessionRule | undefined {
  if (sessionAffinity === undefined && models.every(({ promptCache }) => promptCache === undefined))
    return undefined
  const { scope: label = 'session', mode = 'penalty', maxSwitches = 0 } = sessionAffinity ?? {}
  return { label, mode, maxSwitches: mode === 'pin' ? maxSwitches : undefined }
}

function tierMaximumPrices(models: readonly Model[]): (Prices | undefined)[] {
  const byTier: (Prices | undefined)[] = []
  for (const { tier, prices } of models) {
    if (prices === undefined) continue
    const rates = prices.priceTiers.at(-1)?.dearest ?? prices
    const known = byTier[tier]
    byTier[tier] = { ...(known === undefined ? rates : dearerOf(known, rates)), priceTiers: [] }
  }
  return byTier
}

function compileModel(spec: ModelSpec, index: number, { estimate }: PolicyFile['reservation']): Model {
  return {
    index,
    id: spec.id,
    tier: spec.tier,
    contextWindow: spec.contextWindow,
    maxOutputTokens: spec.maxOutputTokens,
    outputTokens: compileOutputEstimates(spec, estimate),
    inputOverheadTokens: spec.inputOverheadTokens,
    capabilities: new Set(spec.capabilities),
    expectedLatencyMs: spec.expectedLatencyMs,
    prices: spec.pricing === undefined ? undefined : compilePrices(spec.pricing),
    promptCache: spec.promptCache,
    expectedCostNanoUsd: spec.expectedCostUsd === undefined ? undefined : nanoUsd(spec.expectedCostUsd),
  }
}

export function compilePrices(pricing: NonNullable<ModelSpec['pricing']>): Prices {
  const perRequestPico = nanoUsd(pricing.perRequest) * 1000
  const base = compileRates(pricing, perRequestPico)
  const priceTiers: PriceTier[] = []
  let dearest: Rates = base
  for (const { aboveInputTokens, ...tier } of pricing.priceTiers) {
    const rates = compileRates(tier, perRequestPico)
    dearest = dearerOf(dearest, rates)
    priceTiers.push({ aboveInputTokens, rates, dearest })
  }
  return { ...base, priceTiers }
}

type Pricing = Pick<
  NonNullable<ModelSpec['pricing']>,
  'promptPer1m' | 'completionPer1m' | 'cachedInputPer1m' | 'cacheWritePer1m'
>

/** Cached and cache-write rates that the policy leaves out are billed like plain input. */
function compileRates(pricing: Pricing, perRequestPico: number): Rates {
  const inputPico = picoPerToken(pricing.promptPer1m)
  const cachedInputPico = picoPerToken(pricing.cachedInputPer1m ?? pricing.promptPer1m)
  const cacheWritePico = picoPerToken(pricing.cacheWritePer1m ?? pricing.promptPer1m)
  return {
    inputPico,
    outputPico: picoPerToken(pricing.completionPer1m),
    cachedInputPico,
    cacheWritePico,
    perRequestPico,
    maxInputPico: Math.max(inputPico, cachedInputPico, cacheWritePico),
  }
}

/** The file with a fresh `contentHash`; the hash covers everything else as it stands. */
export function sealPolicy(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { contentHash: _old, ...rest } = value
  return { ...rest, contentHash: contentHash(rest) }
}

/** JSON Schema (draft 2020-12) of the policy file as people write it. */
export function policyJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(policyFileSchema, { io: 'input' }), title: 'Tollgate policy' }
}
