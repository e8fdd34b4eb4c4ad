import type { LearnedSpec } from '../../core/classify/learned-schema.js'
import { planAmounts } from './learn-amounts.js'
import { fitHeads, meanOfKnown, type FitAll, type FitInput, type LinearHeads } from './linear-heads.js'
import { planSuccess, type LearnedSuccess } from './learn-success.js'
import { readCorpus, type LearnText } from './text-corpus.js'

/** A model to learn, by row of the requests; NaN where unknown. */
export interface LearnModel {
  readonly id: string
  readonly quality: Float64Array
  readonly outputTokens: Float64Array
  /** US dollars, for models whose price nobody names. Undefined where the price is known. */
  readonly costUsd: Float64Array | undefined
}

export interface LearnInput {
  readonly requests: readonly LearnText[]
  readonly models: readonly LearnModel[]
  /** Qualities of all models of the log that are known nearly everywhere: together they tell how hard a request is. */
  readonly widelyKnown: readonly Float64Array[]
  readonly seed: number
  readonly onProgress?: (done: number, total: number) => void
}

export interface Learned {
  readonly spec: LearnedSpec
  /** Ids of the models whose success was learned, in the order of `success.heads`. */
  readonly ids: readonly string[]
  readonly success: LearnedSuccess
}

/** With fewer known outcomes than this nothing is learned of a model: the noise would pass for knowledge. */
export const LEAST_OUTCOMES = 30

/** The same requests, models and seed give the same bytes. */
export function learn(input: LearnInput): Learned {
  const { fits, finish } = plan(input)
  const progress = counter(fits, input)
  return finish(
    fits.map((fit) => {
      const heads = fitHeads(fit)
      progress()
      return heads
    }),
  )
}

/** The same bytes as `learn`, with the fits made by another: on several threads, say. */
export async function learnBy(fitAll: FitAll, input: LearnInput): Promise<Learned> {
  const { fits, finish } = plan(input)
  return finish(await fitAll(fits, counter(fits, input)))
}

function counter(fits: readonly FitInput[], { onProgress }: LearnInput): () => void {
  let done = 0
  return () => onProgress?.(++done, fits.length)
}

interface LearnPlan {
  readonly fits: readonly FitInput[]
  finish(fitted: readonly LinearHeads[]): Learned
}

function plan({ requests, models, widelyKnown, seed }: LearnInput): LearnPlan {
  const corpus = readCorpus(requests)
  const known = models.filter(({ quality }) => countKnown(quality) >= LEAST_OUTCOMES)
  if (known.length === 0) {
    throw new RangeError(
      `models must have at least ${LEAST_OUTCOMES} requests with a known quality and a text, got ${models.map(({ id, quality }) => `${id} ${countKnown(quality)}`).join(', ')}`,
    )
  }
  const qualities = known.map(({ quality }) => quality)
  const meanOfAll = meanQuality(widelyKnown.length > 0 ? widelyKnown : qualities)
  const success = planSuccess({ corpus, qualities, meanQuality: meanOfAll, seed })
  const byTokens = models.map(({ outputTokens }) => countKnown(outputTokens) >= LEAST_OUTCOMES)
  const amounts = planAmounts(
    corpus,
    models.map(({ outputTokens, costUsd }, index) => {
      if (byTokens[index] === true) return outputTokens
      if (costUsd !== undefined && countKnown(costUsd) >= LEAST_OUTCOMES)
        return costUsd.map((usd) => usd * 1e6)
      return outputTokens.map(() => NaN)
    }),
  )
  const finish = (fitted: readonly LinearHeads[]): Learned => {
    const learned = success.finish(fitted.slice(0, -1))
    const amountHeads = amounts.finish(fitted.at(-1) as LinearHeads)
    return {
      ids: known.map(({ id }) => id),
      success: learned,
      spec: {
        version: 1,
        ...corpus.spec,
        difficulty: learned.difficulty,
        calibration: learned.calibration,
        models: models.map((model, index) => {
          const head = known.indexOf(model)
          const amount = amountHeads[index]
          const name = byTokens[index] === true ? 'outputTokens' : 'costUsd'
          return {
            id: model.id,
            ...(head < 0 ? {} : { success: learned.heads[head] }),
            ...(amount === undefined ? {} : { [name]: amount }),
          }
        }),
      },
    }
  }
  return { fits: [...success.fits, amounts.fit], finish }
}

function countKnown(values: Float64Array): number {
  return values.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0)
}

/** Of what is known of a request, each model around its own mean; NaN where nothing is. */
function meanQuality(qualities: readonly Float64Array[]): Float64Array {
  const means = qualities.map(meanOfKnown)
  const grand = means.reduce((sum, mean) => sum + mean, 0) / Math.max(1, means.length)
  return Float64Array.from({ length: qualities[0]?.length ?? 0 }, (_, row) => {
    let [sum, known] = [0, 0]
    qualities.forEach((quality, model) => {
      const value = quality[row] as number
      if (Number.isNaN(value)) return
      sum += value - (means[model] as number)
      known++
    })
    return known === 0 ? NaN : grand + sum / known
  })
}
