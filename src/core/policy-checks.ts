import type { z } from 'zod'
import { isAnchor, isTimeZone } from './budget/calendar.js'
import { contentHash } from './content-hash.js'
import type { LearnedSpec } from './classify/learned-schema.js'
import type { PacedSpec } from './select/pacing.js'
import { nearMiss, type Issue } from './errors.js'
import { MAX_CALL_NANO_USD, MAX_POOL_NANO_USD, nanoUsd, picoPerToken, usd } from './money.js'
import { policyFileSchema, type BudgetSpec, type SelectorSpec } from './policy-schema.js'

/**
 * Checks that span fields. Each reads its parts leniently from the raw value, so that they run, and report, beside the
 * findings on shape: a person sees all problems at once.
 */
export function crossFieldIssues(raw: unknown): Issue[] {
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) return []
  const value = raw as Readonly<Record<string, unknown>>
  return [
    ...modelIssues(value),
    ...estimateIssues(value),
    ...tierIssues(value),
    ...selectorIssues(value),
    ...serviceIssues(value),
    ...scorerIssues(value),
    ...explorationIssues(value),
    ...affinityIssues(value),
    ...budgetIssues(value),
    ...denyIssues(value),
    ...priceAgeIssues(value),
    ...hashIssues(value),
  ]
}

const shape = policyFileSchema.shape

/** The part if it parses on its own, else undefined: its own problems are reported elsewhere. */
function part<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

function modelIds(value: Readonly<Record<string, unknown>>): string[] {
  if (!Array.isArray(value.models)) return []
  return value.models.flatMap((model: unknown) => {
    const id = (model as { id?: unknown } | null)?.id
    return typeof id === 'string' ? [id] : []
  })
}

function priceAgeIssues({ maxPriceAgeDays, prices }: Readonly<Record<string, unknown>>): Issue[] {
  if (maxPriceAgeDays === undefined || prices !== undefined) return []
  const message = 'needs prices: { book, date }, which says of when the prices are'
  return [{ path: 'maxPriceAgeDays', message }]
}

function modelIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  const issues = duplicates(modelIds(value)).map((id) => ({
    path: 'models',
    message: `the id ${id} occurs twice`,
  }))
  if (!Array.isArray(value.models)) return issues
  value.models.forEach((model: unknown, index) => {
    const pricing = (model as { pricing?: Record<string, unknown> } | null)?.pricing
    if (pricing === undefined && (model as { promptCache?: unknown } | null)?.promptCache !== undefined)
      issues.push({
        path: `models[${index}].promptCache`,
        message: 'needs pricing, with cachedInputPer1m: what a cache spares is a difference of prices',
      })
    const path = `models[${index}].pricing`
    issues.push(...rateIssues(path, pricing), ...priceTierIssues(path, pricing?.priceTiers))
    const wrong = perRequestProblem(pricing?.perRequest)
    if (wrong !== undefined) issues.push({ path: `models[${index}].pricing.perRequest`, message: wrong })
  })
  return issues
}

function rateIssues(path: string, rates: Readonly<Record<string, unknown>> | undefined): Issue[] {
  return ['promptPer1m', 'completionPer1m', 'cachedInputPer1m', 'cacheWritePer1m'].flatMap((field) => {
    const price = rates?.[field]
    if (typeof price !== 'number' || !(price >= 0)) return []
    try {
      picoPerToken(price)
      return []
    } catch (error) {
      return [{ path: `${path}.${field}`, message: (error as Error).message }]
    }
  })
}

function priceTierIssues(path: string, tiers: unknown): Issue[] {
  if (!Array.isArray(tiers)) return []
  const list = tiers as (Readonly<Record<string, unknown>> | null)[]
  const above = list.map((tier) => tier?.aboveInputTokens)
  const rising = above.every((tokens, i) => i === 0 || !(Number(tokens) <= Number(above[i - 1])))
  const order = rising ? [] : [{ path: `${path}.priceTiers`, message: 'must rise by aboveInputTokens' }]
  return [...order, ...list.flatMap((tier, i) => rateIssues(`${path}.priceTiers[${i}]`, tier ?? undefined))]
}

/** Rounding it down would put a call's bill above its bound. */
function perRequestProblem(price: unknown): string | undefined {
  if (typeof price !== 'number' || !(price >= 0)) return undefined
  const most = usd(MAX_CALL_NANO_USD)
  if (price > most) return `must be at most ${most} USD a call, got ${price}`
  return usd(nanoUsd(price)) === price
    ? undefined
    : `has more digits than a nano-dollar (9 decimals): ${price}`
}

