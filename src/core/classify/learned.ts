import type { ClassifierSpec } from '../policy-schema.js'
import { sha256Hex } from '../content-hash.js'
import { messageText } from '../message-text.js'
import type { Message } from '../request.js'
import type { Classifier, ClassifierContext, DifficultyPart } from './classifier.js'
import { difficultiesByRow } from './feature-rows.js'
import type { FeatureExtractor } from './features.js'
import { LearnedModel } from './learned-model.js'
import type { LearnedSpec } from './learned-schema.js'

type LearnedClassifierSpec = Extract<ClassifierSpec, { kind: 'learned' }>

const UNKNOWN: readonly DifficultyPart[] = [{ name: 'unknownText', value: 1, weight: 1, part: 1 }]

/**
 * Predicts each model's chance of success and its output tokens from text, shape and task. The predictions are its features:
 * logs and stores keep them instead of words, and replay reads them as production made them.
 * Difficulty = the mean, over the tiers but the top one, of the chance that no model up to that tier answers acceptably.
 */
export function createLearned({ learned }: LearnedClassifierSpec, { models }: ClassifierContext): Classifier {
  const extractor = createLearnedExtractor(learned, models)
  const tiers = tiersOf(models)
  const priors = models.map(({ id }) => learned.models.find((known) => known.id === id)?.success?.prior)
  const success = (features: ArrayLike<number> | undefined, model: number): number | undefined => {
    const value = features?.[model] ?? NaN
    if (!Number.isNaN(value)) return value
    return priors[model]
  }
  const byTokens = models.map(({ id }) =>
    learned.models.some((known) => known.id === id && known.outputTokens !== undefined),
  )
  const amountOf = (features: ArrayLike<number> | undefined, model: number): number | undefined => {
    const amount = features?.[models.length + model] ?? NaN
    return Number.isNaN(amount) ? undefined : amount
  }
  const failures = (features: ArrayLike<number>): number[] => failureByTier(features, tiers)
  const difficulty = (features: ArrayLike<number> | undefined): number => {
    if (features === undefined || isUnknown(features, models.length)) return 1
    const parts = failures(features)
    const weight = 1 / parts.length
    return parts.reduce((sum, value) => sum + weight * value, 0)
  }
  return {
    kind: 'learned',
    extractor,
    difficulty,
    predictor: {
      success,
      outputTokens: (features, model) => (byTokens[model] === true ? amountOf(features, model) : undefined),
      costNanoUsd(features, model) {
        const millionths = byTokens[model] === true ? undefined : amountOf(features, model)
        return millionths === undefined ? undefined : Math.ceil(millionths * 1000)
      },
    },
    difficulties: (columns, size) => difficultiesByRow(difficulty, columns, size),
    explain(features) {
      if (features === undefined || isUnknown(features, models.length)) return UNKNOWN
      const parts = failures(features)
      const weight = 1 / parts.length
      return parts.map((value, tier) => ({
        name: `tier ${tier} and below fail`,
        value,
        weight,
        part: weight * value,
      }))
    },
  }
}

/** Success by model of the policy, then output tokens by model. */
function createLearnedExtractor(learned: LearnedSpec, models: ClassifierContext['models']): FeatureExtractor {
  const places = models.map(({ id }) => learned.models.findIndex((model) => model.id === id))
  const count = learned.models.length
  const success = new Float64Array(count)
  const amounts = new Float64Array(count)
  let model: LearnedModel | undefined
  return {
    key: `learned-1-${sha256Hex(JSON.stringify([learned, models.map(({ id }) => id)])).slice(0, 16)}`,
    names: [...models.map(({ id }) => `success.${id}`), ...models.map(({ id }) => `amount.${id}`)],
    extract(messages, tokens, task) {
      model ??= new LearnedModel(learned)
      model.predict(lastText(messages), task, success, amounts, { tokens, turns: turnsOf(messages) })
      const values = new Float64Array(2 * places.length)
      places.forEach((place, index) => {
        values[index] = place < 0 ? NaN : (success[place] as number)
        values[places.length + index] = place < 0 ? NaN : (amounts[place] as number)
      })
      return values
    },
  }
}

/** What the model must answer next. */
export function lastText(messages: readonly Message[]): string {
  const last = messages.findLast(({ role }) => role === 'user') ?? messages.at(-1)
  return last === undefined ? '' : messageText(last)
}

export function turnsOf(messages: readonly Message[]): number {
  return messages.reduce((turns, { role }) => (role === 'user' ? turns + 1 : turns), 0)
}

/** Models by tier. */
function tiersOf(models: ClassifierContext['models']): readonly (readonly number[])[] {
  const top = Math.max(0, ...models.map(({ tier }) => tier))
  return Array.from({ length: top + 1 }, (_, tier) =>
    models.flatMap((model, index) => (model.tier === tier ? [index] : [])),
  )
}

/** By tier but the top one: 1 less the best chance of a model up to it. With one tier, of that. */
function failureByTier(features: ArrayLike<number>, tiers: readonly (readonly number[])[]): number[] {
  let best = 0
  return tiers.slice(0, Math.max(1, tiers.length - 1)).map((models) => {
    for (const model of models) {
      const success = features[model] as number
      if (success > best) best = success
    }
    return 1 - best
  })
}

/** Replay has NaN throughout where the log holds no text. */
function isUnknown(features: ArrayLike<number>, models: number): boolean {
  for (let i = 0; i < models; i++) if (!Number.isNaN(features[i] as number)) return false
  return true
}
