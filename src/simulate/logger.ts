import type { LogRecord } from '../core/log-record.js'
import { draw } from '../core/random.js'
import { asLogged } from './as-logged.js'
import { FRONTIER, MODELS } from './models.js'
import type { SimulatedRequest } from './week.js'

/** Who chose the models when the log was written, which decides what the log can tell. */
export type Logger =
  /** Every model was asked: a full matrix. */
  | { readonly kind: 'all' }
  /** One model for everything. */
  | { readonly kind: 'fixed'; readonly model: string }
  /** The strongest model, but on a share of the requests each model by equal lot; all of them with a share of 1. */
  | { readonly kind: 'epsilon'; readonly epsilon: number }
  /** The cheapest model of the tier that the request requires: no chance in it, and as good as it can be. */
  | { readonly kind: 'tier' }

/** The record as that logger left it: outcomes of what it called, and with what chance it called it. */
export function loggedBy(logger: Logger, seed: number, { record, truth }: SimulatedRequest): LogRecord {
  if (logger.kind === 'all') return record
  const called = asLogged({ ...record, ...choiceOf(logger, seed, record.id, truth.requiredTier) })
  return { ...called, outcomes: (called.outcomes ?? []).map((outcome) => ({ ...outcome, basis: 'logged' })) }
}

interface Choice {
  readonly chosen: string
  readonly propensity: number
}

function choiceOf(
  logger: Exclude<Logger, { kind: 'all' }>,
  seed: number,
  id: string,
  requiredTier: number,
): Choice {
  switch (logger.kind) {
    case 'fixed':
      return { chosen: logger.model, propensity: 1 }
    case 'tier':
      return { chosen: cheapestOf(requiredTier), propensity: 1 }
    case 'epsilon': {
      const each = logger.epsilon / MODELS.length
      const explored = MODELS[Math.floor(draw(seed, id, 'explored') * MODELS.length)]?.id ?? FRONTIER
      const chosen = draw(seed, id, 'exploring') < logger.epsilon ? explored : FRONTIER
      return { chosen, propensity: chosen === FRONTIER ? 1 - logger.epsilon + each : each }
    }
  }
}

function cheapestOf(tier: number): string {
  const able = MODELS.filter((model) => model.tier >= tier)
  return able.reduce((best, model) => (model.prices.outputPico < best.prices.outputPico ? model : best)).id
}

/** By model: how many answers of it the log holds. */
export function answersOf(records: readonly LogRecord[]): Readonly<Record<string, number>> {
  const answers = Object.fromEntries(MODELS.map(({ id }) => [id, 0]))
  for (const { outcomes } of records)
    for (const { model } of outcomes ?? []) answers[model] = (answers[model] ?? 0) + 1
  return answers
}