/** A quantile is reserved of whichever model is asked: each must have learned it. */
function estimateIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  const reservation = part(shape.reservation, value.reservation)
  const models = part(shape.models, value.models)
  if (reservation?.mode !== 'estimateWithMargin' || reservation.estimate === 'mean') return []
  const unlearned = (models ?? []).filter(({ outputTokens }) => outputTokens === undefined)
  if (unlearned.length === 0) return []
  const message = `a quantile needs outputTokens of every model, and ${unlearned.map(({ id }) => id).join(', ')} has none: tollgate init learns them from a log, or use "mean"`
  return [{ path: 'reservation.estimate', message }]
}

function tierIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  const boundaries = part(shape.tierBoundaries, value.tierBoundaries)
  if (boundaries === undefined) return []
  const issues: Issue[] = []
  if (boundaries.some((boundary, i) => i > 0 && boundary < (boundaries[i - 1] ?? 0))) {
    issues.push({ path: 'tierBoundaries', message: `must not decrease, got ${JSON.stringify(boundaries)}` })
  }
  const models = part(shape.models, value.models)
  if (models === undefined) return issues
  issues.push(...hybridIssues(value, boundaries), ...learnedIssues(value, models))
  const topTier = Math.max(...models.map((model) => model.tier))
  const selector = part(shape.selector, value.selector)
  if (selector?.kind === 'cheapestCapable' && boundaries.length !== topTier) {
    const message = `${topTier} boundaries part the tiers 0 to ${topTier} of the models, got ${boundaries.length}`
    issues.push({ path: 'tierBoundaries', message })
  }
  return issues
}

function selectorIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  const selector = part(shape.selector, value.selector)
  const known = modelIds(value)
  if (selector === undefined || known.length === 0) return []
  switch (selector.kind) {
    case 'fixed':
      return unknownModel('selector.model', selector.model, known)
    case 'threshold':
      return [
        ...unknownModel('selector.strong', selector.strong, known),
        ...unknownModel('selector.weak', selector.weak, known),
      ]
    case 'mix': {
      const issues = Object.keys(selector.shares).flatMap((id) =>
        unknownModel(`selector.shares.${id}`, id, known),
      )
      const total = Object.values(selector.shares).reduce((sum, share) => sum + share, 0)
      if (!(total > 0)) issues.push({ path: 'selector.shares', message: 'must have a share above 0' })
      return issues
    }
    case 'utility':
      return successIssues(value, selector.kind)
    case 'paced':
      return [...successIssues(value, selector.kind), ...pacedIssues(value, selector)]
    case 'cascade':
      return cascadeIssues(selector, known)
    case 'cheapestCapable':
      return []
  }
}

function affinityIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  const affinity = part(shape.sessionAffinity, value.sessionAffinity)
  if (affinity === undefined) return []
  const issues: Issue[] = []
  const selector = part(shape.selector, value.selector)
  if (affinity.mode === 'pin' && selector?.kind === 'cascade')
    issues.push({
      path: 'sessionAffinity.mode',
      message: "pin cannot keep a model whose answers a cascade's next rung may replace: use penalty",
    })
  if (affinity.mode !== 'pin' && affinity.maxSwitches !== undefined)
    issues.push({ path: 'sessionAffinity.maxSwitches', message: 'belongs to mode pin: leave it out' })
  const models = part(shape.models, value.models)
  if (affinity.mode !== 'pin' && models?.every(({ promptCache }) => promptCache === undefined) === true)
    issues.push({
      path: 'sessionAffinity.mode',
      message: `${affinity.mode} is about prompt caches, and no model has a promptCache`,
    })
  return issues
}

/** A reservation that ran out before the service is late would be charged and the answer still be waited for. */
function serviceIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  const classifier = part(shape.classifier, value.classifier)
  const isInside = classifier?.kind === 'hybrid' && classifier.inside.kind === 'service'
  const service = isInside ? classifier.inside : classifier
  const { ttlMs } = part(shape.reservation, value.reservation) ?? {}
  if (service?.kind !== 'service' || ttlMs === undefined || service.timeoutMs < ttlMs) return []
  const path = `classifier.${isInside ? 'inside.' : ''}timeoutMs`
  return [{ path, message: `must be less than reservation.ttlMs (${ttlMs}), got ${service.timeoutMs}` }]
}

/** Likewise of an answer that is still being scored: its reservation would run out, and the answer be taken unscored. */
function scorerIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  const selector = part(shape.selector, value.selector)
  const { ttlMs } = part(shape.reservation, value.reservation) ?? {}
  if (selector?.kind !== 'cascade' || selector.scorer.kind !== 'external' || ttlMs === undefined) return []
  const { timeoutMs } = selector.scorer
  if (timeoutMs < ttlMs) return []
  const message = `must be less than reservation.ttlMs (${ttlMs}), got ${timeoutMs}`
  return [{ path: 'selector.scorer.timeoutMs', message }]
}

function explorationIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  const exploration = part(shape.exploration, value.exploration)
  if (exploration === undefined) return []
  const cascades = part(shape.selector, value.selector)?.kind === 'cascade'
  const tiers = (part(shape.models, value.models) ?? []).map(({ tier }) => tier)
  const isEmpty = tiers.length > 0 && tiers.every((tier) => tier < exploration.minTier)
  return [
    ...(cascades
      ? [
          {
            path: 'exploration',
            message:
              'cannot stand beside a cascade, whose answers decide which model is asked next: explore with another selector, and learn the cascade from that log',
          },
        ]
      : []),
    ...(isEmpty
      ? [
          {
            path: 'exploration.minTier',
            message: `leaves no model to explore: the highest tier is ${Math.max(...tiers)}, got ${exploration.minTier}`,
          },
        ]
      : []),
  ]
}

/** Names that nobody learned would send every request to the top tier without a word. */
function learnedIssues(
  value: Readonly<Record<string, unknown>>,
  models: readonly { readonly id: string }[],
): Issue[] {
  const classifier = part(shape.classifier, value.classifier)
  const found = learnedOf(classifier)
  if (found === undefined) return []
  const { learned } = found
  const path = classifier?.kind === 'hybrid' ? 'classifier.inside.learned' : 'classifier.learned'
  const known = learned.models.filter(({ success }) => success !== undefined).map(({ id }) => id)
  const issues: Issue[] = []
  if (!models.some(({ id }) => known.includes(id))) {
    const message = `knows none of the policy's models, it knows ${known.join(', ')}: run tollgate train again`
    issues.push({ path: `${path}.models`, message })
  }
  const wanted = learned.tasks.length + 1
  if (listsByTask(learned).some((list) => list.length !== wanted))
    issues.push({ path, message: `lists by task must have ${wanted} entries, one more than tasks` })
  return issues
}

function learnedOf(
  classifier: z.output<typeof shape.classifier> | undefined,
): { readonly learned: LearnedSpec } | undefined {
  if (classifier?.kind === 'learned') return classifier
  return classifier?.kind === 'hybrid' && classifier.inside.kind === 'learned' ? classifier.inside : undefined
}

function listsByTask({ shapeMeans, difficulty, models }: LearnedSpec): (readonly unknown[])[] {
  const scores = [difficulty.score, ...models.flatMap(({ success }) => success?.score ?? [])]
  const amounts = models.flatMap(({ outputTokens, costUsd }) => [outputTokens ?? [], costUsd ?? []].flat())
  return [
    shapeMeans,
    difficulty.means,
    ...scores.flatMap(({ byTask, shapeByTask }) => [byTask, shapeByTask]),
    ...models.flatMap(({ success }) => (success === undefined ? [] : [success.difficultyByTask])),
    ...amounts.flatMap(({ byTask, correction }) => [byTask, correction]),
  ]
}

/** What lies inside is carried over to the policy's boundaries, one to one: each tier must be there to be told. */
function hybridIssues(value: Readonly<Record<string, unknown>>, boundaries: readonly number[]): Issue[] {
  const classifier = part(shape.classifier, value.classifier)
  if (classifier?.kind !== 'hybrid' || classifier.inside.kind !== 'learned') return []
  const { tierBoundaries: inside } = classifier.inside
  const path = 'classifier.inside.tierBoundaries'
  const lists = [
    { at: 'tierBoundaries', list: boundaries },
    { at: path, list: inside },
  ]
  const falling = lists.filter(({ list }) => !list.every((one, i) => one > (list[i - 1] ?? 0)))
  if (falling.length > 0)
    return falling.map(({ at, list }) => ({
      path: at,
      message: `must rise, the first above 0, with a hybrid classifier, got ${JSON.stringify(list)}`,
    }))
  if (inside.length === boundaries.length) return []
  return [{ path, message: `must be as many as tierBoundaries, ${boundaries.length}, got ${inside.length}` }]
}

/** Callers may bring their own assessment, but not with every request; outside its band a hybrid knows difficulty alone. */
function successIssues(value: Readonly<Record<string, unknown>>, selector: string): Issue[] {
  const classifier = part(shape.classifier, value.classifier)
  if (classifier === undefined || classifier.kind === 'learned') return []
  const message = `${selector} needs a classifier that knows each model's chance of success on every request: learned (tollgate train makes one)`
  return [{ path: 'selector.kind', message }]
}

function cascadeIssues(
  { rungs, scorer }: Extract<SelectorSpec, { kind: 'cascade' }>,
  known: readonly string[],
): Issue[] {
  const below = rungs.slice(0, -1)
  const unscored =
    scorer.kind === 'acceptance'
      ? below.filter(({ model }) => scorer.models.every(({ id }) => id !== model))
      : []
  return [
    ...rungs.flatMap(({ model }, i) => unknownModel(`selector.rungs[${i}].model`, model, known)),
    ...duplicates(rungs.map(({ model }) => model)).map((id) => ({
      path: 'selector.rungs',
      message: `the model ${id} stands on two rungs`,
    })),
    ...rungs.flatMap((rung, i) => rungIssues(rung, `selector.rungs[${i}]`, i === rungs.length - 1, scorer)),
    ...unscored.map(({ model }) => ({
      path: 'selector.scorer.models',
      message: `knows nothing of ${model}: tollgate train --selector cascade learns it`,
    })),
  ]
}

function rungIssues(
  rung: Extract<SelectorSpec, { kind: 'cascade' }>['rungs'][number],
  path: string,
  isLast: boolean,
  { kind }: Extract<SelectorSpec, { kind: 'cascade' }>['scorer'],
): Issue[] {
  const issues: Issue[] = []
  if (isLast && rung.accept !== undefined)
    issues.push({ path: `${path}.accept`, message: 'every answer of the last rung is taken: leave it out' })
  if (!isLast && rung.accept === undefined)
    issues.push({ path: `${path}.accept`, message: 'is missing: the score from which an answer is taken' })
  if (isLast && (rung.samples > 1 || rung.skipBelow > 0))
    issues.push({ path, message: 'the last rung has neither samples nor skipBelow: its answer is taken' })
  if (!isLast && kind === 'agreement' && rung.samples < 2)
    issues.push({ path: `${path}.samples`, message: 'agreement needs at least 2 samples' })
  return issues
}

/** Money that never comes back has no rate to keep to. */
function pacedIssues(value: Readonly<Record<string, unknown>>, { budget: id, profile }: PacedSpec): Issue[] {
  const path = 'selector.budget'
  const issues: Issue[] = []
  if (profile?.every((part) => part === 0) === true)
    issues.push({ path: 'selector.profile', message: 'must have a part above 0' })
  const budgets = (Array.isArray(value.budgets) ? value.budgets : []).flatMap(
    (raw: unknown) => part(shape.budgets.unwrap().element, raw) ?? [],
  )
  const budget = budgets.find((one) => one.id === id)
  if (budget === undefined) return [...issues, unknownBudget(path, id, budgets)]
  const refused = pacingProblem(budget)
  if (refused !== undefined) issues.push({ path, message: refused })
  else if (profile !== undefined && budget.window.kind !== 'fixed') {
    const message = `is the traffic of a fixed window, and the window of ${id} is ${budget.window.kind}: leave it out`
    issues.push({ path: 'selector.profile', message })
  }
  return issues
}

/** Why a budget cannot be paced; undefined where it can. */
export function pacingProblem({ id, scope, window }: BudgetSpec): string | undefined {
  if (scope === 'request') return `${id} is the budget of one request: name one that many requests share`
  return window.kind === 'lifetime'
    ? `${id} is never replenished, so it has no rate to follow: use a fixed, sliding or tokenBucket window`
    : undefined
}

function unknownBudget(path: string, id: string, budgets: readonly BudgetSpec[]): Issue {
  const known = budgets.map((one) => one.id)
  const near = nearMiss(id, known)
  const others = known.length === 0 ? 'the policy has none' : `budgets are ${known.join(', ')}`
  const hint = near === undefined ? others : `did you mean ${near}?`
  return { path, message: `no budget has the id ${id} (${hint})` }
}

function unknownModel(path: string, id: string, known: readonly string[]): Issue[] {
  if (known.includes(id)) return []
  const near = nearMiss(id, known)
  const hint = near === undefined ? `models are ${known.join(', ')}` : `did you mean ${near}?`
  return [{ path, message: `no model has the id ${id} (${hint})` }]
}

function budgetIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  if (!Array.isArray(value.budgets)) return []
  const issues: Issue[] = []
  const ids: string[] = []
  value.budgets.forEach((raw: unknown, index) => {
    const budget = part(shape.budgets.unwrap().element, raw)
    if (budget === undefined) return
    ids.push(budget.id)
    const path = `budgets[${index}]`
    const { window } = budget
    if (window.kind !== 'tokenBucket' && budget.maxBudget === undefined) {
      issues.push({ path: `${path}.maxBudget`, message: 'is missing: the cap in US dollars' })
    }
    if (window.kind === 'tokenBucket' && budget.maxBudget !== undefined) {
      issues.push({
        path: `${path}.maxBudget`,
        message: 'a token bucket has its capacity as the cap; leave this out',
      })
    }
    if (budget.scope === 'request' && budget.softBudget !== undefined) {
      issues.push({
        path: `${path}.softBudget`,
        message: 'a request budget has no use to warn of: leave it out',
      })
    }
    if (budget.scope === 'request' && window.kind !== 'lifetime') {
      issues.push({
        path: `${path}.window.kind`,
        message: 'a request budget lives as long as its request: use lifetime',
      })
    }
    if (Array.isArray(budget.scope) && budget.scope.includes('request')) {
      issues.push({ path: `${path}.scope`, message: 'request cannot be part of a composite scope' })
    }
    if (window.kind === 'fixed' && !isTimeZone(window.timeZone)) {
      issues.push({
        path: `${path}.window.timeZone`,
        message: `is not a time zone: ${window.timeZone} (try Europe/Berlin)`,
      })
    }
    if (window.kind === 'fixed' && isTimeZone(window.timeZone) && !isAnchor(window)) {
      issues.push({
        path: `${path}.window.anchor`,
        message: `is not an ISO 8601 date or date-time: ${window.anchor} (try 2026-01-05 or 2026-01-05T06:00)`,
      })
    }
    if (window.kind !== 'fixed' && budget.priorityReserve?.release === 'linear') {
      issues.push({
        path: `${path}.priorityReserve.release`,
        message: 'linear release needs a fixed window with an end',
      })
    }
    issues.push(...monthIssues(path, window), ...rolloverIssues(path, budget))
  })
  return [
    ...issues,
    ...duplicates(ids).map((id) => ({ path: 'budgets', message: `the id ${id} occurs twice` })),
  ]
}

/** A window may spend its cap and what was carried into it: both together must stay exact. */
function rolloverIssues(path: string, { window, maxBudget, overrides }: BudgetSpec): Issue[] {
  if (window.kind !== 'fixed' || window.rollover === undefined) return []
  const largest = Math.max(maxBudget ?? 0, ...Object.values(overrides))
  const most = usd(MAX_POOL_NANO_USD)
  if (largest + window.rollover.maxUsd <= most) return []
  const message = `with the largest cap of the budget it must be at most ${most} USD, got ${window.rollover.maxUsd}`
  return [{ path: `${path}.window.rollover.maxUsd`, message }]
}

/** Only calendar windows know months; everything else needs an exact length. */
function monthIssues(path: string, window: z.output<typeof shape.budgets>[number]['window']): Issue[] {
  const exact: [string, string | undefined][] =
    window.kind === 'sliding'
      ? [['budgetDuration', window.budgetDuration]]
      : window.kind === 'tokenBucket'
        ? [['refillRate.per', window.refillRate.per]]
        : window.kind === 'lifetime'
          ? [['forgetAfter', window.forgetAfter]]
          : []
  return exact
    .filter(([, text]) => text?.endsWith('mo') === true)
    .map(([field]) => ({
      path: `${path}.window.${field}`,
      message: 'a month has no fixed length: use days, such as 30d',
    }))
}

function denyIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  const denied = part(shape.denyModels, value.denyModels)
  const known = modelIds(value)
  return Object.entries(denied ?? {}).flatMap(([label, ids]) => {
    const path = `denyModels.${label}`
    const form = label.includes(':') ? [] : [{ path, message: 'write label:value, such as org:acme' }]
    return [...form, ...ids.flatMap((id) => unknownModel(path, id, known))]
  })
}

function hashIssues(value: Readonly<Record<string, unknown>>): Issue[] {
  if (typeof value.contentHash !== 'string') return []
  const actual = contentHash(value)
  if (actual === value.contentHash) return []
  const message = `does not match the content (${actual}): the file was changed after it was sealed; check it, then run tollgate seal`
  return [{ path: 'contentHash', message }]
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}
